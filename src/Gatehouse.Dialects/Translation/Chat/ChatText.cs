namespace Gatehouse.Dialects.Translation.Chat;

/// <summary>Looks at text that is still escaped.</summary>
internal static class ChatText
{
    /// <summary>Whether there is nothing but white space, which Anthropic refuses as a text block.</summary>
    public static bool IsBlank(ReadOnlySpan<byte> escaped) => TrimEnd(escaped).IsEmpty;

    /// <summary>The text without white space at its end.</summary>
    public static ReadOnlySpan<byte> TrimEnd(ReadOnlySpan<byte> escaped)
    {
        while (!escaped.IsEmpty)
        {
            if (escaped[^1] == ' ') escaped = escaped[..^1];
            else if (escaped.Length >= 2 && escaped[^1] is (byte)'n' or (byte)'r' or (byte)'t' && EndsInEscape(escaped)) escaped = escaped[..^2];
            else break;
        }

        return escaped;
    }

    /// <summary>Number of characters (code points) of a text: the unit in which OpenAI counts places.</summary>
    public static long Characters(ReadOnlySpan<byte> escaped)
    {
        long count = 0;
        for (var at = 0; at < escaped.Length; count++) at += CharacterLength(escaped[at..]);
        return count;
    }

    /// <summary>Number of bytes of the first so many characters; of the whole text when it has fewer.</summary>
    public static int Prefix(ReadOnlySpan<byte> escaped, long characters)
    {
        var at = 0;
        for (; at < escaped.Length && characters > 0; characters--) at += CharacterLength(escaped[at..]);
        return at;
    }

    /// <summary>Bytes of the first character: an escape, a pair of surrogate escapes, or UTF-8.</summary>
    private static int CharacterLength(ReadOnlySpan<byte> text)
    {
        if (text[0] != '\\')
        {
            var next = text[1..].IndexOfAnyExceptInRange((byte)0x80, (byte)0xBF);
            return next < 0 ? text.Length : next + 1;
        }

        if (text.Length < 2 || text[1] != 'u') return Math.Min(2, text.Length);
        var isPair = text.Length >= 12 && (text[2] | 0x20) == 'd' && (text[3] | 0x20) is (byte)'8' or (byte)'9' or (byte)'a' or (byte)'b' && text[6] == '\\';
        return Math.Min(isPair ? 12 : 6, text.Length);
    }

    /// <summary>Whether the last byte belongs to an escape: an odd number of backslashes stands before it.</summary>
    private static bool EndsInEscape(ReadOnlySpan<byte> escaped)
    {
        var before = escaped[..^1];
        return (before.Length - 1 - before.LastIndexOfAnyExcept((byte)'\\')) % 2 == 1;
    }
}
