using System.Globalization;
using System.Text;
using Gatehouse.Clients.Edits;

namespace Gatehouse.Clients.Json;

/// <summary>JSON's strings: read with their escapes, and written with as few as are needed.</summary>
internal sealed class JsoncStrings(SourceText text)
{
    /// <summary>Reads the string that begins at an offset, and moves behind it. Throws <see cref="SyntaxException"/>.</summary>
    public string Read(ref int at)
    {
        var start = at++;
        var result = new StringBuilder();
        while (true)
        {
            var run = at;
            while (text[at] is not ((byte)'"' or (byte)'\\') and >= 0x20) at++;
            result.Append(text.Slice(run, at));
            if (text[at] == '"') break;
            if (at >= text.Length) throw Fault(start, "the string is not closed");
            if (text[at] != '\\') throw Fault(at, "a control character in a string; the string may not be closed");
            result.Append(Escape(ref at));
        }
        at++;
        return result.ToString();
    }

    /// <summary>A string as JSON writes it.</summary>
    public static string Write(string content)
    {
        var result = new StringBuilder("\"");
        for (var at = 0; at < content.Length; at++)
        {
            var letter = content[at];
            // Half of a surrogate pair has no UTF-8, so only an escape can carry it.
            var paired = !char.IsSurrogate(letter) || (char.IsHighSurrogate(letter) ? at + 1 < content.Length && char.IsLowSurrogate(content[at + 1]) : at > 0 && char.IsHighSurrogate(content[at - 1]));
            result.Append(letter switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\b' => "\\b",
                '\f' => "\\f",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' or '\u007f' => Numbered(letter),
                _ => paired ? letter.ToString() : Numbered(letter),
            });
        }
        return result.Append('"').ToString();
    }

    private static string Numbered(char letter) => $"\\u{((int)letter).ToString("x4", CultureInfo.InvariantCulture)}";

    private char Escape(ref int at)
    {
        var start = at;
        var letter = (char)text[at + 1];
        at += 2;
        return letter switch
        {
            '"' or '\\' or '/' => letter,
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => FourDigits(start, ref at),
            _ => throw Fault(start, "an escape that JSON does not have"),
        };
    }

    private char FourDigits(int start, ref int at)
    {
        var code = 0;
        for (var end = at + 4; at < end; at++)
        {
            if (!char.IsAsciiHexDigit((char)text[at])) throw Fault(start, "\\u needs four hexadecimal digits");
            code = code * 16 + Convert.ToInt32(((char)text[at]).ToString(), 16);
        }
        return (char)code;
    }

    private SyntaxException Fault(int offset, string message) => new(text.Fault(offset, message));
}
