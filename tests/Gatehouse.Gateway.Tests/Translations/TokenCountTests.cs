using System.Text.Json.Nodes;
using Gatehouse.Dialects;
using Gatehouse.Dialects.Translation;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Translations;

public sealed class TokenCountTests
{
    public static TheoryData<Dialect, Dialect> Edges()
    {
        var data = new TheoryData<Dialect, Dialect>();
        foreach (var edge in EdgeSet.All.Where(e => e.Client != Dialect.OpenAiChat)) data.Add(edge.Client, edge.Upstream);
        return data;
    }

    [Theory]
    [MemberData(nameof(Edges))]
    public async Task The_vendors_counter_is_asked_where_there_is_one_and_else_an_estimate_says_so(Dialect client, Dialect upstream)
    {
        await using var gateway = await StartAsync(upstream, tokenCounter: true);
        var (response, body) = await CountAsync(gateway, client, "m");
        response.Headers.Contains("x-gatehouse-estimate").ShouldBe(upstream == Dialect.OpenAiChat);
        ((long)JsonNode.Parse(body)!["input_tokens"]!).ShouldBeGreaterThan(5);
        if (upstream != Dialect.OpenAiChat)
            gateway.Simulator!.Received.All.Single(r => r.Method == "POST").PathAndQuery.ShouldBe(upstream == Dialect.Anthropic ? "/v1/messages/count_tokens" : "/v1/responses/input_tokens");
        var row = (await gateway.RowsAsync()).ShouldHaveSingleItem();
        row.End.ShouldBe(ExchangeEnd.Ok);
        row.Status.ShouldBe(200);
        row.Usage.IsEmpty.ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Edges))]
    public async Task A_counter_that_fails_gives_an_estimate_and_no_error(Dialect client, Dialect upstream)
    {
        await using var gateway = await StartAsync(upstream, tokenCounter: true);
        // Three failures in a row stand at the end: of other calls they would say that the provider fails.
        foreach (var fault in new[] { "html", "status-404", "status-500", "status-503", "reset-before-headers" })
        {
            var (response, body) = await CountAsync(gateway, client, "m+" + fault);
            response.Headers.Contains("x-gatehouse-estimate").ShouldBeTrue(fault);
            ((long)JsonNode.Parse(body)!["input_tokens"]!).ShouldBeGreaterThan(5);
        }

        using var scrape = new HttpRequestMessage(HttpMethod.Get, new Uri(gateway.Address, "/metrics"));
        (await gateway.SendAsync(scrape)).Body.ShouldNotContain("gatehouse_upstream_state{provider=\"up\"} 2", customMessage: "a counter's failures are not the provider's");
    }

    [Theory]
    [MemberData(nameof(Edges))]
    public async Task An_estimate_learns_from_what_the_model_reported_and_keeps_it_over_a_restart(Dialect client, Dialect upstream)
    {
        await using var gateway = await StartAsync(upstream, tokenCounter: false);
        var text = string.Concat(Enumerable.Repeat("The quick brown fox jumps over the lazy dog. ", 200));
        long reported = 0;
        for (var i = 0; i < 3; i++)
        {
            var request = DialectClient.Request(client, text, stream: false);
            var (_, body) = await gateway.SendAsync(gateway.Post(DialectClient.Path(client), request.ToJsonString()));
            reported = DialectClient.Read(client, body, stream: false).Input;
        }

        await gateway.RestartAsync();
        var (_, counted) = await CountAsync(gateway, client, "m", text);
        ((double)(long)JsonNode.Parse(counted)!["input_tokens"]!).ShouldBeInRange(reported * 0.95, reported * 1.05);
    }

    private static Task<GatewayHarness> StartAsync(Dialect upstream, bool tokenCounter) => GatewayHarness.StartAsync(
        providerExtra: $$""","traits":[{"tokenCounter":{{(tokenCounter ? "true" : "false")}}}]""",
        models: $$"""[ { "match": "*", "targets": [ { "provider": "up", "dialect": "{{upstream.Name()}}" } ] } ]""");

    private static async Task<(HttpResponseMessage Response, string Body)> CountAsync(GatewayHarness gateway, Dialect client, string model, string text = "How many tokens is this?")
    {
        var request = DialectClient.Request(client, text, stream: false, model: model);
        request.Remove("max_tokens");
        var path = client == Dialect.Anthropic ? "/v1/messages/count_tokens" : "/v1/responses/input_tokens";
        var (response, body) = await gateway.SendAsync(gateway.Post(path, request.ToJsonString()));
        response.StatusCode.ShouldBe(System.Net.HttpStatusCode.OK, body);
        return (response, body);
    }
}
