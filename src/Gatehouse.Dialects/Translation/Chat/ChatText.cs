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
        for (var i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] == '\\' && i + 1 < escaped.Length)
            {
                // The second half of a surrogate pair counts with the first.
                if (escaped[i + 1] != 'u' || i + 3 >= escaped.Length || (escaped[i + 2] | 0x20) != 'd' || (escaped[i + 3] | 0x20) is not (>= (byte)'c' and <= (byte)'f')) count++;
                i += escaped[i + 1] == 'u' ? 5 : 1;
            }
            else if ((escaped[i] & 0xC0) != 0x80)
                count++;
        }

        return count;
    }

    /// <summary>Whether the last byte belongs to an escape: an odd number of backslashes stands before it.</summary>
    private static bool EndsInEscape(ReadOnlySpan<byte> escaped)
    {
        var before = escaped[..^1];
        return (before.Length - 1 - before.LastIndexOfAnyExcept((byte)'\\')) % 2 == 1;
    }
}
