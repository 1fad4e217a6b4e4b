using System.Buffers;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Upstream;

namespace Gatehouse.Gateway.Telemetry;

/// <summary>The metrics as a Prometheus scrape sees them. Stateless and thread-safe.</summary>
internal static class PrometheusText
{
    /// <summary>The media type of the text.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Writes every metric.</summary>
    public static void WriteTo(IBufferWriter<byte> output, GatewayMetrics metrics)
    {
        var text = new PrometheusWriter(output);
        var series = metrics.Series.OrderBy(s => s.Key.Provider, StringComparer.Ordinal)
            .ThenBy(s => s.Key.Model, StringComparer.Ordinal)
            .ThenBy(s => s.Key.Operation)
            .ToArray();
        Requests(text, series);
        Histograms(text, series);
        Tokens(text, series);
        Own(text, metrics);
        Programs(text, metrics.Gauges.Programs());
        Gauges(text, metrics);
    }

    private static void Programs(PrometheusWriter text, IReadOnlyList<ProgramReport> programs)
    {
        Family(text, "gatehouse_program_turns", MetricNames.ProgramTurnsHelp, programs.SelectMany(ProgramFigures.Turns));
        Family(text, "gatehouse_program_account_state", MetricNames.AccountStateHelp, programs.SelectMany(ProgramFigures.States));
        Family(text, "gatehouse_program_account_exhausted", MetricNames.AccountExhaustedHelp, programs.SelectMany(ProgramFigures.Exhausted));
        Family(text, "gatehouse_program_account_utilization", MetricNames.AccountUtilizationHelp, programs.SelectMany(ProgramFigures.Utilization));
    }

    private static void Family(PrometheusWriter text, string name, string help, IEnumerable<ProgramFigure> figures)
    {
        text.Family(name, "gauge", help);
        foreach (var figure in figures) text.Sample(name, string.Join(',', figure.Labels.Select(static label => PrometheusWriter.Label(label.Key, label.Value))), figure.Value);
    }

    private static void Requests(PrometheusWriter text, ExchangeSeries[] series)
    {
        text.Family("gatehouse_requests_total", "counter", MetricNames.RequestsHelp);
        foreach (var one in series)
        {
            var labels = string.Join(
                ',',
                PrometheusWriter.Label("provider", one.Key.Provider),
                PrometheusWriter.Label("dialect", one.Key.Dialect.Name()),
                PrometheusWriter.Label("operation", ExchangeLabels.Operation(one.Key.Operation)),
                PrometheusWriter.Label("model", one.Key.Model));
            for (var status = 0; status < ExchangeLabels.StatusClasses.Length; status++)
            {
                for (var end = 0; end < ExchangeLabels.Ends.Length; end++)
                {
                    if (one.Requests(status, end) is not (> 0 and var count)) continue;
                    var ended = PrometheusWriter.Joined(
                        PrometheusWriter.Label("status", ExchangeLabels.StatusClasses[status]),
                        PrometheusWriter.Label("end", ExchangeLabels.Ends[end]));
                    text.Sample("gatehouse_requests_total", PrometheusWriter.Joined(labels, ended), count);
                }
            }
        }
    }

    private static void Histograms(PrometheusWriter text, ExchangeSeries[] series)
    {
        const string server = "gen_ai_server_request_duration_seconds";
        const string client = "gen_ai_client_operation_duration_seconds";
        const string first = "gen_ai_server_time_to_first_token_seconds";
        text.Family(server, "histogram", MetricNames.ServerDurationHelp);
        ByEnd(text, server, series, static (s, end) => s.ServerDuration(end));
        text.Family(client, "histogram", MetricNames.ClientDurationHelp);
        ByEnd(text, client, series, static (s, end) => s.ClientDuration(end));
        text.Family(first, "histogram", MetricNames.FirstTokenHelp);
        foreach (var one in series)
        {
            if (one.FirstToken is { } counts) text.Histogram(first, GenAi(one.Key), counts);
        }
    }

    private static void ByEnd(PrometheusWriter text, string name, ExchangeSeries[] series, Func<ExchangeSeries, int, BucketCounts?> pick)
    {
        foreach (var one in series)
        {
            for (var end = 0; end < ExchangeLabels.Ends.Length; end++)
            {
                if (pick(one, end) is not { } counts) continue;
                var word = ExchangeLabels.Ends[end];
                var labels = GenAi(one.Key);
                text.Histogram(name, word == "ok" ? labels : PrometheusWriter.Joined(labels, PrometheusWriter.Label("error_type", word)), counts);
            }
        }
    }

