using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;
using Gatehouse.Gateway.Telemetry;
using Gatehouse.Gateway.Tests.Canary;
using Gatehouse.Gateway.Tests.Upstream;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Gateway.Tests.Telemetry;

[Collection(nameof(Listening))]
public sealed class OtlpExportTests
{
    [Fact]
    public async Task Metrics_and_traces_reach_a_collector()
    {
        var received = new ConcurrentDictionary<string, string>();
        await using var collector = Collector(received);
        using var metrics = new GatewayMetrics();
        using (var export = OtlpExport.Start(new Uri(collector.Address + "/otlp/"), "gatehouse-under-test", NullLoggerFactory.Instance, TimeProvider.System))
        {
            var record = Records.Settled();
            (record.UpstreamDialect, record.Losses) = (record.ClientDialect, "no-effort");
            metrics.Settled(record);
            ExchangeTrace.Settled(Records.Settled());
            export!.Flush(TimeSpan.FromSeconds(10)).ShouldBeTrue();
        }

        var sent = received["POST /otlp/v1/metrics HTTP/1.1"];
        string[] names =
        [
            MetricNames.Requests, MetricNames.StreamEnds, MetricNames.Overhead, MetricNames.ServerDuration, MetricNames.ClientDuration,
            MetricNames.FirstToken, MetricNames.TokenUsage, MetricNames.InFlight, MetricNames.BodiesHeld, MetricNames.LedgerLagRows,
            MetricNames.LedgerLagSeconds, MetricNames.LedgerDegraded, MetricNames.ConfigReloadFailed, MetricNames.Losses,
        ];
        foreach (var name in names) sent.ShouldContain(name);
        sent.ShouldContain("gatehouse-under-test");
        sent.ShouldContain("claude-opus-5-5");
        foreach (var type in (string[])["cache_read", "cache_write_5m", "cache_write_1h"]) sent.ShouldContain(type);
        sent.ShouldNotContain("canary");

        var spans = received["POST /otlp/v1/traces HTTP/1.1"];
        spans.ShouldContain("chat claude-opus-5-5");
        spans.ShouldContain("gen_ai.usage.input_tokens");
    }

    [Theory]
    [InlineData(MetricNames.ServerDuration, "s")]
    [InlineData(MetricNames.ClientDuration, "s")]
    [InlineData(MetricNames.FirstToken, "s")]
    [InlineData(MetricNames.TokenUsage, "{token}")]
    [InlineData(MetricNames.Overhead, "s")]
    [InlineData(MetricNames.Requests, "{request}")]
    [InlineData(MetricNames.StreamEnds, "{stream}")]
    [InlineData(MetricNames.InFlight, "{exchange}")]
    [InlineData(MetricNames.LedgerLagSeconds, "s")]
    public void Metrics_carry_the_conventions_units(string name, string unit)
    {
        var units = new ConcurrentDictionary<string, string?>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, _) => units[instrument.Name] = instrument.Unit };
        listener.Start();
        using var metrics = new GatewayMetrics();

        units[name].ShouldBe(unit);
    }

    [Theory]
    [InlineData("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", ", 404)")]
    [InlineData("HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n", ", 401)")]
    [InlineData("this is no HTTP\r\n\r\n", ")")]
    [InlineData(null, ")")]
    public async Task A_collector_that_takes_nothing_is_told_of_once_and_its_address_not_at_all(string? answer, string reason)
    {
        using var log = new CapturedLog();
        await using var collector = new RawUpstream(async connection =>
        {
            while (answer is not null && await connection.ReadRequestAsync() is not null) await connection.WriteAsync(answer);
            connection.Close();
        });
        using var metrics = new GatewayMetrics();
        using (var export = OtlpExport.Start(new Uri(collector.Address + "/canary-in-the-path"), "gatehouse", log, TimeProvider.System))
        {
            for (var i = 0; i < 2; i++)
            {
                metrics.Settled(Records.Settled());
                ExchangeTrace.Settled(Records.Settled());
                export!.Flush(TimeSpan.FromSeconds(10));
            }
        }

        var told = log.Entries.ShouldHaveSingleItem();
        told.ShouldStartWith("Warning The OpenTelemetry collector does not take what is sent to it (");
        told.ShouldContain(reason + ". It goes on being tried");
        told.ShouldNotContain("canary");
    }

    [Fact]
    public async Task Stopping_sends_metrics_and_traces_at_once()
    {
        var metricsCame = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var tracesCame = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // Each is answered when the other has come too: one after the other would never end.
        await using var collector = new RawUpstream(async connection =>
        {
            while (await connection.ReadRequestAsync() is { } request)
            {
                (request.RequestLine.Contains("/v1/metrics", StringComparison.Ordinal) ? metricsCame : tracesCame).TrySetResult();
                await Task.WhenAll(metricsCame.Task, tracesCame.Task);
                await connection.WriteAsync("HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n");
            }
        });
        using var metrics = new GatewayMetrics();
        using var export = OtlpExport.Start(new Uri(collector.Address), "gatehouse", NullLoggerFactory.Instance, TimeProvider.System)!;
        metrics.Settled(Records.Settled());
        ExchangeTrace.Settled(Records.Settled());
        export.Stop(TimeSpan.FromSeconds(8)).ShouldBeTrue();
    }

    [Fact]
    public void Without_a_collector_nothing_is_started()
    {
        Environment.GetEnvironmentVariable(OtlpExport.EndpointVariable).ShouldBeNull();
        OtlpExport.Start(null, "gatehouse", NullLoggerFactory.Instance, TimeProvider.System).ShouldBeNull();
    }

    [Fact]
    public async Task The_environment_alone_switches_the_export_on()
    {
        var received = new ConcurrentDictionary<string, string>();
        await using var collector = Collector(received);
        using var metrics = new GatewayMetrics();
        Environment.SetEnvironmentVariable(OtlpExport.EndpointVariable, collector.Address);
        try
        {
            using var export = OtlpExport.Start(null, "gatehouse", NullLoggerFactory.Instance, TimeProvider.System);
            metrics.Settled(Records.Settled());
            export!.Flush(TimeSpan.FromSeconds(10)).ShouldBeTrue();
        }
        finally
        {
            Environment.SetEnvironmentVariable(OtlpExport.EndpointVariable, null);
        }

        received.Keys.ShouldContain("POST /v1/metrics HTTP/1.1");
    }

    private static RawUpstream Collector(ConcurrentDictionary<string, string> received) => new(async connection =>
    {
        while (await connection.ReadRequestAsync() is { } request)
        {
            received.AddOrUpdate(request.RequestLine, _ => Encoding.Latin1.GetString(request.Body), (_, old) =>
                old + Encoding.Latin1.GetString(request.Body));
            await connection.WriteAsync("HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n");
        }
    });
}
