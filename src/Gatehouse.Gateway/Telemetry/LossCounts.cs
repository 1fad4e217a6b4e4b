using System.Collections.Concurrent;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.Gateway.Telemetry;

/// <summary>How many exchanges lost what, by the dialects between which it was lost. Ids come from our own tables, so that they are few. Thread-safe.</summary>
internal sealed class LossCounts
{
    private const int Most = 2000;
    private readonly ConcurrentDictionary<LossKey, long> _counts = new();

    /// <summary>Every count.</summary>
    public IEnumerable<KeyValuePair<LossKey, long>> All => _counts;

    /// <summary>Counts the losses of an exchange, each once.</summary>
    public void Count(ExchangeRecord record)
    {
        if (record is not { Losses: { } losses, UpstreamDialect: { } upstream }) return;
        foreach (var part in losses.AsSpan().Split(','))
        {
            // What did not fit into the row ends with dots.
            var id = losses.AsSpan(part);
            if (id is "..." || _counts.Count >= Most) continue;
            _counts.AddOrUpdate(new LossKey(record.ClientDialect, upstream, id.ToString()), 1, static (_, count) => count + 1);
        }
    }
}

/// <summary>What one count is of.</summary>
/// <param name="Client">What the caller spoke.</param>
/// <param name="Upstream">What the provider was spoken to in.</param>
/// <param name="Loss">The loss's id, or the name of the provider edit that took something out.</param>
internal readonly record struct LossKey(Dialect Client, Dialect Upstream, string Loss);
