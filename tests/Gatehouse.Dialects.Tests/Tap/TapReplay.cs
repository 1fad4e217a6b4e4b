using System.Globalization;
using System.Text;
using Gatehouse.Dialects.Facts;
using Gatehouse.Dialects.Tap;

namespace Gatehouse.Dialects.Tests.Tap;

/// <summary>Feeds recordings to a tap in chosen pieces and puts all that it says into one comparable line.</summary>
internal static class TapReplay
{
    public static byte[] Recording(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Tap", "Recordings", name));

    public static ResponseTap Play(Dialect dialect, BodyFraming framing, ReadOnlySpan<byte> bytes, params int[] cuts)
    {
        var tap = new ResponseTap();
        Play(tap, dialect, framing, bytes, cuts);
        return tap;
    }

    public static void Play(ResponseTap tap, Dialect dialect, BodyFraming framing, ReadOnlySpan<byte> bytes, params int[] cuts)
    {
        tap.Reset(dialect, framing);
        var start = 0;
        foreach (var cut in cuts)
        {
            tap.Read(bytes[start..cut]);
            start = cut;
        }

        tap.Read(bytes[start..]);
    }

    public static string Describe(ResponseTap tap) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Describe(tap.Facts)} boundary={tap.AtEventBoundary} terminal={tap.SawTerminal} "
        + $"failed={tap.SawError} content={tap.SawContent} events={tap.Events} seq={tap.LastSequenceNumber}");

    public static string Describe(ResponseFacts facts)
    {
        var usage = facts.Usage;
        var tools = facts.ServerTools is null ? "-" : string.Join(",", facts.ServerTools.OrderBy(static pair => pair.Key).Select(Pair));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"id={facts.ResponseId} model={facts.Model} stop={facts.StopReason} tier={facts.ServiceTier} error={facts.ErrorType} "
            + $"in={usage.Input} out={usage.Output} read={usage.CacheRead} write={usage.CacheWrite} 5m={usage.CacheWrite5m} 1h={usage.CacheWrite1h} "
            + $"think={usage.Reasoning} incl={usage.InputIncludesCache} tools={tools}");
    }

    public static byte[] WithLineEnds(byte[] recording, string end) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(recording).Replace("\n", end, StringComparison.Ordinal));

    private static string Pair(KeyValuePair<string, long> pair) => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}:{pair.Value}");
}
