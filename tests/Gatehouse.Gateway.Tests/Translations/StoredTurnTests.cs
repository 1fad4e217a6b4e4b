using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Dialects;
using Gatehouse.Dialects.Translation;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Translations;

/// <summary>What the Responses API keeps at the provider, for providers that keep nothing.</summary>
public sealed class StoredTurnTests
{
    public static TheoryData<Dialect, bool> Upstreams()
    {
        var data = new TheoryData<Dialect, bool>();
        foreach (var edge in EdgeSet.All.Where(e => e.Client == Dialect.OpenAiResponses))
        {
            data.Add(edge.Upstream, false);
            data.Add(edge.Upstream, true);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Upstreams))]
    public async Task A_conversation_goes_on_by_id_also_after_a_restart(Dialect upstream, bool stream)
    {
        await using var gateway = await StartAsync(upstream);
        var first = await AskAsync(gateway, "first CANARY-question", null, stream);
        var second = await AskAsync(gateway, "second", first.Id, stream);
        await gateway.RestartAsync();
        var third = await AskAsync(gateway, "third", second.Id, stream);

        third.Text.ShouldBe("You said: third");
        var sent = Encoding.UTF8.GetString(gateway.Simulator!.Received.All.Last(r => r.Method == "POST").Body.Span);
        var places = new[] { "first CANARY-question", "You said: first CANARY-question", "second", "You said: second", "third" }
            .Select(text => sent.IndexOf($"\"{text}\"", StringComparison.Ordinal)).ToList();
        places.ShouldAllBe(place => place > 0);
        places.ShouldBe(places.Order());
        sent.ShouldNotContain("previous_response_id");
        foreach (var file in Directory.GetFiles(gateway.DataDirectory, "*.db*"))
            Encoding.Latin1.GetString(await ReadAsync(file)).ShouldNotContain("CANARY");
    }

    [Theory]
    [MemberData(nameof(Upstreams))]
    public async Task A_stored_response_is_fetched_listed_and_deleted(Dialect upstream, bool stream)
    {
        await using var gateway = await StartAsync(upstream);
        var answer = await AskAsync(gateway, "hello", null, stream);

        var (got, document) = await CallAsync(gateway, HttpMethod.Get, $"/v1/responses/{answer.Id}");
        got.StatusCode.ShouldBe(HttpStatusCode.OK);
        JsonNode.DeepEquals(JsonNode.Parse(document), answer.Document).ShouldBeTrue(document);

        var (_, listed) = await CallAsync(gateway, HttpMethod.Get, $"/v1/responses/{answer.Id}/input_items");
        var list = JsonNode.Parse(listed)!;
        ((string?)list["object"]).ShouldBe("list");
        var item = list["data"]!.AsArray().ShouldHaveSingleItem()!;
        ((string?)item["content"]![0]!["text"]).ShouldBe("hello");
        ((string?)item["id"]).ShouldBe((string?)list["first_id"]);
        ((bool)list["has_more"]!).ShouldBeFalse();

        var (deleted, _) = await CallAsync(gateway, HttpMethod.Delete, $"/v1/responses/{answer.Id}");
        deleted.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await CallAsync(gateway, HttpMethod.Get, $"/v1/responses/{answer.Id}")).Response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await RefusedAsync(gateway, answer.Id);
        (await gateway.RowsAsync()).Select(r => r.Operation).Distinct().ShouldBe(
            [ExchangeOperation.Responses, ExchangeOperation.ResponsesGet, ExchangeOperation.ResponsesInputItems, ExchangeOperation.ResponsesDelete]);
    }

    [Theory]
    [MemberData(nameof(Upstreams))]
    public async Task What_was_not_to_be_stored_is_not_and_nobody_elses_token_opens_what_was(Dialect upstream, bool stream)
    {
        await using var gateway = await StartAsync(upstream);
        var unkept = await AskAsync(gateway, "secret", null, stream, store: false);
        (await CallAsync(gateway, HttpMethod.Get, $"/v1/responses/{unkept.Id}")).Response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await RefusedAsync(gateway, unkept.Id);

        var kept = await AskAsync(gateway, "mine", null, stream);
        var other = await gateway.MintAsync("other");
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Delete })
            (await CallAsync(gateway, method, $"/v1/responses/{kept.Id}", other)).Response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await RefusedAsync(gateway, kept.Id, other);
        await RefusedAsync(gateway, "resp_never_heard_of");
        (await AskAsync(gateway, "still mine", kept.Id, stream)).Text.ShouldBe("You said: still mine");
    }

    [Fact]
    public async Task An_answer_that_broke_off_is_not_kept()
    {
        await using var gateway = await StartAsync(Dialect.Anthropic);
        var request = DialectClient.Request(Dialect.OpenAiResponses, "[long 20]", stream: true, model: "m+error-event");
        string body;
        try
        {
            (_, body) = await gateway.SendAsync(gateway.Post("/v1/responses", request.ToJsonString()));
        }
        catch (HttpRequestException)
        {
            body = "";
        }

        var row = (await gateway.RowsAsync()).Single();
        row.End.ShouldBe(ExchangeEnd.UpstreamError);
        var id = "resp_" + row.Id.ToString("N");
        body.ShouldNotContain("response.completed");
        (await CallAsync(gateway, HttpMethod.Get, $"/v1/responses/{id}")).Response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static Task<GatewayHarness> StartAsync(Dialect upstream) => GatewayHarness.StartAsync(
        models: $$"""[ { "match": "*", "targets": [ { "provider": "up", "dialect": "{{upstream.Name()}}" } ] } ]""");

    private static async Task<(string Id, string Text, JsonNode Document)> AskAsync(
        GatewayHarness gateway, string prompt, string? previous, bool stream, bool store = true)
    {
        var request = new JsonObject { ["model"] = "m", ["input"] = prompt, ["store"] = store };
        if (previous is not null) request["previous_response_id"] = previous;
        if (stream) request["stream"] = true;
        var (response, body) = await gateway.SendAsync(gateway.Post("/v1/responses", request.ToJsonString()));
        response.StatusCode.ShouldBe(HttpStatusCode.OK, body);
        var document = stream ? JsonNode.Parse(DialectClient.Events(body).Last())!["response"]! : JsonNode.Parse(body)!;
        return ((string)document["id"]!, DialectClient.Read(Dialect.OpenAiResponses, body, stream).Text.ToString(), document.DeepClone());
    }

    private static async Task RefusedAsync(GatewayHarness gateway, string previous, string? token = null)
    {
        var request = new JsonObject { ["model"] = "m", ["input"] = "on", ["previous_response_id"] = previous };
        var (response, body) = await gateway.SendAsync(gateway.Post("/v1/responses", request.ToJsonString(), token));
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest, body);
        ((string?)JsonNode.Parse(body)!["error"]!["code"]).ShouldBe("previous_response_not_found");
    }

    private static async Task<(HttpResponseMessage Response, string Body)> CallAsync(GatewayHarness gateway, HttpMethod method, string path, string? token = null)
    {
        var request = new HttpRequestMessage(method, new Uri(gateway.Address, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token ?? gateway.Token);
        return await gateway.SendAsync(request);
    }

    private static async Task<byte[]> ReadAsync(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[stream.Length];
        await stream.ReadExactlyAsync(bytes);
        return bytes;
    }
}
