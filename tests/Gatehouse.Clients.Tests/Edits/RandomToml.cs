using System.Text;
using Gatehouse.Clients.Toml;

namespace Gatehouse.Clients.Tests.Edits;

/// <summary>TOML documents made up from a seed: headers, dotted keys, inline tables, arrays of tables, multi-line strings that look like tables, comments.</summary>
internal sealed class RandomToml(Random random)
{
    private static readonly string[] _keys = ["env", "A", "B", "C", "model", "x y", "é", "provider"];
    private static readonly string[] _values =
        ["1", "0xFF", "1_000", "-1.5e3", "inf", "true", "false", "1979-05-27T07:32:00Z", "07:32:00", "\"x\"", "'lit\\'", "\"# no comment\"", "[1, 2]", "[]", "[ \"a\", # c\n  'b',\n]",
         "\"\"\"\n[env]\nA = 1\n\"\"\"", "'''\n[provider.new]\n# no\n'''", "\"\\u00e9\\n\""];

    private string _newLine = "\n";
    private string _equal = " = ";

    public string Document()
    {
        _newLine = random.Next(4) == 0 ? "\r\n" : "\n";
        _equal = random.Next(5) == 0 ? "=" : " = ";
        while (true)
        {
            var text = Attempt();
            // What the dice made may define something twice; then they are thrown again.
            if (TomlDocument.Parse(Encoding.UTF8.GetBytes(text), out _) is not null) return text;
        }
    }

    private string Attempt()
    {
        var text = new StringBuilder(random.Next(8) == 0 ? "\uFEFF" : "");
        if (random.Next(8) == 0) text.Append("#:schema https://example.com/x.json\n");
        Filling(text);
        Entries(text);
        for (var count = random.Next(5); count > 0; count--)
        {
            Filling(text);
            var isArray = random.Next(5) == 0;
            var name = (isArray ? "list" : "") + TomlKeys.Write(Enumerable.Range(0, random.Next(isArray ? 1 : 0, 3)).Select(_ => Key()).Take(isArray ? 0 : 3));
            if (name.Length == 0) name = TomlKeys.Write(Key());
            text.Append(random.Next(6) == 0 ? "  " : "").Append(isArray ? $"[[{name}]]" : $"[{name}]").Append(Comment()).Append(_newLine);
            Entries(text);
        }
        Filling(text);
        var all = text.ToString().Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", _newLine, StringComparison.Ordinal);
        return random.Next(4) == 0 ? all.TrimEnd('\r', '\n') : all;
    }

    private void Entries(StringBuilder text)
    {
        for (var count = random.Next(4); count > 0; count--)
        {
            text.Append(random.Next(8) == 0 ? "\t" : "").Append(TomlKeys.Write(Enumerable.Range(0, random.Next(3) == 0 ? 2 : 1).Select(_ => Key()))).Append(_equal);
            text.Append(random.Next(5) == 0 ? Inline(0) : Value()).Append(Comment()).Append(_newLine);
            if (random.Next(4) == 0) Filling(text);
        }
    }

    private string Inline(int depth)
    {
        var inner = _keys.Where(_ => random.Next(4) == 0).Select(key => TomlKeys.Write(key) + " = " + (depth < 2 && random.Next(3) == 0 ? Inline(depth + 1) : Value()));
        return string.Join(", ", inner) is { Length: > 0 } entries ? $"{{ {entries} }}" : random.Next(2) == 0 ? "{}" : "{ }";
    }

    private string Key() => _keys[random.Next(_keys.Length)];

    private string Value() => _values[random.Next(_values.Length)];

    private string Comment() => random.Next(6) == 0 ? " # [note] = 1" : "";

    private void Filling(StringBuilder text)
    {
        for (var count = random.Next(3); count > 0; count--) text.Append(random.Next(3) == 0 ? "# [comment]" : random.Next(4) == 0 ? "  " : "").Append(_newLine);
    }
}
