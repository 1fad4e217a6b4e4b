using Gatehouse.Dialects;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Telemetry;
using Gatehouse.Gateway.Upstream;

namespace Gatehouse.Gateway.Tests.Telemetry;

public sealed class PrometheusTextTests
{
    [Fact]
    public void An_exchange_shows_up_in_every_metric_that_it_belongs_to()
    {
        using var metrics = new GatewayMetrics();
        metrics.Settled(Records.Settled());

        var scrape = PrometheusParser.Scrape(metrics);

        scrape.Value(
            "gatehouse_requests_total", ("provider", "anthropic"), ("dialect", "anthropic"), ("operation", "messages"),
            ("model", "claude-opus-5-5"), ("status", "2xx"), ("end", "ok")).ShouldBe(1);
        scrape.Value("gatehouse_stream_ends_total", ("dialect", "anthropic"), ("reason", "ok")).ShouldBe(1);
        scrape.Value("gatehouse_overhead_seconds_sum", ("dialect", "anthropic")).ShouldBe(0.00009);
        scrape.Value("gen_ai_server_request_duration_seconds_sum", ("gen_ai_operation_name", "chat")).ShouldBe(2);
        scrape.Value("gen_ai_client_operation_duration_seconds_sum", ("gen_ai_provider_name", "anthropic")).ShouldBe(1.99991);
        scrape.Value("gen_ai_server_time_to_first_token_seconds_sum", ("gen_ai_request_model", "claude-opus-5-5")).ShouldBe(0.03);
        foreach (var (type, tokens) in new[]
        {
            ("input", 1015), ("output", 20), ("cache_read", 1000), ("cache_write", 5), ("cache_write_5m", 2), ("cache_write_1h", 3), ("reasoning", 7),
        })
            scrape.Value("gen_ai_client_token_usage_sum", ("gen_ai_token_type", type)).ShouldBe(tokens);
    }

    [Fact]
    public void What_is_unknown_is_not_counted_as_zero()
    {
        using var metrics = new GatewayMetrics();
        var refused = Records.Settled(model: null, end: ExchangeEnd.Refused, status: 404, provider: null);
        refused.Usage = default;
        refused.FirstByteMicros = refused.DurationMicros = refused.OverheadMicros = null;
        metrics.Settled(refused);

        var scrape = PrometheusParser.Scrape(metrics);

        scrape.Value("gatehouse_requests_total", ("provider", "none"), ("model", "none"), ("status", "4xx"), ("end", "refused"))
            .ShouldBe(1);
        scrape.Samples.ShouldNotContain(s => s.Name.StartsWith("gen_ai_", StringComparison.Ordinal));
        scrape.Value("gatehouse_overhead_seconds_count", ("dialect", "anthropic")).ShouldBe(0);
        scrape.Samples.ShouldNotContain(s => s.Name == "gatehouse_stream_ends_total");
    }

    [Fact]
    public void An_error_that_comes_at_once_is_no_first_token()
    {
        using var metrics = new GatewayMetrics();
        metrics.Settled(Records.Settled(end: ExchangeEnd.ClientError, status: 429));
        metrics.Settled(Records.Settled(stream: false));

        PrometheusParser.Scrape(metrics).Samples.ShouldNotContain(s => s.Name.StartsWith("gen_ai_server_time_to_first_token", StringComparison.Ordinal));
    }

    [Fact]
    public void Waits_for_a_turn_are_counted_by_provider_where_anybody_waits_and_nowhere_else()
    {
        using var metrics = new GatewayMetrics();
        metrics.Settled(Records.Settled());
        var queued = Records.Settled(provider: "subscription");
        queued.QueueMicros = 300_000;
        metrics.Settled(queued);

        var scrape = PrometheusParser.Scrape(metrics);

        scrape.Value("gatehouse_queue_wait_seconds_sum", ("provider", "subscription")).ShouldBe(0.3);
        scrape.Value("gatehouse_queue_wait_seconds_count", ("provider", "subscription")).ShouldBe(1);
        scrape.Samples.ShouldNotContain(s => s.Name.StartsWith("gatehouse_queue_wait", StringComparison.Ordinal) && s.Labels["provider"] == "anthropic");
    }

