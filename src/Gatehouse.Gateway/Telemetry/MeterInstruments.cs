using System.Diagnostics;
using System.Diagnostics.Metrics;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Upstream;

namespace Gatehouse.Gateway.Telemetry;

/// <summary>The meter <c>Gatehouse</c>: the same figures for whoever listens in the process, in practice the OTLP export. Thread-safe.</summary>
internal sealed class MeterInstruments : IDisposable
{
    public const string MeterName = "Gatehouse";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _requests;
    private readonly Counter<long> _streamEnds;
    private readonly Histogram<double> _overhead;
    private readonly Histogram<double> _queueWait;
    private readonly Histogram<double> _serverDuration;
    private readonly Histogram<double> _clientDuration;
    private readonly Histogram<double> _firstToken;
    private readonly Histogram<long> _tokens;

    public MeterInstruments(GatewayMetrics metrics)
    {
        _requests = _meter.CreateCounter<long>(MetricNames.Requests, "{request}", MetricNames.RequestsHelp);
        _streamEnds = _meter.CreateCounter<long>(MetricNames.StreamEnds, "{stream}", MetricNames.StreamEndsHelp);
        _overhead = Seconds(MetricNames.Overhead, MetricNames.OverheadHelp, BucketBounds.Overhead);
        _queueWait = Seconds(MetricNames.QueueWait, MetricNames.QueueWaitHelp, BucketBounds.FirstToken);
        _serverDuration = Seconds(MetricNames.ServerDuration, MetricNames.ServerDurationHelp, BucketBounds.Duration);
        _clientDuration = Seconds(MetricNames.ClientDuration, MetricNames.ClientDurationHelp, BucketBounds.Duration);
        _firstToken = Seconds(MetricNames.FirstToken, MetricNames.FirstTokenHelp, BucketBounds.FirstToken);
        _tokens = _meter.CreateHistogram(
            MetricNames.TokenUsage,
            "{token}",
            MetricNames.TokenUsageHelp,
            tags: null,
            new InstrumentAdvice<long> { HistogramBucketBoundaries = BucketBounds.Tokens.Units });

        var gauges = metrics.Gauges;
        _meter.CreateObservableCounter(MetricNames.Losses, () => Lost(metrics), "{exchange}", MetricNames.LossesHelp);
        _meter.CreateObservableUpDownCounter(MetricNames.InFlight, () => gauges.InFlight(), "{exchange}", MetricNames.InFlightHelp);
        _meter.CreateObservableUpDownCounter(MetricNames.BodiesHeld, () => gauges.BodiesHeldBytes(), "By", MetricNames.BodiesHeldHelp);
        _meter.CreateObservableGauge(MetricNames.LedgerLagRows, () => gauges.LedgerLagRows(), "{row}", MetricNames.LedgerLagRowsHelp);
        _meter.CreateObservableGauge(MetricNames.LedgerLagSeconds, () => gauges.LedgerLagSeconds(), "s", MetricNames.LedgerLagSecondsHelp);
        _meter.CreateObservableGauge(MetricNames.LedgerDegraded, () => gauges.LedgerDegraded() ? 1 : 0, "1", MetricNames.LedgerDegradedHelp);
        _meter.CreateObservableGauge(
            MetricNames.ConfigReloadFailed, () => gauges.ConfigReloadFailed() ? 1 : 0, "1", MetricNames.ConfigReloadFailedHelp);
        _meter.CreateObservableGauge(MetricNames.ProgramTurns, () => Of(gauges, ProgramFigures.Turns), "{turn}", MetricNames.ProgramTurnsHelp);
        _meter.CreateObservableGauge(MetricNames.AccountState, () => Of(gauges, ProgramFigures.States), "1", MetricNames.AccountStateHelp);
        _meter.CreateObservableGauge(MetricNames.AccountExhausted, () => Of(gauges, ProgramFigures.Exhausted), "1", MetricNames.AccountExhaustedHelp);
        _meter.CreateObservableGauge(MetricNames.AccountUtilization, () => Of(gauges, ProgramFigures.Utilization), "1", MetricNames.AccountUtilizationHelp);
        _meter.CreateObservableGauge(MetricNames.UpstreamState, () => States(metrics), "1", MetricNames.UpstreamStateHelp);
    }

