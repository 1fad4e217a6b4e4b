using System.Diagnostics.Metrics;
using System.Text;
using Gatehouse.Dialects.Facts;
using Gatehouse.Gateway.Telemetry;
using Gatehouse.Gateway.Tests.Exchanges;
using Gatehouse.Gateway.Tests.Faults;

namespace Gatehouse.Gateway.Tests.Telemetry;

/// <summary>Each kind of tokens is told by itself, in the scrape as to who listens to the meter, and none that the provider did not tell.</summary>
[Collection(nameof(Listening))]
public sealed class TokenKindTests
{
    private const string Model = "model-of-kinds";

    public static TheoryData<string, Usage> Reports() => new()
    {
        {
            "input 18, output 13, cache_read 7, cache_write 5, cache_write_5m 2, cache_write_1h 3, reasoning 4",
            new Usage { Input = 6, Output = 13, CacheRead = 7, CacheWrite = 5, CacheWrite5m = 2, CacheWrite1h = 3, Reasoning = 4 }
        },
        { "input 11, cache_write 5, cache_write_5m 5, cache_write_1h 0", new Usage { Input = 6, CacheWrite = 5, CacheWrite5m = 5, CacheWrite1h = 0 } },
        { "input 11, cache_write 5, cache_write_1h 3", new Usage { Input = 6, CacheWrite = 5, CacheWrite1h = 3 } },
        { "input 18, cache_write 5", new Usage { Input = 18, CacheWrite = 5, InputIncludesCache = true } },
        { "cache_write_5m 2", new Usage { CacheWrite5m = 2 } },
        { "", default },
    };

    [Theory]
    [MemberData(nameof(Reports))]
    public void The_scrape_and_the_meter_tell_each_kind_that_was_reported_and_no_other(string told, Usage usage)
    {
        var heard = new List<(string Type, long Count)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == MeterInstruments.MeterName) listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, count, tags, _) =>
        {
            if (instrument.Name != MetricNames.TokenUsage) return;
            var labels = tags.ToArray().ToDictionary(tag => tag.Key, tag => (string?)tag.Value);
            if (labels["gen_ai.request.model"] == Model) heard.Add((labels["gen_ai.token.type"]!, count));
        });
        using var metrics = new GatewayMetrics();
        listener.Start();
        var record = Records.Settled(Model);
        record.Usage = usage;

        metrics.Settled(record);

        var scraped = PrometheusParser.Scrape(metrics).Samples.Where(s => s.Name == "gen_ai_client_token_usage_sum");
        string.Join(", ", scraped.Select(s => $"{s.Labels["gen_ai_token_type"]} {s.Value}")).ShouldBe(told);
        string.Join(", ", heard.Select(one => $"{one.Type} {one.Count}")).ShouldBe(told);
    }

    [Fact]
    public async Task What_is_kept_for_five_minutes_and_what_for_an_hour_is_told_as_parts_of_what_the_call_wrote()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var body = Encoding.UTF8.GetBytes(
            """{"model":"model-x","max_tokens":4000,"system":[{"type":"text","text":"Answer as briefly as you can.","cache_control":{"type":"ephemeral","ttl":"1h"}}]"""
            + ""","messages":[{"role":"user","content":[{"type":"text","text":"Say something of several words.","cache_control":{"type":"ephemeral"}}]}]}""");
        await using (var client = await RawClient.PostAsync(gateway, "/v1/messages", body)) (await client.AnswerAsync()).Status.ShouldBe(200);
        var usage = (await gateway.RowsAsync()).ShouldHaveSingleItem().Usage;
        (usage.CacheWrite5m > 0 && usage.CacheWrite1h > 0).ShouldBeTrue();

        PrometheusParser? scrape = null;
        // Counting follows the end of the answer.
        await GatewayHarness.EventuallyAsync(
            async () =>
            {
                scrape = PrometheusParser.Of(await gateway.Client.GetStringAsync(new Uri(gateway.Address, "/metrics")));
                return scrape.Samples.Any(s => s.Name == "gen_ai_client_token_usage_sum");
            },
            "the call is counted");

        (Told("cache_write_5m"), Told("cache_write_1h")).ShouldBe((usage.CacheWrite5m!.Value, usage.CacheWrite1h!.Value));
        Told("cache_write").ShouldBe(Told("cache_write_5m") + Told("cache_write_1h"));
        Told("input").ShouldBe(usage.InputTotal!.Value);

        double Told(string type) => scrape!.Value("gen_ai_client_token_usage_sum", ("gen_ai_token_type", type));
    }
}
