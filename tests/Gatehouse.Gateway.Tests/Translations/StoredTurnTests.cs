using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Dialects;
using Gatehouse.Dialects.Translation;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Access;
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

    [Theory]
    [InlineData("", HttpStatusCode.RequestEntityTooLarge, "conversation_too_large")]
    [InlineData(", \"maxBodiesInMemoryBytes\": 102400", HttpStatusCode.ServiceUnavailable, "bodies_full")]
    public async Task A_conversation_that_has_grown_larger_than_a_body_may_be_is_refused_and_takes_no_memory(string limit, HttpStatusCode status, string word)
    {
        await using var gateway = await StartAsync(Dialect.Anthropic, $$""", "limits": { "maxBodyBytes": 102400{{limit}} }""");
        var text = string.Concat(Enumerable.Repeat("word ", 5000));
        string? last = null;
        for (var i = 0; i < 3; i++) last = (await AskAsync(gateway, text, last, stream: false)).Id;
        (await AskAsync(gateway, "short", last, stream: false)).Text.ShouldBe("You said: short");

        last = (await AskAsync(gateway, text[..20_000], last, stream: false)).Id;
        var request = new JsonObject { ["model"] = "m", ["input"] = text[..10_000], ["previous_response_id"] = last };
        var (response, body) = await gateway.SendAsync(gateway.Post("/v1/responses", request.ToJsonString()));
        response.StatusCode.ShouldBe(status, body);
        (await gateway.RowsAsync())[^1].ErrorType.ShouldBe(word);
        await GatewayHarness.EventuallyAsync(
            async () => (long)JsonNode.Parse(await gateway.Client.GetStringAsync(new Uri(gateway.Address, "/health")))!["bodies_held_bytes"]! == 0, "all memory is back");
    }

    [Fact]
    public async Task A_store_that_is_too_slow_to_tell_does_not_make_a_response_unknown()
    {
        await using var gateway = await StartAsync(Dialect.Anthropic);
        await AccessDatabase.ExecuteAsync(gateway.Store, "DROP TABLE response_turns");
        // Never comes to its end.
        await AccessDatabase.ExecuteAsync(
            gateway.Store,
            "CREATE VIEW response_turns AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
            + "SELECT CAST(i AS TEXT) AS id, NULL AS previous_id, x'00' AS token_id, NULL AS user_id, 0 AS created, (i & 0) + 9000000000000000000 AS expires, "
            + "0 AS bytes, x'00' AS sealed FROM n");
        (await CallAsync(gateway, HttpMethod.Get, "/v1/responses/resp_kept")).Response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        var request = new JsonObject { ["model"] = "m", ["input"] = "on", ["previous_response_id"] = "resp_kept" };
        var (response, body) = await gateway.SendAsync(gateway.Post("/v1/responses", request.ToJsonString()));
        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable, body);
        (await gateway.RowsAsync()).ShouldAllBe(row => row.ErrorType == "store_unavailable");
    }

    [Fact]
    public async Task An_id_that_can_be_none_is_unknown_and_told_back_in_part()
    {
        await using var gateway = await StartAsync(Dialect.Anthropic);
        var request = new JsonObject { ["model"] = "m", ["input"] = "on", ["previous_response_id"] = new string('r', 1 << 20) };
        var (response, body) = await gateway.SendAsync(gateway.Post("/v1/responses", request.ToJsonString()));
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        body.Length.ShouldBeLessThan(1024);
        ((string?)JsonNode.Parse(body)!["error"]!["code"]).ShouldBe("previous_response_not_found");
    }

    [Theory]
    [InlineData("/v1/responses/compact")]
    [InlineData("/v1/responses/input_tokens")]
    public async Task A_call_that_leaves_its_model_to_what_it_continues_gets_that(string path)
    {
        await using var gateway = await StartAsync(Dialect.Anthropic);
        var first = await AskAsync(gateway, "remember the number 42", null, stream: false);
        var (response, body) = await gateway.SendAsync(gateway.Post(path, $$"""{"previous_response_id":"{{first.Id}}"}"""));
        response.StatusCode.ShouldBe(HttpStatusCode.OK, body);
        (await gateway.RowsAsync())[^1].ModelAsked.ShouldBe("m");
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

    private static Task<GatewayHarness> StartAsync(Dialect upstream, string configExtra = "") => GatewayHarness.StartAsync(
        configExtra: configExtra,
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