    /// <summary>Whether anything listens.</summary>
    public bool Enabled => _requests.Enabled || _serverDuration.Enabled;

    /// <summary>Records one exchange for the listeners.</summary>
    public void Settled(ExchangeRecord record, in SeriesKey key, string? streamEnd)
    {
        var dialect = key.Dialect.Name();
        var end = ExchangeLabels.Ends[ExchangeLabels.End(record.End)];
        _requests.Add(1, new TagList
        {
            { "provider", key.Provider },
            { "dialect", dialect },
            { "operation", ExchangeLabels.Operation(key.Operation) },
            { "model", key.Model },
            { "status", ExchangeLabels.StatusClasses[ExchangeLabels.StatusClass(record.Status)] },
            { "end", end },
        });
        if (streamEnd is not null) _streamEnds.Add(1, new TagList { { "dialect", dialect }, { "reason", streamEnd } });
        if (record.OverheadMicros is { } overhead) _overhead.Record(overhead / 1e6, new TagList { { "dialect", dialect } });
        if (record.QueueMicros is { } queued) _queueWait.Record(queued / 1e6, new TagList { { "provider", key.Provider } });

        var plain = GenAi(key, dialect);
        var timed = plain;
        if (record.End != ExchangeEnd.Ok) timed.Add("error.type", end);
        if (record.DurationMicros is { } duration)
        {
            _serverDuration.Record(duration / 1e6, timed);
            if (record.Attempts > 0) _clientDuration.Record(Math.Max(0, duration - (record.OverheadMicros ?? 0)) / 1e6, timed);
        }

        if (record.FirstTokenMicros is { } first) _firstToken.Record(first / 1e6, plain);
        Tokens(plain, 0, record.Usage.InputTotal);
        Tokens(plain, 1, record.Usage.Output);
        Tokens(plain, 2, record.Usage.CacheRead);
        Tokens(plain, 3, record.Usage.CacheWrite);
        Tokens(plain, 4, record.Usage.CacheWrite5m);
        Tokens(plain, 5, record.Usage.CacheWrite1h);
        Tokens(plain, 6, record.Usage.Reasoning);
    }

    public void Dispose() => _meter.Dispose();

    private static TagList GenAi(in SeriesKey key, string dialect) => new()
    {
        { "gen_ai.operation.name", ExchangeLabels.GenAiOperation(key.Operation) },
        { "gen_ai.provider.name", key.Provider },
        { "gen_ai.request.model", key.Model },
        { "dialect", dialect },
    };

    private static IEnumerable<Measurement<double>> Of(GatewayGauges gauges, Func<ProgramReport, IEnumerable<ProgramFigure>> figures) =>
        gauges.Programs().SelectMany(figures).Select(static one =>
            new Measurement<double>(one.Value, one.Labels.Select(static label => KeyValuePair.Create(label.Key, (object?)label.Value))));

    private static IEnumerable<Measurement<int>> States(GatewayMetrics metrics)
    {
        foreach (var provider in metrics.Health?.All() ?? [])
            yield return new((int)provider.State, new KeyValuePair<string, object?>("provider", provider.Provider));
    }

    private static IEnumerable<Measurement<long>> Lost(GatewayMetrics metrics)
    {
        foreach (var (key, count) in metrics.Losses.All)
        {
            yield return new(count, new("dialect", key.Client.Name()), new("upstream_dialect", key.Upstream.Name()), new("loss", key.Loss));
        }
    }

    // A copy of the tags: the list is a value.
    private void Tokens(TagList tags, int type, long? count)
    {
        if (count is not { } known) return;
        tags.Add("gen_ai.token.type", ExchangeLabels.TokenTypes[type]);
        _tokens.Record(known, tags);
    }

    private Histogram<double> Seconds(string name, string help, BucketBounds bounds) =>
        _meter.CreateHistogram(name, "s", help, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds.Published });
}
