namespace Gatehouse.Dialects.Json;

/// <summary>Numbers and the words true, false and null where they stand in a document. Pure.</summary>
internal static class JsonScalars
{
    /// <summary>The length of the number or word at the start; 0 when there is none. What stands behind it is not looked at.</summary>
    public static int Length(ReadOnlySpan<byte> rest) => rest.IsEmpty ? 0 : rest[0] switch
    {
        (byte)'t' => rest.StartsWith("true"u8) ? 4 : 0,
        (byte)'f' => rest.StartsWith("false"u8) ? 5 : 0,
        (byte)'n' => rest.StartsWith("null"u8) ? 4 : 0,
        _ => NumberLength(rest),
    };

    private static int NumberLength(ReadOnlySpan<byte> rest)
    {
        var at = rest[0] == '-' ? 1 : 0;
        var whole = Digits(rest[at..]);
        if (whole == 0 || (whole > 1 && rest[at] == '0'))
            return 0;
        at += whole;
        if (at < rest.Length && rest[at] == '.')
        {
            var fraction = Digits(rest[(at + 1)..]);
            if (fraction == 0)
                return 0;
            at += fraction + 1;
        }

        if (at < rest.Length && (rest[at] | 0x20) == 'e')
        {
            at++;
            if (at < rest.Length && rest[at] is (byte)'+' or (byte)'-')
                at++;
            var exponent = Digits(rest[at..]);
            if (exponent == 0)
                return 0;
            at += exponent;
        }

        return at;
    }

    private static int Digits(ReadOnlySpan<byte> bytes)
    {
        var end = 0;
        while (end < bytes.Length && (uint)(bytes[end] - '0') <= 9)
            end++;
        return end;
    }
}
