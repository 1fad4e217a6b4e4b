using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Dialects;
using Gatehouse.Dialects.Translation;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Translations;

/// <summary><c>POST /v1/responses/compact</c> for providers that don't have it.</summary>
public sealed class CompactionTests
{
    public static TheoryData<Dialect> Upstreams() => [.. EdgeSet.All.Where(e => e.Client == Dialect.OpenAiResponses).Select(e => e.Upstream)];

    [Theory]
    [MemberData(nameof(Upstreams))]
    public async Task A_conversation_becomes_a_sealed_summary_that_goes_on_in_words(Dialect upstream)
    {
        await using var gateway = await StartAsync(upstream);
        var (response, body) = await CompactAsync(gateway, "m");
        response.StatusCode.ShouldBe(HttpStatusCode.OK, body);
        var compacted = JsonNode.Parse(body)!;
        ((string?)compacted["object"]).ShouldBe("response.compaction");
        ((long)compacted["usage"]!["output_tokens"]!).ShouldBeGreaterThan(0);
        var item = compacted["output"]!.AsArray().Single(i => (string?)i!["type"] == "compaction")!;
        ((string)item["encrypted_content"]!).ShouldStartWith(StateSeal.Mark);
        var asked = Encoding.UTF8.GetString(gateway.Simulator!.Received.All.Single(r => r.Method == "POST").Body.Span);
        asked.ShouldContain("remember the number 42");

        var input = new JsonArray([.. compacted["output"]!.AsArray().Select(i => i!.DeepClone()), new JsonObject { ["role"] = "user", ["content"] = "go on" }]);
        var next = new JsonObject { ["model"] = "other", ["input"] = input, ["store"] = false };
        var (answer, text) = await gateway.SendAsync(gateway.Post("/v1/responses", next.ToJsonString()));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        var sent = Encoding.UTF8.GetString(gateway.Simulator.Received.All.Last(r => r.Method == "POST").Body.Span);
        sent.ShouldNotContain(StateSeal.Mark);
        sent.ShouldContain("go on");
        // The simulator repeats its last question, which asked for the notes: that is the summary.
        sent.ShouldContain("You said: Your context is almost full");

        var rows = await gateway.RowsAsync();
        rows.Select(r => r.Operation).ShouldBe([ExchangeOperation.ResponsesCompact, ExchangeOperation.Responses]);
        rows.ShouldAllBe(r => r.End == ExchangeEnd.Ok);
        rows[0].Usage.Output.ShouldNotBeNull();
    }

    [Theory]
    [MemberData(nameof(Upstreams))]
    public async Task Another_token_cannot_read_a_summary(Dialect upstream)
    {
        await using var gateway = await StartAsync(upstream);
        var (_, body) = await CompactAsync(gateway, "m");
        var items = JsonNode.Parse(body)!["output"]!.AsArray().Select(i => i!.DeepClone());
        var next = new JsonObject { ["model"] = "m", ["input"] = new JsonArray([.. items, new JsonObject { ["role"] = "user", ["content"] = "go on" }]) };
        var (answer, text) = await gateway.SendAsync(gateway.Post("/v1/responses", next.ToJsonString(), await gateway.MintAsync("other")));
        var sent = Encoding.UTF8.GetString(gateway.Simulator!.Received.All.Last(r => r.Method == "POST").Body.Span);
        sent.ShouldNotContain("You said: Your context is almost full");
        if (answer.IsSuccessStatusCode) sent.ShouldContain("go on", customMessage: text);
    }

    [Theory]
    [MemberData(nameof(Upstreams))]
    public async Task A_provider_that_fails_gives_an_error_and_no_empty_summary(Dialect upstream)
    {
        await using var gateway = await StartAsync(upstream);
        foreach (var fault in new[] { "status-500", "eof-mid", "html" })
        {
            var (response, body) = await CompactAsync(gateway, "m+" + fault);
            ((int)response.StatusCode).ShouldBeGreaterThanOrEqualTo(500, body);
            ((string?)JsonNode.Parse(body)!["error"]!["message"]).ShouldNotBeNullOrEmpty();
        }
    }

    private static Task<GatewayHarness> StartAsync(Dialect upstream) => GatewayHarness.StartAsync(
        models: $$"""[ { "match": "*", "targets": [ { "provider": "up", "dialect": "{{upstream.Name()}}" } ] } ]""");

    private static async Task<(HttpResponseMessage Response, string Body)> CompactAsync(GatewayHarness gateway, string model)
    {
        var request = new JsonObject
        {
            ["model"] = model,
            ["input"] = new JsonArray(
                new JsonObject { ["role"] = "user", ["content"] = "remember the number 42" },
                new JsonObject { ["role"] = "assistant", ["content"] = "I will" }),
        };
        return await gateway.SendAsync(gateway.Post("/v1/responses/compact", request.ToJsonString()));
    }
}
