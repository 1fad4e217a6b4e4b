using System.Globalization;
using System.Text;

namespace Gatehouse.Clients.Toml;

/// <summary>TOML's four kinds of strings: read, and written.</summary>
internal static class TomlStrings
{
    /// <summary>Reads a string of any kind. The cursor is at its first quote.</summary>
    public static string Read(TomlCursor cursor)
    {
        if (cursor.Sees("\"\"\""u8)) return MultiLine(cursor, '"');
        return cursor.Sees("'''"u8) ? MultiLine(cursor, '\'') : OneLine(cursor);
    }

    /// <summary>Reads a string that is a key or a value of one line.</summary>
    public static string OneLine(TomlCursor cursor)
    {
        var start = cursor.At;
        var quote = (char)cursor.Next;
        var result = new StringBuilder();
        cursor.At++;
        while (true)
        {
            var run = cursor.At;
            while (cursor.Next != quote && cursor.Next != '\\' && !TomlCursor.IsControl(cursor.Next)) cursor.At++;
            if (cursor.Next == '\\' && quote == '\'')
            {
                cursor.At++;
                cursor.Append(result, run);
                continue;
            }
            cursor.Append(result, run);
            if (cursor.Take(quote)) return result.ToString();
            if (cursor.AtEnd || cursor.Next is (byte)'\n' or (byte)'\r') throw cursor.Fault(start, "the string is not closed on its line");
            if (cursor.Next != '\\') throw cursor.Fault(cursor.At, "a control character in a string");
            Escape(cursor, result);
        }
    }

    /// <summary>A string on one line: literal when asked for and possible, else basic with the escapes it needs.</summary>
    public static string Write(string content, bool literal = false)
    {
        if (literal && content.All(letter => letter == '\t' || (letter != '\'' && !char.IsControl(letter)))) return $"'{content}'";
        var result = new StringBuilder("\"");
        foreach (var letter in content)
        {
            result.Append(letter switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\b' => "\\b",
                '\t' => "\\t",
                '\n' => "\\n",
                '\f' => "\\f",
                '\r' => "\\r",
                < ' ' or '\u007f' => $"\\u{((int)letter).ToString("X4", CultureInfo.InvariantCulture)}",
                _ => letter.ToString(),
            });
        }
        return result.Append('"').ToString();
    }

    private static string MultiLine(TomlCursor cursor, char quote)
    {
        var start = cursor.At;
        cursor.At += 3;
        cursor.TakeLineEnd();
        var result = new StringBuilder();
        while (!cursor.AtEnd)
        {
            var run = cursor.At;
            if (cursor.Next == quote)
            {
                while (cursor.Next == quote) cursor.At++;
                var quotes = cursor.At - run;
                // Up to two quotes may stand before the three that close; six or more close too early.
                if (quotes > 5) throw cursor.Fault(run + 3, "the multi-line string is closed before these quotes");
                result.Append(quote, quotes >= 3 ? quotes - 3 : quotes);
                if (quotes >= 3) return result.ToString();
            }
            else if (cursor.Next == '\\' && quote == '"') EscapeOrFold(cursor, result);
            else if (cursor.Next == '\n' || cursor.Sees("\r\n"u8))
            {
                cursor.TakeLineEnd();
                cursor.Append(result, run);
            }
            else if (TomlCursor.IsControl(cursor.Next)) throw cursor.Fault(cursor.At, "a control character in a string");
            else
            {
                cursor.At++;
                while (cursor.Next is >= 0x20 and not ((byte)'"' or (byte)'\'' or (byte)'\\' or 0x7F)) cursor.At++;
                cursor.Append(result, run);
            }
        }
        throw cursor.Fault(start, "the multi-line string is not closed");
    }

    /// <summary>A backslash at the end of a line folds it with the blank lines and blanks that follow.</summary>
    private static void EscapeOrFold(TomlCursor cursor, StringBuilder result)
    {
        var start = cursor.At++;
        cursor.SkipSpaces();
        if (!cursor.TakeLineEnd())
        {
            cursor.At = start;
            Escape(cursor, result);
            return;
        }
        do cursor.SkipSpaces();
        while (cursor.TakeLineEnd());
    }

    private static void Escape(TomlCursor cursor, StringBuilder result)
    {
        var start = cursor.At;
        var letter = (char)cursor.Text[start + 1];
        cursor.At += 2;
        switch (letter)
        {
            case '"' or '\\': result.Append(letter); break;
            case 'b': result.Append('\b'); break;
            case 't': result.Append('\t'); break;
            case 'n': result.Append('\n'); break;
            case 'f': result.Append('\f'); break;
            case 'r': result.Append('\r'); break;
            case 'u': result.Append(Scalar(cursor, start, 4)); break;
            case 'U': result.Append(Scalar(cursor, start, 8)); break;
            default: throw cursor.Fault(start, "an escape that TOML does not have");
        }
    }

    private static string Scalar(TomlCursor cursor, int start, int digits)
    {
        var code = 0L;
        for (var count = 0; count < digits; count++, cursor.At++)
        {
            if (!char.IsAsciiHexDigit((char)cursor.Next)) throw cursor.Fault(start, $"this escape needs {digits} hexadecimal digits");
            code = code * 16 + Convert.ToInt32(((char)cursor.Next).ToString(), 16);
        }
        return code <= 0x10FFFF && Rune.IsValid((int)code) ? new Rune((int)code).ToString() : throw cursor.Fault(start, "an escape of what is no Unicode character");
    }
}
