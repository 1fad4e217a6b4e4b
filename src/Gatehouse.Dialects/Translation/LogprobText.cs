using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation;

/// <summary>
/// Log probabilities of an answer's tokens, which Chat Completions and Responses tell in the same words: a list of token, logprob, bytes and the likeliest
/// others. Responses leaves the bytes out in streams, which chat clients take for missing.
/// </summary>
internal static class LogprobText
{
    /// <summary>Appends the entries of a list, separated by commas, each with all its fields.</summary>
    /// <param name="list">The list.</param>
    /// <param name="missing">What stands for bytes that are missing: chat clients take <c>null</c>, those of Responses an empty list.</param>
    /// <param name="output">Where they go.</param>
    public static void Append(JsonView list, ReadOnlySpan<byte> missing, PooledBuffer output)
    {
        foreach (var entry in list.Items)
        {
            if (!entry["token"u8].IsString || !entry["logprob"u8].TryNumber(out _)) continue;
            if (output.Length > 0) output.Append((byte)',');
            var json = new JsonWriter(output);
            Begin(json, entry, missing);
            json.BeginArray("top_logprobs"u8);
            foreach (var other in entry["top_logprobs"u8].Items)
            {
                if (!other["token"u8].IsString || !other["logprob"u8].TryNumber(out _)) continue;
                Begin(json, other, missing);
                json.EndObject();
            }

            json.EndArray();
            json.EndObject();
        }
    }

    private static void Begin(JsonWriter json, JsonView entry, ReadOnlySpan<byte> missing)
    {
        json.BeginObject();
        json.Raw("token"u8, entry["token"u8].Raw);
        json.Raw("logprob"u8, entry["logprob"u8].Raw);
        json.Raw("bytes"u8, entry["bytes"u8].IsArray ? entry["bytes"u8].Raw : missing);
    }
}
