using System.Text;
using Gatehouse.Clients.Json;

namespace Gatehouse.Clients.Tests.Edits;

/// <summary>JSON documents with comments, made up from a seed: tidy ones, and ones with blanks, line ends and comments anywhere.</summary>
internal sealed class RandomJson(Random random)
{
    private static readonly string[] _keys = ["env", "A", "B", "C", "model", "x y", "é", "", "a\"b", "provider"];
    private static readonly string[] _scalars = ["1", "-0.5e10", "123456789012345678901234567890", "true", "false", "null", "\"\"", "\"x\"", "\"// no\"", "\"}\\\"{\"", "\"\\u00e9\\n\"", "\"日本\""];

    private string _newLine = "\n";
    private bool _tidy;
    private string _unit = "  ";

    public string Document()
    {
        _newLine = random.Next(4) == 0 ? "\r\n" : "\n";
        _tidy = random.Next(2) == 0;
        _unit = random.Next(3) switch { 0 => "\t", 1 => "    ", _ => "  " };
        if (random.Next(25) == 0) return _tidy ? "" : Trivia();
        var text = new StringBuilder(random.Next(8) == 0 ? "\uFEFF" : "");
        text.Append(Trivia());
        Object(text, 0);
        return text.Append(Trivia()).Append(random.Next(3) == 0 ? "" : _newLine).ToString();
    }

    private void Value(StringBuilder text, int depth)
    {
        var kind = random.Next(depth > 3 ? 4 : 7);
        if (kind < 4) text.Append(_scalars[random.Next(_scalars.Length)]);
        else if (kind < 6) Object(text, depth);
        else Array(text, depth);
    }

    private void Object(StringBuilder text, int depth) => Container(text, depth, '{', '}', [.. _keys.Where(_ => random.Next(3) == 0).OrderBy(_ => random.Next())], key =>
    {
        text.Append(JsoncStrings.Write(key)).Append(Between()).Append(':').Append(_tidy ? " " : Between());
        Value(text, depth + 1);
    });

    private void Array(StringBuilder text, int depth) => Container(text, depth, '[', ']', [.. _keys.Take(random.Next(4))], _ => Value(text, depth + 1));

    private void Container(StringBuilder text, int depth, char open, char close, string[] slots, Action<string> write)
    {
        var onOneLine = !_tidy || random.Next(4) == 0;
        var line = _newLine + string.Concat(Enumerable.Repeat(_unit, depth + 1));
        text.Append(open);
        for (var index = 0; index < slots.Length; index++)
        {
            text.Append(onOneLine ? Between() : line);
            write(slots[index]);
            text.Append(Between());
            if (index + 1 < slots.Length || random.Next(5) == 0) text.Append(',');
            if (_tidy && !onOneLine && random.Next(6) == 0) text.Append(random.Next(2) == 0 ? " // note" : " /* note */");
        }
        if (!onOneLine && slots.Length > 0) text.Append(_newLine).Append(string.Concat(Enumerable.Repeat(_unit, depth)));
        else text.Append(EndsInLineComment(text) ? _newLine : Between());
        text.Append(close);
    }

    private static bool EndsInLineComment(StringBuilder text) => text.ToString() is var all && all.LastIndexOf("//", StringComparison.Ordinal) > all.LastIndexOf('\n');

    private string Between() => _tidy ? "" : Trivia();

    private string Trivia()
    {
        var trivia = new StringBuilder();
        while (random.Next(2) == 0)
        {
            trivia.Append(random.Next(9) switch
            {
                0 or 1 or 2 => " ",
                3 or 4 => _newLine,
                5 => "\t",
                6 => "// \"line\": {,[" + _newLine,
                7 => "/* \"block\": } */",
                _ => "/* two" + _newLine + " lines */",
            });
        }
        return trivia.ToString();
    }
}