    [Fact]
    public void Programs_show_their_turns_and_each_accounts_state_and_limits_and_nobodys_address()
    {
        using var metrics = new GatewayMetrics(new GatewayGauges { Programs = () => [ProgramSamples.One(DateTimeOffset.UnixEpoch)] });

        var scrape = PrometheusParser.Scrape(metrics);

        scrape.Value("gatehouse_program_turns", ("provider", "subscription"), ("state", "running")).ShouldBe(2);
        scrape.Value("gatehouse_program_turns", ("provider", "subscription"), ("state", "waiting")).ShouldBe(1);
        scrape.Value("gatehouse_program_account_state", ("profile", "own")).ShouldBe(1);
        scrape.Value("gatehouse_program_account_state", ("profile", "other")).ShouldBe(2);
        scrape.Value("gatehouse_program_account_exhausted", ("profile", "own")).ShouldBe(0);
        scrape.Value("gatehouse_program_account_exhausted", ("profile", "other")).ShouldBe(1);
        scrape.Value("gatehouse_program_account_utilization", ("profile", "own"), ("window", "five_hour")).ShouldBe(0.25);
        scrape.Samples.Count(s => s.Name == "gatehouse_program_account_utilization").ShouldBe(2, "what nobody told is left out");
        scrape.Samples.SelectMany(s => s.Labels.Values).ShouldNotContain(label => label.Contains('@', StringComparison.Ordinal));
    }

    [Fact]
    public void Failures_are_told_apart_by_how_they_ended()
    {
        using var metrics = new GatewayMetrics();
        metrics.Settled(Records.Settled());
        metrics.Settled(Records.Settled(end: ExchangeEnd.Timeout, errorType: "idle_timeout"));
        metrics.Settled(Records.Settled(end: ExchangeEnd.UpstreamError, status: 529));
        metrics.Settled(Records.Settled(end: ExchangeEnd.UpstreamError, errorType: "a sentence, not a type"));
        metrics.Settled(Records.Settled(end: ExchangeEnd.ClientGone, errorType: "whatever"));

        var scrape = PrometheusParser.Scrape(metrics);

        scrape.Value("gatehouse_requests_total", ("status", "5xx"), ("end", "upstream_error")).ShouldBe(1);
        scrape.Value("gatehouse_stream_ends_total", ("reason", "idle_timeout")).ShouldBe(1);
        scrape.Value("gatehouse_stream_ends_total", ("reason", "upstream_error")).ShouldBe(1);
        scrape.Value("gatehouse_stream_ends_total", ("reason", "client_gone")).ShouldBe(1);
        scrape.Value("gen_ai_server_request_duration_seconds_count", ("error_type", "timeout")).ShouldBe(1);
        scrape.Value("gen_ai_server_request_duration_seconds_count", ("error_type", "upstream_error")).ShouldBe(2);
    }

    [Fact]
    public void What_was_lost_is_counted_by_what_and_between_which_dialects()
    {
        using var metrics = new GatewayMetrics();
        foreach (var losses in new[] { "top_k,thinking.display", "top_k", null, "top_k,..." })
        {
            var record = Records.Settled();
            (record.UpstreamDialect, record.Losses) = (Dialect.OpenAiChat, losses);
            metrics.Settled(record);
        }

        var scrape = PrometheusParser.Scrape(metrics);

        scrape.Value("gatehouse_losses_total", ("dialect", "anthropic"), ("upstream_dialect", "openai-chat"), ("loss", "top_k"))
            .ShouldBe(3);
        scrape.Value("gatehouse_losses_total", ("loss", "thinking.display")).ShouldBe(1);
        scrape.Samples.Count(s => s.Name == "gatehouse_losses_total").ShouldBe(2);
    }

    [Fact]
    public void Histograms_add_up_and_end_with_infinity()
    {
        using var metrics = new GatewayMetrics();
        foreach (var micros in new long[] { 0, 10_000, 10_001, 81_920_000, 81_920_001, long.MaxValue / 4 })
        {
            var record = Records.Settled();
            record.DurationMicros = micros;
            metrics.Settled(record);
        }

        var scrape = PrometheusParser.Scrape(metrics);

        scrape.Value("gen_ai_server_request_duration_seconds_bucket", ("le", "0.01")).ShouldBe(2);
        scrape.Value("gen_ai_server_request_duration_seconds_bucket", ("le", "0.02")).ShouldBe(3);
        scrape.Value("gen_ai_server_request_duration_seconds_bucket", ("le", "81.92")).ShouldBe(4);
        foreach (var family in scrape.Types.Where(t => t.Value == "histogram").Select(t => t.Key))
        {
            foreach (var series in scrape.Samples.Where(s => s.Name == family + "_bucket").GroupBy(s => s.LabelText(except: "le")))
            {
                var values = series.Select(s => s.Value).ToArray();
                values.ShouldBe(values.Order());
                series.Last().Labels["le"].ShouldBe("+Inf");
                scrape.Samples.Single(s => s.Name == family + "_count" && s.LabelText() == series.Key).Value.ShouldBe(values[^1]);
                scrape.Samples.ShouldContain(s => s.Name == family + "_sum" && s.LabelText() == series.Key);
            }
        }
    }

