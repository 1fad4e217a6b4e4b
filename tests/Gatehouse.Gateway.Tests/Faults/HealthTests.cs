using Gatehouse.Dialects;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Faults;

/// <summary>What counts against a provider, and what never does.</summary>
public sealed class HealthTests
{
    [Fact]
    public async Task Refusals_never_count()
    {
        await using var gateway = await StartAsync();
        foreach (var status in new[] { 400, 401, 403, 404, 413, 429 })
        {
            foreach (var dialect in Caller.All) await CallAsync(gateway, dialect, $"m+status-{status}", status % 2 == 0);
        }

        (await ProviderReport.OfAsync(gateway)).ShouldBe(new ProviderReport("ok", 0, null));
    }

    [Theory]
    [InlineData("status-500", true, "http_500")]
    [InlineData("status-529", false, "http_529")]
    [InlineData("reset-before-headers", true, "connection_lost")]
    [InlineData("html", true, "unexpected_content_type")]
    [InlineData("reset-mid", true, "upstream_reset")]
    [InlineData("reset-mid", false, "upstream_reset")]
    [InlineData("eof-mid", true, "upstream_truncated")]
    [InlineData("stall-mid", true, "idle_timeout")]
    [InlineData("bad-json", false, "upstream_truncated")]
    public async Task Failures_count_until_a_good_answer(string fault, bool stream, string kind)
    {
        await using var gateway = await StartAsync(""", "deadlines": { "idleSeconds": 0.3 }""");
        var calls = 0;
        foreach (var dialect in Caller.All)
        {
            await CallAsync(gateway, dialect, $"m+{fault}", stream);
            calls++;
            await GatewayHarness.EventuallyAsync(async () =>
                (await ProviderReport.OfAsync(gateway)).Faults == calls, $"{calls} faults are counted");
        }

        (await ProviderReport.OfAsync(gateway)).ShouldBe(new ProviderReport("failing", calls, kind));

        await CallAsync(gateway, Dialect.Anthropic, "m", stream: true);
        await GatewayHarness.EventuallyAsync(async () =>
            await ProviderReport.OfAsync(gateway) == new ProviderReport("ok", 0, kind), "a good answer ends it");
    }

    [Theory]
    [InlineData(Dialect.Anthropic, true)]
    [InlineData(Dialect.Anthropic, false)]
    [InlineData(Dialect.OpenAiChat, true)]
    [InlineData(Dialect.OpenAiResponses, true)]
    public async Task An_error_inside_an_answer_counts(Dialect dialect, bool stream)
    {
        await using var gateway = await StartAsync();
        await CallAsync(gateway, dialect, "m+error-event", stream);
        await GatewayHarness.EventuallyAsync(async () => (await ProviderReport.OfAsync(gateway)).Faults == 1, "the fault is counted");
        (await ProviderReport.OfAsync(gateway)).Kind.ShouldBe(dialect == Dialect.Anthropic ? "overloaded_error" : "server_error");
    }

    /// <summary>
    /// The gateway asks for lists of models by itself, and a list counts as a good answer: these must be over before faults are counted.
    /// </summary>
    private static async Task<GatewayHarness> StartAsync(string providerExtra = "")
    {
        var gateway = await GatewayHarness.StartAsync(providerExtra: providerExtra);
        await GatewayHarness.EventuallyAsync(async () =>
            (await ProviderReport.OfAsync(gateway)).State == "ok", "the list of models is there");
        return gateway;
    }

    private static async Task CallAsync(GatewayHarness gateway, Dialect dialect, string model, bool stream)
    {
        await using var client = await RawClient.PostAsync(gateway, Caller.Path(dialect), Caller.Body(dialect, model, stream));
        (await client.AnswerAsync()).Status.ShouldNotBe(0);
    }
}
