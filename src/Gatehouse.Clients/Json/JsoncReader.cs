using System.Text;
using Gatehouse.Clients.Edits;

namespace Gatehouse.Clients.Json;

/// <summary>
/// Reads JSON (RFC 8259) with comments and trailing commas into positions. Stricter than most in one thing: a key that stands twice in an
/// object is a fault, because readers differ in which one counts. Used once, by one thread.
/// </summary>
internal sealed class JsoncReader(SourceText text)
{
    private readonly JsoncStrings _strings = new(text);
    private int _at = text.Start;
    private int _depth;

    /// <summary>The root value, or null when there are only blanks and comments. Throws <see cref="SyntaxException"/>.</summary>
    public JsoncNode? Read()
    {
        SkipTrivia();
        if (AtEnd) return null;
        var node = Value();
        SkipTrivia();
        if (!AtEnd) throw Fault(_at, "the document goes on behind its value");
        return node;
    }

    private bool AtEnd => _at >= text.Length;

    private JsoncNode Value()
    {
        if (AtEnd) throw Fault(_at, "a value is missing at the end of the file");
        switch (text[_at])
        {
            case (byte)'{': return Container('}');
            case (byte)'[': return Container(']');
            case (byte)'"': return String();
            case (byte)'t': return Word("true", new ConfigBoolean(true));
            case (byte)'f': return Word("false", new ConfigBoolean(false));
            case (byte)'n': return Word("null", new ConfigNull());
            case (byte)'-' or (>= (byte)'0' and <= (byte)'9'): return Number();
            default: throw Fault(_at, "a value is missing or not one of JSON's");
        }
    }

    private JsoncNode Container(char close)
    {
        var start = _at++;
        if (++_depth > SourceText.DepthLimit) throw Fault(start, $"nested deeper than {SourceText.DepthLimit} levels");
        var slots = new List<JsoncSlot>();
        var keys = close == '}' ? new HashSet<string>(StringComparer.Ordinal) : null;
        while (true)
        {
            SkipTrivia();
            if (text[_at] == close) break;
            if (slots.Count > 0 && slots[^1].Comma < 0) throw Fault(_at, AtEnd ? $"'{close}' is missing at the end of the file" : $"',' or '{close}' is missing");
            slots.Add(Slot(keys));
        }
        _at++;
        _depth--;
        ConfigValue value = keys is null
            ? new ConfigArray([.. slots.Select(slot => slot.Node.Value)])
            : new ConfigObject([.. slots.Select(slot => new ConfigMember(slot.Key!, slot.Node.Value))]);
        return new JsoncNode(start, _at, value, slots);
    }

    private JsoncSlot Slot(HashSet<string>? keys)
    {
        var start = _at;
        string? key = null;
        if (keys is not null)
        {
            if (text[_at] != '"') throw Fault(_at, AtEnd ? "'}' is missing at the end of the file" : "a key in double quotes is missing");
            key = _strings.Read(ref _at);
            if (!keys.Add(key)) throw Fault(start, $"the key \"{key}\" stands twice in this object");
        }
        var keyEnd = _at;
        if (keys is not null)
        {
            SkipTrivia();
            if (text[_at] != ':') throw Fault(_at, "':' is missing behind the key");
            _at++;
            SkipTrivia();
        }
        var node = Value();
        SkipTrivia();
        var comma = text[_at] == ',' ? _at++ : -1;
        return new JsoncSlot(key, start, keyEnd, node, comma);
    }

    private JsoncNode String()
    {
        var start = _at;
        var value = new ConfigString(_strings.Read(ref _at));
        return new JsoncNode(start, _at, value);
    }

    private JsoncNode Word(string word, ConfigValue value)
    {
        var start = _at;
        var rest = text.Bytes[start..];
        if (!rest.StartsWith(Encoding.ASCII.GetBytes(word)) || IsWordPart(text[start + word.Length])) throw Fault(start, "a value is missing or not one of JSON's");
        _at += word.Length;
        return new JsoncNode(start, _at, value);
    }

    private JsoncNode Number()
    {
        var start = _at;
        if (text[_at] == '-') _at++;
        if (text[_at] == '0') _at++;
        else Digits("a digit is missing in the number");
        if (text[_at] == '.')
        {
            _at++;
            Digits("a digit is missing behind the decimal point");
        }
        if (text[_at] is (byte)'e' or (byte)'E')
        {
            _at++;
            if (text[_at] is (byte)'+' or (byte)'-') _at++;
            Digits("a digit is missing in the exponent");
        }
        if (IsWordPart(text[_at])) throw Fault(start, "not a number as JSON writes them");
        return new JsoncNode(start, _at, new ConfigNumber(text.Slice(start, _at)));
    }

    private void Digits(string missing)
    {
        if (!char.IsAsciiDigit((char)text[_at])) throw Fault(_at, missing);
        while (char.IsAsciiDigit((char)text[_at])) _at++;
    }

    private static bool IsWordPart(byte letter) => char.IsAsciiLetterOrDigit((char)letter) || letter is (byte)'_' or (byte)'.' or (byte)'+' or (byte)'-';

    private void SkipTrivia()
    {
        while (!AtEnd)
        {
            var end = JsoncTrivia.Blanks(text, _at);
            if (end == _at && text[_at] == '/')
            {
                end = JsoncTrivia.Comment(text, _at);
                if (end < 0) throw Fault(_at, text[_at + 1] == '*' ? "the comment is not closed" : "'/' does not begin a comment here");
            }
            if (end == _at) return;
            _at = end;
        }
    }

    private SyntaxException Fault(int offset, string message) => new(text.Fault(offset, message));
}
