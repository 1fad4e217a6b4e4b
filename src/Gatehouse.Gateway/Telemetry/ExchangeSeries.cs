using Gatehouse.Dialects;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.Gateway.Telemetry;

/// <summary>Which exchanges are counted together.</summary>
internal readonly record struct SeriesKey(string Provider, Dialect Dialect, ExchangeOperation Operation, string Model);

/// <summary>The counts of all exchanges with one key. Parts that few keys need are made when first used. Thread-safe without locks.</summary>
internal sealed class ExchangeSeries(SeriesKey key)
{
    private readonly long[] _requests = new long[ExchangeLabels.StatusClasses.Length * ExchangeLabels.Ends.Length];
    private readonly BucketCounts?[] _serverDurations = new BucketCounts?[ExchangeLabels.Ends.Length];
    private readonly BucketCounts?[] _clientDurations = new BucketCounts?[ExchangeLabels.Ends.Length];
    private readonly BucketCounts?[] _tokens = new BucketCounts?[ExchangeLabels.TokenTypes.Length];
    private BucketCounts? _firstToken;

    public SeriesKey Key => key;

    public BucketCounts? FirstToken => Volatile.Read(ref _firstToken);

    public long Requests(int statusClass, int end) => Interlocked.Read(ref _requests[(statusClass * ExchangeLabels.Ends.Length) + end]);

    public BucketCounts? ServerDuration(int end) => Volatile.Read(ref _serverDurations[end]);

    public BucketCounts? ClientDuration(int end) => Volatile.Read(ref _clientDurations[end]);

    public BucketCounts? Tokens(int type) => Volatile.Read(ref _tokens[type]);

    /// <summary>Counts one exchange.</summary>
    public void Count(ExchangeRecord record)
    {
        var end = ExchangeLabels.End(record.End);
        Interlocked.Increment(ref _requests[(ExchangeLabels.StatusClass(record.Status) * ExchangeLabels.Ends.Length) + end]);
        if (record.DurationMicros is { } duration)
        {
            Made(ref _serverDurations[end], BucketBounds.Duration).Record(duration);
            if (record.Attempts > 0)
                Made(ref _clientDurations[end], BucketBounds.Duration).Record(Math.Max(0, duration - (record.OverheadMicros ?? 0)));
        }

        if (record.FirstTokenMicros is { } first) Made(ref _firstToken, BucketBounds.FirstToken).Record(first);
        Tokens(0, record.Usage.InputTotal);
        Tokens(1, record.Usage.Output);
        Tokens(2, record.Usage.CacheRead);
        Tokens(3, record.Usage.CacheWrite);
        Tokens(4, record.Usage.CacheWrite5m);
        Tokens(5, record.Usage.CacheWrite1h);
        Tokens(6, record.Usage.Reasoning);
    }

    private void Tokens(int type, long? count)
    {
        if (count is { } known) Made(ref _tokens[type], BucketBounds.Tokens).Record(known);
    }

    private static BucketCounts Made(ref BucketCounts? counts, BucketBounds bounds)
    {
        if (Volatile.Read(ref counts) is { } made) return made;
        var fresh = new BucketCounts(bounds);
        return Interlocked.CompareExchange(ref counts, fresh, null) ?? fresh;
    }
}
