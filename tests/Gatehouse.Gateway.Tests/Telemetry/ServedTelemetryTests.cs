using System.Collections.Concurrent;
using System.Text;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Exchanges;
using Gatehouse.Gateway.Tests.Faults;
using Gatehouse.Gateway.Tests.Upstream;

namespace Gatehouse.Gateway.Tests.Telemetry;

/// <summary>What a running gateway shows of calls that were really made: each figure is that of the ledger's row.</summary>
[Collection(nameof(Listening))]
public sealed class ServedTelemetryTests
{
    private static readonly string[] s_labels =
    [
        "provider", "dialect", "operation", "model", "status", "end", "reason", "le", "state", "profile", "window", "upstream_dialect", "loss", "error_type",
        "gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_request_model", "gen_ai_token_type",
    ];

    [Fact]
    public async Task The_scrape_tells_of_each_exchange_what_its_row_tells()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        foreach (var dialect in Caller.All)
        {
            await using var client = await RawClient.PostAsync(
                gateway, Caller.Path(dialect), Caller.Body(dialect, "model-x", stream: true), "x-session-id: canary-session", "x-request-id: canary-request", "x-claude-code-agent-id: canary-agent");
            (await client.AnswerAsync()).Status.ShouldBe(200);
        }

        var rows = await gateway.RowsAsync();
        rows.Count.ShouldBe(3);
        // Counting follows the end of the answer.
        await GatewayHarness.EventuallyAsync(async () => (await ScrapeAsync(gateway)).Samples.Where(s => s.Name == "gatehouse_requests_total").Sum(s => s.Value) == 3, "all are counted");
        var (text, scrape) = (await TextAsync(gateway), await ScrapeAsync(gateway));
        foreach (var row in rows)
        {
            var dialect = ("dialect", row.ClientDialect.Name());
            scrape.Value("gatehouse_requests_total", dialect, ("provider", "up"), ("model", "model-x"), ("status", "2xx"), ("end", "ok")).ShouldBe(1);
            scrape.Value("gatehouse_stream_ends_total", dialect, ("reason", "ok")).ShouldBe(1);
            Seconds("gen_ai_server_request_duration", row.DurationMicros!.Value);
            Seconds("gen_ai_client_operation_duration", row.DurationMicros.Value - row.OverheadMicros!.Value);
            Seconds("gen_ai_server_time_to_first_token", row.FirstByteMicros!.Value);
            Seconds("gatehouse_overhead", row.OverheadMicros.Value);
            Tokens("input", row.Usage.InputTotal.ShouldNotBeNull());
            Tokens("output", row.Usage.Output.ShouldNotBeNull());
            Tokens("cache_read", row.Usage.CacheRead);
            Tokens("cache_write", row.Usage.CacheWrite);
            Tokens("cache_write_5m", row.Usage.CacheWrite5m);
            Tokens("cache_write_1h", row.Usage.CacheWrite1h);
            Tokens("reasoning", row.Usage.Reasoning);

            void Seconds(string name, long micros)
            {
                scrape.Value(name + "_seconds_count", dialect).ShouldBe(1, name);
                scrape.Value(name + "_seconds_sum", dialect).ShouldBe(micros / 1e6, 1e-9, name);
            }

            void Tokens(string type, long? count)
            {
                var labels = ((string, string)[])[dialect, ("gen_ai_token_type", type)];
                if (count is { } known) scrape.Value("gen_ai_client_token_usage_sum", labels).ShouldBe(known, type);
                else scrape.Samples.ShouldNotContain(s => s.Name == "gen_ai_client_token_usage_sum" && labels.All(l => s.Labels[l.Item1] == l.Item2), type);
            }
        }