    private static void Tokens(PrometheusWriter text, ExchangeSeries[] series)
    {
        const string name = "gen_ai_client_token_usage";
        text.Family(name, "histogram", MetricNames.TokenUsageHelp);
        foreach (var one in series)
        {
            for (var type = 0; type < ExchangeLabels.TokenTypes.Length; type++)
            {
                if (one.Tokens(type) is not { } counts) continue;
                var labels = PrometheusWriter.Joined(GenAi(one.Key), PrometheusWriter.Label("gen_ai_token_type", ExchangeLabels.TokenTypes[type]));
                text.Histogram(name, labels, counts);
            }
        }
    }

    private static void Own(PrometheusWriter text, GatewayMetrics metrics)
    {
        text.Family("gatehouse_stream_ends_total", "counter", MetricNames.StreamEndsHelp);
        foreach (var end in metrics.Ends.OrderBy(e => e.Dialect).ThenBy(e => e.Reason, StringComparer.Ordinal))
        {
            var labels = PrometheusWriter.Joined(
                PrometheusWriter.Label("dialect", end.Dialect.Name()), PrometheusWriter.Label("reason", end.Reason));
            text.Sample("gatehouse_stream_ends_total", labels, end.Count);
        }

        text.Family("gatehouse_losses_total", "counter", MetricNames.LossesHelp);
        foreach (var (key, count) in metrics.Losses.All.OrderBy(l => l.Key.Client).ThenBy(l => l.Key.Upstream).ThenBy(l => l.Key.Loss, StringComparer.Ordinal))
        {
            var labels = string.Join(
                ',',
                PrometheusWriter.Label("dialect", key.Client.Name()),
                PrometheusWriter.Label("upstream_dialect", key.Upstream.Name()),
                PrometheusWriter.Label("loss", key.Loss));
            text.Sample("gatehouse_losses_total", labels, count);
        }

        text.Family("gatehouse_overhead_seconds", "histogram", MetricNames.OverheadHelp);
        foreach (var dialect in DialectNames.All)
            text.Histogram("gatehouse_overhead_seconds", PrometheusWriter.Label("dialect", dialect.Name()), metrics.Overhead(dialect));

        text.Family("gatehouse_queue_wait_seconds", "histogram", MetricNames.QueueWaitHelp);
        foreach (var (provider, waits) in metrics.Queues.OrderBy(q => q.Key, StringComparer.Ordinal))
            text.Histogram("gatehouse_queue_wait_seconds", PrometheusWriter.Label("provider", provider), waits);

        text.Family("gatehouse_upstream_state", "gauge", MetricNames.UpstreamStateHelp);
        foreach (var provider in metrics.Health?.All() ?? [])
            text.Sample("gatehouse_upstream_state", PrometheusWriter.Label("provider", provider.Provider), (int)provider.State);
    }

    private static void Gauges(PrometheusWriter text, GatewayMetrics metrics)
    {
        var gauges = metrics.Gauges;
        Gauge(text, "gatehouse_in_flight", MetricNames.InFlightHelp, gauges.InFlight());
        Gauge(text, "gatehouse_bodies_held_bytes", MetricNames.BodiesHeldHelp, gauges.BodiesHeldBytes());
        Gauge(text, "gatehouse_ledger_lag_rows", MetricNames.LedgerLagRowsHelp, gauges.LedgerLagRows());
        Gauge(text, "gatehouse_ledger_lag_seconds", MetricNames.LedgerLagSecondsHelp, gauges.LedgerLagSeconds());
        Gauge(text, "gatehouse_ledger_degraded", MetricNames.LedgerDegradedHelp, gauges.LedgerDegraded() ? 1 : 0);
        Gauge(text, "gatehouse_config_reload_failed", MetricNames.ConfigReloadFailedHelp, gauges.ConfigReloadFailed() ? 1 : 0);
    }

    private static void Gauge(PrometheusWriter text, string name, string help, double value)
    {
        text.Family(name, "gauge", help);
        text.Sample(name, "", value);
    }

    private static string GenAi(in SeriesKey key) => string.Join(
        ',',
        PrometheusWriter.Label("gen_ai_operation_name", ExchangeLabels.GenAiOperation(key.Operation)),
        PrometheusWriter.Label("gen_ai_provider_name", key.Provider),
        PrometheusWriter.Label("gen_ai_request_model", key.Model),
        PrometheusWriter.Label("dialect", key.Dialect.Name()));
}
