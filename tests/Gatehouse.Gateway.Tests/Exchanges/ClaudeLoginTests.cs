using System.Net;
using System.Text.Json;
using Gatehouse.Gateway.Server;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Gateway.Tests.Canary;
using Gatehouse.Gateway.Tests.Credentials;
using Gatehouse.Gateway.Tests.Faults;
using Gatehouse.Simulator.Recording;

namespace Gatehouse.Gateway.Tests.Exchanges;

/// <summary>A provider that is called with the login of the claude program, before a simulated vendor that is as strict about it as the real one.</summary>
public sealed class ClaudeLoginTests : IDisposable
{
    private const string Flag = "oauth-2025-04-20";
    private const string Body = """{"model":"claude-x","max_tokens":16,"messages":[{"role":"user","content":"hello"}]}""";
    private const string Providers = """{ "anthropic": { "auth": "claude-login", "endpoints": { "anthropic": "UPSTREAM" }, "allowPrivateNetwork": true } }""";
    private const string Models = """[ { "match": "*", "targets": [ { "provider": "anthropic" } ] } ]""";
    private readonly LoginFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(null, Flag)]
    [InlineData("context-1m-2025-08-07, other-beta", "context-1m-2025-08-07, other-beta," + Flag)]
    [InlineData(Flag + ",other-beta", Flag + ",other-beta")]
    public async Task Its_token_goes_as_bearer_with_the_vendors_flag_and_nothing_else_changes(string? betas, string expected)
    {
        _folder.Write(LoginFolder.First, DateTimeOffset.UtcNow.AddHours(8));
        var before = File.ReadAllBytes(_folder.File);
        await using var gateway = await StartAsync();
        var request = gateway.Post("/v1/messages", Body);
        if (betas is not null) request.Headers.TryAddWithoutValidation("anthropic-beta", betas);
        request.Headers.TryAddWithoutValidation("user-agent", "some-client/1.0");
        var (response, body) = await gateway.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, body);

        var received = Received(gateway).ShouldHaveSingleItem();
        received.Header("authorization").ShouldBe("Bearer " + LoginFolder.First);
        received.Header("x-api-key").ShouldBeNull();
        received.Header("anthropic-beta").ShouldBe(expected);
        received.Header("user-agent").ShouldBe("some-client/1.0");
        System.Text.Encoding.UTF8.GetString(received.Body.Span).ShouldBe(Body);
        // Disclosed wherever it was added, and only there.
        var told = betas?.StartsWith(Flag, StringComparison.Ordinal) == true ? null : "claude-login-beta";
        (response.Headers.TryGetValues("x-gatehouse-losses", out var losses) ? losses.Single() : null).ShouldBe(told);
        var row = (await gateway.RowsAsync()).ShouldHaveSingleItem();
        (row.Losses, row.CredentialSource, row.CredentialId, row.CredentialOwner).ShouldBe((told, "login", "login:claude", "platform"));
        File.ReadAllBytes(_folder.File).ShouldBe(before);
    }

    [Theory]
    [InlineData("/v1/chat/completions", """{"model":"claude-x","messages":[{"role":"user","content":"hello"}]}""")]
    [InlineData("/v1/responses", """{"model":"claude-x","input":"hello"}""")]
    [InlineData("/v1/messages/count_tokens", """{"model":"claude-x","messages":[{"role":"user","content":"hello"}]}""")]
    public async Task Calls_of_every_dialect_and_counts_go_with_it(string path, string body)
    {
        _folder.Write(LoginFolder.First, null);
        await using var gateway = await StartAsync();
        var (response, said) = await gateway.SendAsync(gateway.Post(path, body));
        response.StatusCode.ShouldBe(HttpStatusCode.OK, said);
        Received(gateway).ShouldHaveSingleItem().Header("anthropic-beta").ShouldBe(Flag);
        response.Headers.GetValues("x-gatehouse-losses").Single().ShouldContain("claude-login-beta");
    }

    [Fact]
    public async Task The_next_call_has_what_the_program_has_written_meanwhile()
    {
        _folder.Write(LoginFolder.First, DateTimeOffset.UtcNow.AddHours(8));
        await using var gateway = await StartAsync();
        (await gateway.SendAsync(gateway.Post("/v1/messages", Body))).Response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var renewed = LoginFolder.Content(LoginFolder.Second, DateTimeOffset.UtcNow.AddHours(8));
        _folder.Write(renewed);
        (await gateway.SendAsync(gateway.Post("/v1/messages", Body))).Response.StatusCode.ShouldBe(HttpStatusCode.OK);
        Received(gateway).Select(r => r.Header("authorization")).ShouldBe(["Bearer " + LoginFolder.First, "Bearer " + LoginFolder.Second]);
        File.ReadAllText(_folder.File).ShouldBe(renewed);
    }

    [Fact]
    public async Task A_key_in_the_environment_goes_before_it_and_as_a_key()
    {
        _folder.Write(LoginFolder.First, null);
        await using var gateway = await StartAsync(environment: ("ANTHROPIC_API_KEY", "sk-ant-api03-key"));
        var (response, body) = await gateway.SendAsync(gateway.Post("/v1/messages", Body));
        response.StatusCode.ShouldBe(HttpStatusCode.OK, body);
        var received = Received(gateway).ShouldHaveSingleItem();
        received.Header("x-api-key").ShouldBe("sk-ant-api03-key");
        received.Header("authorization").ShouldBeNull();
        received.Header("anthropic-beta").ShouldBeNull();
        response.Headers.Contains("x-gatehouse-losses").ShouldBeFalse();
    }

    [Theory]
    [InlineData("/v1/messages", true, "login_expired", "claude -p hello")]
    [InlineData("/v1/chat/completions", true, "login_expired", "claude -p hello")]
    [InlineData("/v1/responses", false, "login_missing", "claude auth login")]
    public async Task Without_a_good_login_the_caller_is_told_the_command_that_helps(string path, bool expired, string word, string command)
    {
        if (expired) _folder.Write(LoginFolder.First, DateTimeOffset.UtcNow.AddHours(-1));
        await using var gateway = await StartAsync();
        var input = path == "/v1/responses" ? """{"model":"claude-x","input":"hello"}""" : Body;
        var (response, body) = await gateway.SendAsync(gateway.Post(path, input));
        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        response.Headers.GetValues("x-gatehouse-error").Single().ShouldBe(word);
        using var document = JsonDocument.Parse(body);
        document.RootElement.GetProperty("error").GetProperty("message").GetString().ShouldNotBeNull().ShouldContain(command);
        Received(gateway).ShouldBeEmpty();

        using var health = JsonDocument.Parse(await gateway.Client.GetStringAsync(new Uri(gateway.Address, "/health")));
        var login = health.RootElement.GetProperty("providers")[0].GetProperty("login");
        login.GetProperty("state").GetString().ShouldBe(word["login_".Length..]);
        login.GetProperty("problem").GetString().ShouldNotBeNull().ShouldContain(command);
    }

    /// <summary>The vendor's words and status stay; what to do is put behind them, in the caller's dialect.</summary>
    [Theory]
    [InlineData("/v1/messages", 401, """{"type":"error","error":{"type":"authentication_error","message":"OAuth token \"x\" has been revoked."},"request_id":"req_1"}""", true)]
    [InlineData("/v1/messages", 403, """{"type":"error","error":{"type":"permission_error","message":"No."},"request_id":"req_1"}""", true)]
    [InlineData("/v1/messages", 400, """{"type":"error","error":{"type":"invalid_request_error","message":"Third-party apps now draw from your extra usage, not your plan limits."}}""", true)]
    [InlineData("/v1/chat/completions", 400, """{"type":"error","error":{"type":"invalid_request_error","message":"Third-party apps now draw from your extra usage, not your plan limits."}}""", true)]
    [InlineData("/v1/responses", 401, """{"type":"error","error":{"type":"authentication_error","message":"Invalid bearer token"}}""", true)]
    [InlineData("/v1/messages", 403, "<html>forbidden</html>", true)]
    [InlineData("/v1/messages", 400, """{"type":"error","error":{"type":"invalid_request_error","message":"max_tokens: too large"}}""", false)]
    [InlineData("/v1/messages", 529, """{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""", false)]
    public async Task The_vendors_refusal_is_passed_on_with_what_to_do(string path, int status, string refusal, bool advised)
    {
        _folder.Write(LoginFolder.First, null);
        await using var upstream = ScriptedUpstream.Answering(status, "content-type: application/json\r\nrequest-id: req_1", refusal);
        await using var gateway = await StartAsync(upstream.Address);
        var (response, body) = await gateway.SendAsync(gateway.Post(path, path == "/v1/responses" ? """{"model":"claude-x","input":"hello"}""" : Body));
        ((int)response.StatusCode).ShouldBe(status, body);
        response.Headers.Contains("x-gatehouse-error").ShouldBeFalse();
        body.Contains("gatehouse credential add anthropic", StringComparison.Ordinal).ShouldBe(advised);
        if (!advised)
        {
            body.ShouldBe(refusal);
            return;
        }

        using var document = JsonDocument.Parse(body);
        var message = document.RootElement.GetProperty("error").GetProperty("message").GetString().ShouldNotBeNull();
        message.ShouldContain("providers.*.program");
        message.ShouldContain("claude auth login");
        if (!refusal.StartsWith('{')) return;
        using var said = JsonDocument.Parse(refusal);
        message.ShouldStartWith(said.RootElement.GetProperty("error").GetProperty("message").GetString()!);
        // Beside the message, not a byte of the same dialect's is another.
        if (path == "/v1/messages") body.Length.ShouldBe(refusal.Length + JsonEncodedText.Encode(message, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value.Length
            - JsonEncodedText.Encode(said.RootElement.GetProperty("error").GetProperty("message").GetString()!, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value.Length);
    }

    [Fact]
    public async Task A_key_that_is_refused_gets_no_such_advice()
    {
        const string refusal = """{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}""";
        await using var upstream = ScriptedUpstream.Answering(401, "content-type: application/json", refusal);
        await using var gateway = await StartAsync(upstream.Address, environment: ("ANTHROPIC_API_KEY", "sk-ant-api03-key"));
        (await gateway.SendAsync(gateway.Post("/v1/messages", Body))).Body.ShouldBe(refusal);
    }

    [Fact]
    public async Task A_second_user_ends_it_at_once_and_keeps_the_next_start_from_happening()
    {
        _folder.Write(LoginFolder.First, null);
        await using var gateway = await StartAsync();
        await AddUserAsync(gateway, "mine");
        (await gateway.SendAsync(gateway.Post("/v1/messages", Body))).Response.StatusCode.ShouldBe(HttpStatusCode.OK);
        await AddUserAsync(gateway, "other");
        await GatewayHarness.EventuallyAsync(() => Task.FromResult(gateway.Server.Tenants.Current.IsShared), "the second user is known");
        await GatewayHarness.EventuallyAsync(
            async () => (await gateway.SendAsync(gateway.Post("/v1/messages", Body))).Response is var answer && answer.StatusCode == HttpStatusCode.Forbidden
                && answer.Headers.GetValues("x-gatehouse-error").Single() == "login_shared",
            "the login serves nobody");

        var failure = await Should.ThrowAsync<GatewayStartException>(gateway.RestartAsync());
        failure.Message.ShouldContain("providers.anthropic.auth");
        failure.Message.ShouldContain("more than one user");
    }

    [Fact]
    public async Task Neither_token_comes_to_light_anywhere()
    {
        _folder.Write(LoginFolder.First, DateTimeOffset.UtcNow.AddHours(8));
        var log = new CapturedLog();
        await using var upstream = ScriptedUpstream.Answering(401, "content-type: application/json\r\nx-echo: " + LoginFolder.First,
            $$$"""{"type":"error","error":{"type":"authentication_error","message":"{{{LoginFolder.First}}} is not good"}}""");
        await using var gateway = await StartAsync(upstream.Address, log);
        var (response, body) = await gateway.SendAsync(gateway.Post("/v1/messages", Body));
        (response.Headers + body).ShouldNotContain(LoginFolder.First);
        body.ShouldContain("claude auth login");
        var traces = await new CanaryRun(gateway, log).GatherAsync();
        traces.Find(LoginFolder.First).ShouldBeEmpty();
        traces.Find(LoginFolder.Refresh).ShouldBeEmpty();
        log.Entries.ShouldContain(entry => entry.Contains("called with the login of the claude program, which is good until", StringComparison.Ordinal));
    }

    private Task<GatewayHarness> StartAsync(string? upstream = null, CapturedLog? log = null, params IReadOnlyList<(string Name, string Value)> environment) =>
        GatewayHarness.StartAsync(upstream, logging: log, models: Models, providers: Providers, environment: [("HOME", _folder.Home), .. environment]);

    private static Task<bool> AddUserAsync(GatewayHarness gateway, string name) =>
        new TenantStore(gateway.Store).AddUserAsync(new User(name, name, UserRole.Admin, null, DateTimeOffset.UnixEpoch, null));

    // The gateway asks the vendor for its models too.
    private static List<ReceivedRequest> Received(GatewayHarness gateway) =>
        [.. gateway.Simulator!.Received.All.Where(r => r.Method == "POST")];
}