        scrape.Value("gatehouse_upstream_state", ("provider", "up")).ShouldBe(1);
        scrape.Samples.SelectMany(s => s.Labels.Keys).Distinct().ShouldBeSubsetOf(s_labels);
        text.ShouldNotContain("canary");
        foreach (var row in rows)
        {
            foreach (var id in (string?[])[row.Id.ToString(), row.Id.ToString("N"), row.TokenId!.Value.ToString(), row.ResponseId, row.UpstreamRequestId]) text.ShouldNotContain(id!);
        }
    }

    [Fact]
    public async Task The_scrape_tells_of_streams_that_broke_of_providers_that_fail_and_of_what_runs_now()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        for (var i = 0; i < 3; i++)
        {
            await using var client = await RawClient.PostAsync(gateway, "/v1/messages", Caller.Body(Dialect.Anthropic, "model-x+eof-mid", stream: true));
            (await client.AnswerAsync()).IsCut.ShouldBeTrue();
        }

        await GatewayHarness.EventuallyAsync(async () => (await ScrapeAsync(gateway)).Value("gatehouse_upstream_state", ("provider", "up")) == 2, "the provider fails");
        var broken = await ScrapeAsync(gateway);
        broken.Value("gatehouse_stream_ends_total", ("dialect", "anthropic"), ("reason", "upstream_truncated")).ShouldBe(3);
        broken.Value("gatehouse_requests_total", ("status", "2xx"), ("end", "upstream_error")).ShouldBe(3);
        (broken.Value("gatehouse_in_flight"), broken.Value("gatehouse_bodies_held_bytes")).ShouldBe((0, 0));

        var begun = $"POST /v1/messages HTTP/1.1\r\nhost: {gateway.Address.Authority}\r\nauthorization: Bearer {gateway.Token}\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n{{";
        await using (await RawClient.SendAsync(gateway, Encoding.ASCII.GetBytes(begun)))
        {
            await GatewayHarness.EventuallyAsync(
                async () => await ScrapeAsync(gateway) is var now && now.Value("gatehouse_in_flight") == 1 && now.Value("gatehouse_bodies_held_bytes") >= 5000, "one runs, and its body is held");
        }

        await GatewayHarness.EventuallyAsync(
            async () => await ScrapeAsync(gateway) is var now && now.Value("gatehouse_in_flight") == 0 && now.Value("gatehouse_bodies_held_bytes") == 0, "nothing runs, and nothing is held");
    }

    [Fact]
    public async Task The_collector_of_the_configuration_gets_metrics_and_the_spans_of_real_exchanges_under_their_callers_trace()
    {
        const string trace = "0af7651916cd43dd8448eb211c80319c";
        var received = new ConcurrentDictionary<string, string>();
        await using var collector = new RawUpstream(async connection =>
        {
            while (await connection.ReadRequestAsync() is { } request)
            {
                received.AddOrUpdate(request.RequestLine, _ => Encoding.Latin1.GetString(request.Body), (_, old) => old + Encoding.Latin1.GetString(request.Body));
                await connection.WriteAsync("HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n");
            }
        });
        await using (var gateway = await GatewayHarness.StartAsync(
            configExtra: $$""", "telemetry": { "otlpEndpoint": "{{collector.Address}}", "serviceName": "gatehouse-served" }"""))
        {
            foreach (var dialect in Caller.All)
            {
                await using var client = await RawClient.PostAsync(
                    gateway, Caller.Path(dialect), Caller.Body(dialect, "model-" + dialect.Name(), stream: true), $"traceparent: 00-{trace}-b7ad6b7169203331-01");
                (await client.AnswerAsync()).Status.ShouldBe(200);
            }

            (await gateway.RowsAsync()).ShouldAllBe(row => row.End == ExchangeEnd.Ok);
            await AtRest.ShouldComeAsync(gateway);
        }

        // Stopping sends what is left.
        var (metrics, spans) = (received["POST /v1/metrics HTTP/1.1"], received["POST /v1/traces HTTP/1.1"]);
        foreach (var text in (string[])[metrics, spans])
        {
            text.ShouldContain("gatehouse-served");
            foreach (var dialect in Caller.All) text.ShouldContain("model-" + dialect.Name());
        }

        metrics.ShouldContain("gatehouse.requests");
        metrics.ShouldContain("gen_ai.client.token.usage");
        // A span's own trace, and behind it its parent's: the caller's.
        spans.ShouldContain(Encoding.Latin1.GetString(Convert.FromHexString(trace)));
        spans.ShouldContain(Encoding.Latin1.GetString(Convert.FromHexString("b7ad6b7169203331")));
    }

    private static Task<string> TextAsync(GatewayHarness gateway) => gateway.Client.GetStringAsync(new Uri(gateway.Address, "/metrics"));

    private static async Task<PrometheusParser> ScrapeAsync(GatewayHarness gateway) => PrometheusParser.Of(await TextAsync(gateway));
}
