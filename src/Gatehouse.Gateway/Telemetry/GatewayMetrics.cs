using System.Collections.Concurrent;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Routing;
using Gatehouse.Gateway.Upstream;

namespace Gatehouse.Gateway.Telemetry;

/// <summary>
/// What is counted about exchanges. The counts are kept in plain arrays, because a listener on a meter costs several times as much per
/// exchange; the meter's own instruments are written only while something (the OTLP export) listens to them. Owned by the host;
/// thread-safe.
/// </summary>
/// <remarks>Labels hold no user, token, session or exchange id, and no name that a caller can invent: model names become known only
/// through an answer of the provider.</remarks>
internal sealed class GatewayMetrics : IDisposable
{
    private const int MostModels = 200;
    private const int MostReasons = 32;
    private const int MostSeries = 4000;

    private readonly ConcurrentDictionary<SeriesKey, ExchangeSeries> _series = new();
    private readonly ConcurrentDictionary<(Dialect, string), StreamEnds> _streamEnds = new();
    private readonly BucketCounts[] _overheads = [.. DialectNames.All.Select(_ => new BucketCounts(BucketBounds.Overhead))];
    private readonly ConcurrentDictionary<string, BucketCounts> _queues = new(StringComparer.Ordinal);
    private readonly BoundedNames _models = new(MostModels);
    private readonly BoundedNames _reasons = new(MostReasons);
    private readonly MeterInstruments _instruments;

    /// <summary>Makes the metrics of one gateway.</summary>
    /// <param name="gauges">The figures that other parts hold.</param>
    /// <param name="health">How the providers fare.</param>
    public GatewayMetrics(GatewayGauges? gauges = null, UpstreamHealth? health = null)
    {
        Gauges = gauges ?? new GatewayGauges();
        Health = health;
        _instruments = new MeterInstruments(this);
    }

    /// <summary>The figures that other parts hold.</summary>
    public GatewayGauges Gauges { get; }

    /// <summary>What could not be carried over.</summary>
    internal LossCounts Losses { get; } = new();

    internal UpstreamHealth? Health { get; }

    internal IEnumerable<ExchangeSeries> Series => _series.Values;

    internal IEnumerable<StreamEnds> Ends => _streamEnds.Values;

    /// <summary>Waits for a turn, by the provider's configured name.</summary>
    internal IEnumerable<KeyValuePair<string, BucketCounts>> Queues => _queues;

    internal BucketCounts Overhead(Dialect dialect) => _overheads[(int)dialect];

    /// <summary>Counts an exchange; called once, when it is settled.</summary>
    public void Settled(ExchangeRecord record)
    {
        var answered = record.UpstreamStatus is >= 200 and < 300;
        // A user's own provider may answer to any name, so none becomes known by it.
        var isTenant = record.IsByTenant;
        var model = _models.Bound(record.ModelSent, mayBecomeKnown: answered && record.End == ExchangeEnd.Ok && !isTenant);
        var key = new SeriesKey(isTenant ? Provider.TenantSource : record.Provider ?? ExchangeLabels.None, record.ClientDialect, record.Operation, model);
        if (!_series.TryGetValue(key, out var series)) series = Make(key);
        series.Count(record);
        Losses.Count(record);
        if (record.OverheadMicros is { } overhead) Overhead(record.ClientDialect).Record(overhead);
        if (record is { QueueMicros: { } queued, Provider: { } provider }) _queues.GetOrAdd(provider, static _ => new BucketCounts(BucketBounds.FirstToken)).Record(queued);

        string? reason = null;
        if (record.Stream && answered)
        {
            reason = Reason(record);
            var ends = (record.ClientDialect, reason);
            if (!_streamEnds.TryGetValue(ends, out var counter)) counter = _streamEnds.GetOrAdd(ends, static e => new StreamEnds(e.Item1, e.Item2));
            counter.Increment();
        }

        if (_instruments.Enabled) _instruments.Settled(record, series.Key, reason);
    }

    /// <summary>Ends the meter.</summary>
    public void Dispose() => _instruments.Dispose();

    private ExchangeSeries Make(SeriesKey key)
    {
        if (_series.Count >= MostSeries) key = key with { Model = ExchangeLabels.Other };
        return _series.GetOrAdd(key, static k => new ExchangeSeries(k));
    }

    private string Reason(ExchangeRecord record)
    {
        if (record.End is ExchangeEnd.Ok or ExchangeEnd.ClientGone || !ExchangeLabels.IsWord(record.ErrorType))
            return ExchangeLabels.Ends[ExchangeLabels.End(record.End)];
        return _reasons.Bound(record.ErrorType, mayBecomeKnown: !record.IsByTenant);
    }
}

/// <summary>How many streams ended for one reason. Thread-safe.</summary>
internal sealed class StreamEnds(Dialect dialect, string reason)
{
    private long _count;

    public Dialect Dialect => dialect;

    public string Reason => reason;

    public long Count => Interlocked.Read(ref _count);

    public void Increment() => Interlocked.Increment(ref _count);
}
