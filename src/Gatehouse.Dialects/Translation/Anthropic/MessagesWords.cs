using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Anthropic;

/// <summary>
/// Which rare words stand somewhere in a Messages request, as a name or a string: almost none has any, and a walk through all messages for each costs more than
/// one look at every string.
/// </summary>
/// <param name="CacheControl">Whether something is marked for the prompt cache.</param>
/// <param name="ChangesTools">Whether messages may add or withdraw tools.</param>
/// <param name="ClearsAt">Whether instructions may hold for a time.</param>
internal readonly record struct MessagesWords(bool CacheControl, bool ChangesTools, bool ClearsAt)
{
    /// <summary>Looks through a body that was read into the index.</summary>
    public static MessagesWords Read(ReadOnlySpan<byte> body, JsonIndex index)
    {
        if (!index.IsWhole)
        {
            return new MessagesWords(
                body.IndexOf("\"cache_control\""u8) >= 0,
                body.IndexOf("\"tool_addition\""u8) >= 0 || body.IndexOf("\"tool_removal\""u8) >= 0,
                body.IndexOf("\"clear_at\""u8) >= 0);
        }

        var words = default(MessagesWords);
        foreach (var entry in index.All)
        {
            var value = body[entry.Start..entry.End];
            switch (value.Length)
            {
                case 10 when value.SequenceEqual("\"clear_at\""u8):
                    words = words with { ClearsAt = true };
                    break;
                case 14 when value.SequenceEqual("\"tool_removal\""u8):
                case 15 when value.SequenceEqual("\"tool_addition\""u8):
                    words = words with { ChangesTools = true };
                    break;
                case 15 when value.SequenceEqual("\"cache_control\""u8):
                    words = words with { CacheControl = true };
                    break;
            }
        }

        return words;
    }
}
