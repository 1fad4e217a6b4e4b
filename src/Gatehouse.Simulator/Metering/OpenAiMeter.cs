using Gatehouse.Simulator.Scripts;

namespace Gatehouse.Simulator.Metering;

/// <summary>Counts a request of the OpenAI dialects; prefixes of 1,024 tokens and more are cached by themselves, in steps of 128.</summary>
internal static class OpenAiMeter
{
    private static readonly TimeSpan s_life = TimeSpan.FromMinutes(10);

    /// <summary>The request's tokens alone.</summary>
    public static int CountInput(IEnumerable<string> pieces) =>
        Math.Max(1, Tokens.OfBytes(pieces.Sum(p => System.Text.Encoding.UTF8.GetByteCount(p))));

    /// <summary>Counts the pieces of a request in the order in which the vendor caches them, then the answer.</summary>
    public static TokenUse Count(IEnumerable<string> pieces, string owner, PrefixCache cache, Answer answer)
    {
        using var hash = new PrefixHash();
        var prefix = hash.Add(owner);
        var start = hash.Bytes;
        var cached = 0;
        foreach (var piece in pieces)
        {
            prefix = hash.Add(piece);
            if (cache.Knows(prefix)) cached = Tokens.OfBytes(hash.Bytes - start);
            cache.Remember(prefix, s_life);
        }
        var all = Math.Max(1, Tokens.OfBytes(hash.Bytes - start));
        cached = cached < 1024 ? 0 : cached / 128 * 128;
        return new TokenUse(all - cached, cached, 0, 0, Tokens.Of(answer), Tokens.Reasoning(answer));
    }
}
