using System.Text.Json;
using System.Text.Json.Nodes;
using Gatehouse.Simulator.Scripts;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Metering;

/// <summary>
/// Counts a Messages request. The prefix up to a <c>cache_control</c> mark is read from the cache when it was seen before, else written;
/// the marks themselves are not part of the prefix. There is no smallest prefix here: a mark always counts.
/// </summary>
internal static class AnthropicMeter
{
    /// <summary>The request's tokens alone, as <c>count_tokens</c> tells them.</summary>
    public static int CountInput(JsonElement root) =>
        Math.Max(1, Tokens.OfBytes(Pieces(root).Sum(p => System.Text.Encoding.UTF8.GetByteCount(p.Json))));

    /// <summary>Counts the request and the answer, and remembers the request's marked prefixes.</summary>
    public static TokenUse Count(JsonElement root, string owner, PrefixCache cache, Answer answer)
    {
        using var hash = new PrefixHash();
        hash.Add(owner);
        var start = hash.Bytes;
        var (read, upTo5m, upTo1h) = (0, 0, 0);
        foreach (var (json, life) in Pieces(root))
        {
            var prefix = hash.Add(json);
            if (life is not { } ttl) continue;
            var tokens = Tokens.OfBytes(hash.Bytes - start);
            if (cache.Knows(prefix)) read = tokens;
            else if (ttl.TotalHours >= 1) upTo1h = tokens;
            else upTo5m = tokens;
            cache.Remember(prefix, ttl);
        }
        var all = Math.Max(1, Tokens.OfBytes(hash.Bytes - start));
        var write1h = Math.Max(0, upTo1h - read);
        var write5m = Math.Max(0, upTo5m - Math.Max(read, upTo1h));
        return new TokenUse(all - read - write1h - write5m, read, write5m, write1h, Tokens.Of(answer), Tokens.Reasoning(answer));
    }

    /// <summary>Tools, system and messages block by block, without their marks, each with the life of its mark if it has one.</summary>
    private static IEnumerable<(string Json, TimeSpan? Life)> Pieces(JsonElement root)
    {
        foreach (var tool in root.Items("tools")) yield return Piece(tool);
        if (root.Text("system") is { } system) yield return (system, null);
        // The attribution block is taken off by its place before anything is counted or cached.
        foreach (var block in root.Items("system")
            .SkipWhile(b => b.Text("text")?.StartsWith("x-anthropic-billing-header", StringComparison.Ordinal) == true))
            yield return Piece(block);
        foreach (var message in root.Items("messages"))
        {
            yield return (message.Text("role") ?? "", null);
            if (message.Text("content") is { } text) yield return (text, null);
            foreach (var block in message.Items("content")) yield return Piece(block);
        }
    }

    private static (string Json, TimeSpan? Life) Piece(JsonElement block)
    {
        if (block.Get("cache_control") is not { } mark) return (block.GetRawText(), null);
        var bare = (JsonObject)Json.Copy(block)!;
        bare.Remove("cache_control");
        return (bare.ToJsonString(), mark.Text("ttl") == "1h" ? TimeSpan.FromHours(1) : TimeSpan.FromMinutes(5));
    }
}
