using System.Collections.Concurrent;
using Gatehouse.Gateway.Access;
using Gatehouse.Storage;

namespace Gatehouse.Gateway.Metering;

/// <summary>
/// How many tokens a model's answer is likely to have: learnt from the answers before, for what callers ask for says nothing (Claude Code sets
/// <c>max_tokens</c> to 128,000 for every turn). The mean and twice the mean deviation, new answers weighing a sixteenth. At start it learns from the latest
/// rows of the ledger. Thread-safe.
/// </summary>
internal sealed class OutputShare
{
    /// <summary>What an answer of a model without experience is taken to need.</summary>
    public const long Unknown = 2000;

    /// <summary>The least that an answer is taken to need: one short answer must not make a whole burst look free.</summary>
    public const long Least = 100;

    private const int MostModels = 500;
    private const int LongestModel = 256;
    private const int RowsAtStart = 2000;
    private static readonly TimeSpan s_daysAtStart = TimeSpan.FromDays(7);
    private const double Weight = 1.0 / 16;

    private readonly ConcurrentDictionary<string, (double Mean, double Deviation)> _models = new(StringComparer.Ordinal);

    /// <summary>The tokens that an answer is likely to have.</summary>
    /// <param name="model">The model's name upstream.</param>
    /// <param name="asked">The most that the caller asked for; null when it did not say.</param>
    public long Of(string model, long? asked)
    {
        var likely = _models.TryGetValue(model, out var known) ? Math.Max(Least, (long)Math.Ceiling(known.Mean + (2 * known.Deviation))) : Unknown;
        return asked is { } most and > 0 ? Math.Min(likely, most) : likely;
    }

    /// <summary>Learns from an answer that ended well.</summary>
    /// <param name="model">The model's name upstream.</param>
    /// <param name="output">The output tokens that the upstream reported.</param>
    public void Learn(string model, long output)
    {
        if (output <= 0 || model.Length > LongestModel || (_models.Count >= MostModels && !_models.ContainsKey(model))) return;
        _models.AddOrUpdate(
            model,
            static (_, seen) => (seen, seen / 2.0),
            static (_, known, seen) =>
            {
                var off = seen - known.Mean;
                return (known.Mean + (Weight * off), known.Deviation + (Weight * (Math.Abs(off) - known.Deviation)));
            },
            output);
    }

    /// <summary>Learns from the answers of the last days, as far as they are in the ledger.</summary>
    /// <param name="store">The database.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="StoreException">The store is busy or failing.</exception>
    public async Task LearnAsync(Store store, DateTimeOffset now, CancellationToken cancellation)
    {
        // The numbers are those of ExchangeEnd and UsageSource. The newest come first and are learnt last.
        const string Sql =
            """
            SELECT model_sent, output_tokens FROM exchanges
            WHERE started_at >= $since AND end_kind = 1 AND usage_source = 1 AND model_sent IS NOT NULL AND output_tokens > 0
                AND coalesce(provider, '') NOT LIKE 'tenant:%'
            ORDER BY started_at DESC LIMIT $rows
            """;
        var answers = await store.ReadAsync(
            connection => connection.Command(null, Sql, ("$since", (now - s_daysAtStart).ToUnixTimeMilliseconds() * 1000), ("$rows", (long)RowsAtStart))
                .Rows(static row => (Model: row.GetString(0), Output: row.GetInt64(1))),
            cancellation);
        for (var i = answers.Count - 1; i >= 0; i--) Learn(answers[i].Model, answers[i].Output);
    }
}
