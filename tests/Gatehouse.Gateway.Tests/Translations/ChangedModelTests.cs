using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Dialects;
using Gatehouse.Dialects.Translation;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Translations;

/// <summary>
/// A conversation that begins with a model reached by translation and goes on with one whose provider speaks the client's dialect. The simulator refuses state
/// that it did not issue, as the vendors do.
/// </summary>
public sealed class ChangedModelTests
{
    public static TheoryData<Dialect, Dialect, string> Ways()
    {
        var ways = new TheoryData<Dialect, Dialect, string>();
        foreach (var edge in EdgeSet.All.Where(static e => e.Client != Dialect.OpenAiChat && e.Upstream != Dialect.OpenAiChat))
        {
            ways.Add(edge.Client, edge.Upstream, "");
            ways.Add(edge.Client, edge.Upstream, ", \"answers\": \"stream\"");
        }

        return ways;
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Thinking_that_was_sealed_for_the_first_is_kept_from_the_second(Dialect client, Dialect first, string answers)
    {
        await using var gateway = await StartAsync(first, client, answers);
        var request = DialectClient.Request(client, "[think] [say first]", stream: false, model: "claude-sonnet-4-5");
        if (client == Dialect.Anthropic) request["thinking"] = new JsonObject { ["type"] = "enabled", ["budget_tokens"] = 2048 };
        else request["reasoning"] = new JsonObject { ["effort"] = "medium", ["summary"] = "auto" };
        var answer = await AskAsync(gateway, client, request);
        string.Concat(answer.Turn.Select(static t => t.ToJsonString())).ShouldContain(StateSeal.Mark);

        var next = DialectClient.Next(client, request, answer, static _ => "");
        var history = (JsonArray)next[client == Dialect.Anthropic ? "messages" : "input"]!;
        if (client == Dialect.Anthropic) history.RemoveAt(history.Count - 1);
        history.Add(new JsonObject { ["role"] = "user", ["content"] = "[say second]" });
        next["model"] = "native";
        (await AskAsync(gateway, client, next)).Text.ToString().ShouldBe("second");

        var sent = Encoding.UTF8.GetString(gateway.Simulator!.Received.All.Last(static r => r.Method == "POST").Body.Span);
        sent.ShouldNotContain(StateSeal.Mark);
        sent.ShouldContain("first");
        var row = (await gateway.RowsAsync())[^1];
        row.End.ShouldBe(ExchangeEnd.Ok);
        row.UpstreamDialect.ShouldBe(client);
        row.Losses.ShouldBe("foreign_state");
    }

    [Theory]
    [InlineData(Dialect.OpenAiChat)]
    [InlineData(Dialect.OpenAiResponses)]
    public async Task A_page_that_the_first_cited_is_not_cited_to_the_second_whose_search_never_found_it(Dialect first)
    {
        await using var gateway = await StartAsync(first, Dialect.Anthropic, ", \"traits\": [ { \"webSearch\": true } ]");
        var request = DialectClient.Request(Dialect.Anthropic, "[hosted search] [say first]", stream: false);
        request["tools"] = new JsonArray(new JsonObject { ["type"] = "web_search_20250305", ["name"] = "web_search" });
        var (_, body) = await gateway.SendAsync(gateway.Post("/v1/messages", request.ToJsonString()));
        var content = JsonNode.Parse(body)!["content"]!.AsArray();
        content.OfType<JsonObject>().Single(static block => block.ContainsKey("citations"))["citations"]!.AsArray().ShouldHaveSingleItem();

        request["messages"]!.AsArray().Add(new JsonObject { ["role"] = "assistant", ["content"] = content.DeepClone() });
        request["messages"]!.AsArray().Add(new JsonObject { ["role"] = "user", ["content"] = "[say second]" });
        request["model"] = "native";
        (await AskAsync(gateway, Dialect.Anthropic, request)).Text.ToString().ShouldBe("second");
        var sent = Encoding.UTF8.GetString(gateway.Simulator!.Received.All.Last(static r => r.Method == "POST").Body.Span);
        sent.ShouldNotContain("encrypted_index");
        sent.ShouldContain("first");
        (await gateway.RowsAsync())[^1].Losses.ShouldBe("foreign_state");
    }

    [Theory]
    [InlineData("")]
    [InlineData(", \"answers\": \"stream\"")]
    public async Task Notes_of_a_compaction_go_to_the_second_in_words(string answers)
    {
        await using var gateway = await StartAsync(Dialect.Anthropic, Dialect.OpenAiResponses, answers);
        var compact = new JsonObject { ["model"] = "m", ["input"] = "remember 42" };
        var (response, body) = await gateway.SendAsync(gateway.Post("/v1/responses/compact", compact.ToJsonString()));
        response.StatusCode.ShouldBe(HttpStatusCode.OK, body);
        var items = JsonNode.Parse(body)!["output"]!.AsArray().Select(static i => i!.DeepClone());
        var next = new JsonObject { ["model"] = "native", ["input"] = new JsonArray([.. items, new JsonObject { ["role"] = "user", ["content"] = "go on" }]) };
        (await AskAsync(gateway, Dialect.OpenAiResponses, next)).Text.ToString().ShouldBe("You said: go on");
        var sent = Encoding.UTF8.GetString(gateway.Simulator!.Received.All.Last(static r => r.Method == "POST").Body.Span);
        sent.ShouldContain("You said: Your context is almost full");
        sent.ShouldNotContain(StateSeal.Mark);
        (await gateway.RowsAsync())[^1].Losses.ShouldBe("foreign_compaction");

        var other = await gateway.MintAsync("other");
        var (refused, text) = await gateway.SendAsync(gateway.Post("/v1/responses", next.ToJsonString(), other));
        refused.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        Encoding.UTF8.GetString(gateway.Simulator.Received.All.Last(static r => r.Method == "POST").Body.Span).ShouldNotContain("You said: Your context");
        (await gateway.RowsAsync())[^1].Losses.ShouldBe("foreign_compaction.unread");
    }

    private static Task<GatewayHarness> StartAsync(Dialect first, Dialect second, string answers) => GatewayHarness.StartAsync(
        providerExtra: answers,
        models: $$"""[ { "match": "native", "targets": [ { "provider": "up", "dialect": "{{second.Name()}}" } ] }, { "match": "*", "targets": [ { "provider": "up", "dialect": "{{first.Name()}}" } ] } ]""");

    private static async Task<ClientAnswer> AskAsync(GatewayHarness gateway, Dialect client, JsonObject request)
    {
        var (response, body) = await gateway.SendAsync(gateway.Post(DialectClient.Path(client), request.ToJsonString()));
        response.StatusCode.ShouldBe(HttpStatusCode.OK, body);
        return DialectClient.Read(client, body, stream: false);
    }
}
