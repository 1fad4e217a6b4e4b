using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Anthropic;

/// <summary>
/// Which rare words stand somewhere in a Messages request, as a name or a string: almost none has any, and a walk through all messages for each costs more than
/// one look at every string.
/// </summary>
/// <param name="CacheControl">Whether something is marked for the prompt cache.</param>
/// <param name="ChangesTools">Whether messages may add or withdraw tools.</param>
/// <param name="OutputConfig">Whether a message may change how hard the model thinks.</param>
internal readonly record struct MessagesWords(bool CacheControl, bool ChangesTools, bool OutputConfig)
{
    /// <summary>Looks through all entries of a body's index.</summary>
    public static MessagesWords Read(ReadOnlySpan<byte> body, ReadOnlySpan<JsonIndex.Entry> entries)
    {
        var words = default(MessagesWords);
        foreach (ref readonly var entry in entries)
        {
            // All of them are of few lengths, and what is of another needs no look at the body.
            if (entry.End - entry.Start is not (14 or 15)) continue;
            var value = body[entry.Start..entry.End];
            if (value.SequenceEqual("\"tool_removal\""u8) || value.SequenceEqual("\"tool_addition\""u8)) words = words with { ChangesTools = true };
            else if (value.SequenceEqual("\"cache_control\""u8)) words = words with { CacheControl = true };
            else if (value.SequenceEqual("\"output_config\""u8)) words = words with { OutputConfig = true };
        }

        return words;
    }
}
