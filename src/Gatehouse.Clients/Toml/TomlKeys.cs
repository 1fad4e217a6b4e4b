namespace Gatehouse.Clients.Toml;

/// <summary>TOML's keys: bare, quoted, dotted. Read, and written.</summary>
internal static class TomlKeys
{
    /// <summary>The most parts that a dotted key may have; tables nest as deep.</summary>
    public const int PartLimit = 50;

    /// <summary>Reads a key with its dots.</summary>
    public static TomlKey Read(TomlCursor cursor)
    {
        var start = cursor.At;
        var parts = new List<string>();
        int end;
        do
        {
            cursor.SkipSpaces();
            parts.Add(Part(cursor));
            end = cursor.At;
            if (parts.Count > PartLimit) throw cursor.Fault(start, $"a key of more than {PartLimit} parts");
            cursor.SkipSpaces();
        }
        while (cursor.Take('.'));
        return new TomlKey(parts, start, end);
    }

    /// <summary>Keys joined by dots, quoted where they must be.</summary>
    public static string Write(params IEnumerable<string> parts) =>
        string.Join('.', parts.Select(part => part.Length > 0 && part.All(letter => IsBare((byte)(letter < 128 ? letter : 0))) ? part : TomlStrings.Write(part)));

    private static string Part(TomlCursor cursor)
    {
        if (cursor.Next is (byte)'"' or (byte)'\'')
        {
            if (cursor.Sees("\"\"\""u8) || cursor.Sees("'''"u8)) throw cursor.Fault(cursor.At, "a multi-line string can't be a key");
            return TomlStrings.OneLine(cursor);
        }
        var start = cursor.At;
        while (IsBare(cursor.Next)) cursor.At++;
        return cursor.At > start ? cursor.Text.Slice(start, cursor.At) : throw cursor.Fault(start, "a key is missing");
    }

    private static bool IsBare(byte letter) => char.IsAsciiLetterOrDigit((char)letter) || letter is (byte)'_' or (byte)'-';
}