    [Fact]
    public void Names_with_quotes_and_line_breaks_stay_one_label()
    {
        using var metrics = new GatewayMetrics();
        metrics.Settled(Records.Settled(model: "a\"b\\c\nd,e={}", provider: "pro\"vider"));

        var scrape = PrometheusParser.Scrape(metrics);

        scrape.Value("gatehouse_requests_total", ("model", "a\"b\\c\nd,e={}"), ("provider", "pro\"vider")).ShouldBe(1);
    }

    [Fact]
    public void Models_that_no_provider_confirmed_share_one_label()
    {
        using var metrics = new GatewayMetrics();
        for (var i = 0; i < 50; i++) metrics.Settled(Records.Settled(model: $"made-up-{i}", end: ExchangeEnd.ClientError, status: 404));

        var scrape = PrometheusParser.Scrape(metrics);

        scrape.Value("gatehouse_requests_total", ("model", "other"), ("end", "client_error")).ShouldBe(50);
    }

    [Fact]
    public void Even_confirmed_models_reasons_and_long_names_are_bounded()
    {
        using var metrics = new GatewayMetrics();
        for (var i = 0; i < 1000; i++)
        {
            metrics.Settled(Records.Settled(model: $"model-{i}"));
            metrics.Settled(Records.Settled(end: ExchangeEnd.UpstreamError, errorType: $"reason-{i}"));
        }

        metrics.Settled(Records.Settled(model: new string('m', 200)));
        var scrape = PrometheusParser.Scrape(metrics);

        scrape.Samples.Select(s => s.Labels.GetValueOrDefault("model")).Distinct().Count().ShouldBeLessThanOrEqualTo(203);
        scrape.Samples.Select(s => s.Labels.GetValueOrDefault("reason")).Distinct().Count().ShouldBeLessThanOrEqualTo(35);
        scrape.Value("gatehouse_stream_ends_total", ("reason", "other")).ShouldBe(968);
        scrape.Samples.Where(s => s.Name == "gatehouse_requests_total").Sum(s => s.Value).ShouldBe(2001);
    }

    [Fact]
    public void No_id_of_a_person_token_session_or_exchange_is_shown()
    {
        using var metrics = new GatewayMetrics();
        metrics.Settled(Records.Settled());

        var text = PrometheusParser.Text(metrics);

        text.ShouldNotContain("canary");
        text.ShouldNotContain("0192d3a0");
        text.ShouldNotContain("msg_1");
    }

    [Fact]
    public void Figures_of_other_parts_are_asked_for_when_read()
    {
        var health = new UpstreamHealth(TimeProvider.System);
        var gauges = new GatewayGauges();
        using var metrics = new GatewayMetrics(gauges, health);
        gauges.InFlight = () => 3;
        gauges.BodiesHeldBytes = () => 4096;
        gauges.LedgerLagRows = () => 12;
        gauges.LedgerLagSeconds = () => 1.5;
        gauges.LedgerDegraded = () => true;
        gauges.ConfigReloadFailed = () => true;
        health.Of("good").Succeeded();
        for (var i = 0; i < 3; i++) health.Of("bad").Failed("timeout");
        health.Of("new");

        var scrape = PrometheusParser.Scrape(metrics);

        scrape.Value("gatehouse_in_flight").ShouldBe(3);
        scrape.Value("gatehouse_bodies_held_bytes").ShouldBe(4096);
        scrape.Value("gatehouse_ledger_lag_rows").ShouldBe(12);
        scrape.Value("gatehouse_ledger_lag_seconds").ShouldBe(1.5);
        scrape.Value("gatehouse_ledger_degraded").ShouldBe(1);
        scrape.Value("gatehouse_config_reload_failed").ShouldBe(1);
        scrape.Value("gatehouse_upstream_state", ("provider", "new")).ShouldBe(0);
        scrape.Value("gatehouse_upstream_state", ("provider", "good")).ShouldBe(1);
        scrape.Value("gatehouse_upstream_state", ("provider", "bad")).ShouldBe(2);
    }

    [Fact]
    public void Counting_from_many_threads_loses_nothing()
    {
        using var metrics = new GatewayMetrics();
        Parallel.For(0, 20_000, i => metrics.Settled(Records.Settled(dialect: (Dialect)(i % 3))));

        var scrape = PrometheusParser.Scrape(metrics);

        scrape.Samples.Where(s => s.Name == "gatehouse_requests_total").Sum(s => s.Value).ShouldBe(20_000);
        scrape.Samples.Where(s => s.Name == "gen_ai_server_request_duration_seconds_count").Sum(s => s.Value).ShouldBe(20_000);
        scrape.Samples.Where(s => s.Name == "gatehouse_stream_ends_total").Sum(s => s.Value).ShouldBe(20_000);
    }
}
