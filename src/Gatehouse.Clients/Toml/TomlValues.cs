using Gatehouse.Clients.Edits;

namespace Gatehouse.Clients.Toml;

/// <summary>Reads TOML's values into positions.</summary>
internal static class TomlValues
{
    /// <summary>Reads the value at the cursor. Throws <see cref="SyntaxException"/>.</summary>
    public static TomlNode Read(TomlCursor cursor)
    {
        var start = cursor.At;
        switch (cursor.Next)
        {
            case (byte)'"' or (byte)'\'':
                var text = new ConfigString(TomlStrings.Read(cursor));
                return new TomlNode(start, cursor.At, text);
            case (byte)'[': return Nested(cursor, Array);
            case (byte)'{': return Nested(cursor, InlineTable);
            default: return Scalar(cursor);
        }
    }

    private static TomlNode Nested(TomlCursor cursor, Func<TomlCursor, TomlNode> read)
    {
        if (++cursor.Depth > SourceText.DepthLimit) throw cursor.Fault(cursor.At, $"nested deeper than {SourceText.DepthLimit} levels");
        var node = read(cursor);
        cursor.Depth--;
        return node;
    }

    private static TomlNode Array(TomlCursor cursor)
    {
        var start = cursor.At++;
        var items = new List<ConfigValue>();
        while (true)
        {
            cursor.SkipLines();
            if (cursor.Take(']')) return new TomlNode(start, cursor.At, new ConfigArray(items));
            if (cursor.AtEnd) throw cursor.Fault(start, "the array is not closed");
            items.Add(Read(cursor).Value);
            cursor.SkipLines();
            if (!cursor.Take(',') && cursor.Next != ']') throw cursor.Fault(cursor.At, cursor.AtEnd ? "the array is not closed" : "',' or ']' is missing");
        }
    }

    private static TomlNode InlineTable(TomlCursor cursor)
    {
        var start = cursor.At++;
        var entries = new List<TomlEntry>();
        var table = new TomlTable(TomlTableKind.Inline);
        cursor.SkipSpaces();
        while (!cursor.Take('}'))
        {
            if (entries.Count > 0)
            {
                if (!cursor.Take(',')) throw cursor.Fault(cursor.At, "',' or '}' is missing; an inline table ends on its line");
                cursor.SkipSpaces();
            }
            var entry = Entry(cursor);
            table.Add(entry, cursor);
            entries.Add(entry);
            cursor.SkipSpaces();
        }
        return new TomlNode(start, cursor.At, table.ToValue(), entries);
    }

    /// <summary>Reads a key, its equals sign and its value, all on one line but for what the value itself spreads.</summary>
    public static TomlEntry Entry(TomlCursor cursor)
    {
        var key = TomlKeys.Read(cursor);
        if (!cursor.Take('=')) throw cursor.Fault(cursor.At, "'=' is missing behind the key");
        cursor.SkipSpaces();
        // The tables that the dots name count as levels too.
        cursor.Depth += key.Parts.Count;
        var entry = new TomlEntry(key, Read(cursor));
        cursor.Depth -= key.Parts.Count;
        return entry;
    }

    private static TomlNode Scalar(TomlCursor cursor)
    {
        var start = cursor.At;
        while (IsWordPart(cursor.Next)) cursor.At++;
        // One blank may stand between a date and a time.
        if (cursor.At - start == 10 && cursor.Next == ' ' && TomlTimes.LooksLikeOne(cursor.Text.Slice(start, cursor.At)) && char.IsAsciiDigit((char)cursor.Text[cursor.At + 1]))
        {
            cursor.At++;
            while (IsWordPart(cursor.Next)) cursor.At++;
        }
        var value = TomlScalars.Read(cursor.Text.Slice(start, cursor.At), out var fault) ?? throw cursor.Fault(start, fault);
        return new TomlNode(start, cursor.At, value);
    }

    private static bool IsWordPart(byte letter) => char.IsAsciiLetterOrDigit((char)letter) || letter is (byte)'_' or (byte)'-' or (byte)'+' or (byte)'.' or (byte)':';
}
