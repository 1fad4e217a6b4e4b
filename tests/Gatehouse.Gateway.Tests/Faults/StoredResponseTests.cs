using System.Net;
using System.Text;
using System.Text.Json;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Exchanges;
using Gatehouse.Secrets;

namespace Gatehouse.Gateway.Tests.Faults;

/// <summary>
/// Responses that the provider keeps: their owner gets at them with the key that made them, and nobody else learns that they exist.
/// </summary>
public sealed class StoredResponseTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Their_owner_continues_reads_and_deletes_them(bool stream)
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var id = await CreateAsync(gateway, stream);
        var (next, text) = await ContinueAsync(gateway, id);
        next.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        JsonDocument.Parse(text).RootElement.GetProperty("previous_response_id").GetString().ShouldBe(id);

        (await GetAsync(gateway, id)).Body.RootElement.GetProperty("id").GetString().ShouldBe(id);
        var items = await GetAsync(gateway, id + "/input_items?limit=5");
        items.Status.ShouldBe(HttpStatusCode.OK);
        items.Body.RootElement.GetProperty("object").GetString().ShouldBe("list");
        gateway.Simulator!.Received.Last!.PathAndQuery.ShouldBe($"/v1/responses/{id}/input_items?limit=5");

        (await SendAsync(gateway, HttpMethod.Delete, id)).Body.RootElement.GetProperty("deleted").GetBoolean().ShouldBeTrue();
        // At once and after the ledger was stored, it is the provider who says that the answer is gone: its owner may still ask.
        for (var time = 0; time < 2; time++)
        {
            (await GetAsync(gateway, id)).Status.ShouldBe(HttpStatusCode.NotFound);
            var row = (await gateway.RowsAsync())[^1];
            (row.Provider, row.End, row.UpstreamStatus).ShouldBe(("up", ExchangeEnd.ClientError, 404));
        }

        foreach (var row in (await gateway.RowsAsync())
            .Where(r => r.Operation is ExchangeOperation.ResponsesGet or ExchangeOperation.ResponsesInputItems))
            row.UsageSource.ShouldBe(UsageSource.None, "an answer fetched again was paid for already");
        await AtRest.ShouldComeAsync(gateway);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_the_providers_own_tools_did_for_them_is_counted_when_they_are_made_and_not_when_they_are_read(bool stream)
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var (made, text) = await gateway.SendAsync(gateway.Post(
            "/v1/responses",
            $$"""{"model":"gpt-5.5","input":"[hosted search]","tools":[{"type":"web_search"}],"stream":{{(stream ? "true" : "false")}}}"""));
        made.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        var start = text.IndexOf("\"resp_", StringComparison.Ordinal) + 1;
        (await GetAsync(gateway, text[start..text.IndexOf('"', start)])).Status.ShouldBe(HttpStatusCode.OK);

        var rows = await gateway.RowsAsync();
        rows.Select(r => (r.Operation, r.ServerTools)).ShouldBe(
            [(ExchangeOperation.Responses, """{"web_search_call":1}"""), (ExchangeOperation.ResponsesGet, null)]);
        rows[0].CostBasis.ShouldBe(CostBasis.Estimated, "searches are billed besides");
    }

    [Fact]
    public async Task For_anyone_else_they_do_not_exist()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var id = await CreateAsync(gateway, stream: true);
        var other = await gateway.MintAsync("other");
        gateway.Simulator!.Received.Clear();

        var foreign = await ContinueAsync(gateway, id, other);
        foreign.Response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var unknown = await ContinueAsync(gateway, "resp_nobodys", other);
        unknown.Body.Replace("resp_nobodys", id, StringComparison.Ordinal)
            .ShouldBe(foreign.Body, "a foreign id is answered like an unknown one");
        JsonDocument.Parse(foreign.Body).RootElement.GetProperty("error").GetProperty("code").GetString()
            .ShouldBe("previous_response_not_found");

        foreach (var (method, path) in new[] { (HttpMethod.Get, id), (HttpMethod.Delete, id), (HttpMethod.Get, id + "/input_items") })
        {
            var (status, body) = await SendAsync(gateway, method, path, other);
            status.ShouldBe(HttpStatusCode.NotFound);
            var (unknownStatus, unknownBody) =
                await SendAsync(gateway, method, path.Replace(id, "resp_nobodys", StringComparison.Ordinal), other);
            unknownStatus.ShouldBe(HttpStatusCode.NotFound);
            unknownBody.RootElement.GetRawText().Replace("resp_nobodys", id, StringComparison.Ordinal)
                .ShouldBe(body.RootElement.GetRawText());
        }

        gateway.Simulator.Received.All
            .ShouldNotContain(r => r.PathAndQuery.Contains("responses", StringComparison.Ordinal), "no provider was asked");
        (await GetAsync(gateway, id)).Status.ShouldBe(HttpStatusCode.OK, "their owner still has them");
        foreach (var row in (await gateway.RowsAsync()).Where(r => r.End == ExchangeEnd.Refused))
            row.ErrorType.ShouldBe("response_not_found");
    }

    [Fact]
    public async Task Tokens_of_one_user_share_them()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var first = await gateway.MintAsync("a", t => t with { UserId = "u-1" });
        var second = await gateway.MintAsync("b", t => t with { UserId = "u-1" });
        var third = await gateway.MintAsync("c", t => t with { UserId = "u-2" });
        var id = await CreateAsync(gateway, stream: false, first);
        (await SendAsync(gateway, HttpMethod.Get, id, second)).Status.ShouldBe(HttpStatusCode.OK);
        (await SendAsync(gateway, HttpMethod.Get, id, third)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await GetAsync(gateway, id)).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_was_not_stored_belongs_to_nobody()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var (_, text) = await gateway.SendAsync(gateway.Post("/v1/responses", """{"model":"m","input":"Hi","store":false}"""));
        var id = JsonDocument.Parse(text).RootElement.GetProperty("id").GetString()!;
        (await GetAsync(gateway, id)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await gateway.RowsAsync())[0].OwnsResponse.ShouldBeFalse();
    }

    [Fact]
    public async Task The_owner_is_found_in_the_store_when_memory_does_not_know_it()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var id = await CreateAsync(gateway, stream: true);
        await gateway.RowsAsync();
        var token = gateway.Token;
        await gateway.RestartAsync();
        (await SendAsync(gateway, HttpMethod.Get, id, token)).Status.ShouldBe(HttpStatusCode.OK);
        (await ContinueAsync(gateway, id, token)).Response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await SendAsync(gateway, HttpMethod.Delete, id, token)).Status.ShouldBe(HttpStatusCode.OK);
        (await SendAsync(gateway, HttpMethod.Get, id, token)).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task With_another_key_they_are_gone()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var id = await CreateAsync(gateway, stream: false);
        // The same provider by name, now without the key that made the response.
        await File.WriteAllTextAsync(
            gateway.ConfigFile, (await File.ReadAllTextAsync(gateway.ConfigFile)).Replace(
                "\"UP_KEY\"", "\"OTHER_KEY\"", StringComparison.Ordinal));
        await GatewayHarness.EventuallyAsync(
            async () => (await gateway.Client.GetStringAsync(new Uri(gateway.Address, "/health"))).Contains(
                "\"configuration\":{\"version\":2", StringComparison.Ordinal),
            "the new configuration is in force");
        await new VaultStore(gateway.Store).AddAsync(
            SealedCredential.Seal(gateway.Keys, "up", "new", Secret.From("sk-other-key-000000000"), DateTimeOffset.UnixEpoch));
        await GatewayHarness.EventuallyAsync(async () =>
        {
            var (response, _) = await gateway.SendAsync(gateway.Post("/v1/responses", """{"model":"m","input":"Hi"}"""));
            return response.StatusCode == HttpStatusCode.OK;
        }, "there is a key");

        // The keys are read anew behind the configuration, so the answers so far may have come by the old one.
        await GatewayHarness.EventuallyAsync(async () => (await GetAsync(gateway, id)).Status == HttpStatusCode.NotFound, "the new key is in force");
        // The provider would refuse it as well, but another key's id is nothing that it is shown.
        gateway.Simulator!.Received.Clear();
        (await GetAsync(gateway, id)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await ContinueAsync(gateway, id)).Response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        gateway.Simulator.Received.All.ShouldNotContain(r => r.PathAndQuery.Contains("responses", StringComparison.Ordinal), "no provider was asked");
        var rows = await gateway.RowsAsync();
        rows.TakeLast(2).ShouldAllBe(r => r.End == ExchangeEnd.Refused && r.ErrorType == "response_not_found");
    }

    [Theory]
    [InlineData("""{"model":"m","input":"Hi","background":true}""", "background_not_supported", "background")]
    [InlineData("""{"model":"m","input":"Hi","conversation":"conv_1"}""", "upstream_state_not_supported", "conversation")]
    [InlineData("""{"model":"m","input":"Hi","conversation":{"id":"conv_1"}}""", "upstream_state_not_supported", "conversation")]
    public async Task State_that_all_callers_would_share_is_refused(string body, string code, string param)
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var (response, text) = await gateway.SendAsync(gateway.Post("/v1/responses", body));
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest, text);
        var error = JsonDocument.Parse(text).RootElement.GetProperty("error");
        error.GetProperty("code").GetString().ShouldBe(code);
        error.GetProperty("param").GetString().ShouldBe(param);
        gateway.Simulator!.Received.All.ShouldNotContain(r => r.Method == "POST");
        var row = (await gateway.RowsAsync()).Single();
        (row.End, row.ErrorType, row.Status, row.Provider).ShouldBe((ExchangeEnd.Refused, code, 400, null));
    }

    [Fact]
    public async Task Compaction_and_counting_go_by_model_or_by_owner()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var (compacted, text) = await gateway.SendAsync(gateway.Post(
            "/v1/responses/compact", """{"model":"m","input":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Ho"}]}"""));
        compacted.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        var (counted, tokens) = await gateway.SendAsync(gateway.Post("/v1/responses/input_tokens", """{"model":"m","input":"Hi there"}"""));
        counted.StatusCode.ShouldBe(HttpStatusCode.OK, tokens);
        JsonDocument.Parse(tokens).RootElement.GetProperty("input_tokens").GetInt32().ShouldBeGreaterThan(0);
        gateway.Simulator!.Received.All.Where(r => r.Method == "POST").Select(r => r.PathAndQuery)
            .ShouldBe(["/v1/responses/compact", "/v1/responses/input_tokens"]);
        var rows = await gateway.RowsAsync();
        rows[0].Operation.ShouldBe(ExchangeOperation.ResponsesCompact);
        rows[0].UsageSource.ShouldBe(UsageSource.Upstream);
        rows[1].Operation.ShouldBe(ExchangeOperation.ResponsesInputTokens);
        rows[1].UsageSource.ShouldBe(UsageSource.None, "counting uses nothing up");

        var id = await CreateAsync(gateway, stream: false);
        var other = await gateway.MintAsync("other");
        foreach (var path in new[] { "/v1/responses/compact", "/v1/responses/input_tokens" })
        {
            var body = $$"""{"model":"m","input":"Hi","previous_response_id":"{{id}}"}""";
            (await gateway.SendAsync(gateway.Post(path, body))).Response.StatusCode.ShouldBe(HttpStatusCode.OK, path);
            gateway.Simulator.Received.Last!.PathAndQuery.ShouldBe(path);
            (await gateway.SendAsync(gateway.Post(path, body, other))).Response.StatusCode.ShouldBe(HttpStatusCode.BadRequest, path);
        }
    }

    private static async Task<string> CreateAsync(GatewayHarness gateway, bool stream, string? token = null)
    {
        var (response, text) = await gateway.SendAsync(gateway.Post(
            "/v1/responses", Encoding.UTF8.GetString(Caller.Body(Dialect.OpenAiResponses, "m", stream)), token));
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        var start = text.IndexOf("\"resp_", StringComparison.Ordinal) + 1;
        return text[start..text.IndexOf('"', start)];
    }

    private static Task<(HttpResponseMessage Response, string Body)> ContinueAsync(GatewayHarness gateway, string id, string? token =
        null) =>
        gateway.SendAsync(gateway.Post("/v1/responses", $$"""{"model":"m","input":"And?","previous_response_id":"{{id}}"}""", token));

    private static Task<(HttpStatusCode Status, JsonDocument Body)> GetAsync(GatewayHarness gateway, string path) =>
        SendAsync(gateway, HttpMethod.Get, path);

    private static async Task<(HttpStatusCode Status, JsonDocument Body)> SendAsync(
        GatewayHarness gateway, HttpMethod method, string path, string? token = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(gateway.Address, "/v1/responses/" + path));
        request.Headers.Add("authorization", "Bearer " + (token ?? gateway.Token));
        var (response, body) = await gateway.SendAsync(request);
        return (response.StatusCode, JsonDocument.Parse(body));
    }
}
