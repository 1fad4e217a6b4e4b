using System.Text.Json;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Secrets;

namespace Gatehouse.Control.Tests.Api;

/// <summary>What a workspace's runner gets over HTTP: what to start a harness with, longer life for its token, and its login taken back.</summary>
public sealed class RunnerCallTests(ApiStage stage) : IClassFixture<ApiStage>
{
    private const string Login = """{"tokens":{"access_token":"login-canary-access","refresh_token":"login-canary-refresh","id_token":"i"},"last_refresh":"2026-01-01T00:00:00Z"}""";

    [Theory]
    [InlineData("/api/v1/workspaces/{workspace}/agent-key", "harness")]
    [InlineData("/api/workspaces/{workspace}/agent-key", "agentType")]
    public async Task An_agent_key_holds_a_word_in_the_keys_place_and_the_origin_that_was_asked(string path, string member)
    {
        var one = await stage.BelongingsAsync();
        var answered = await stage.CallAsync("POST", one.Fill(path, Uri.EscapeDataString), one.Runner, $$"""{"{{member}}":"claude-code"}""");
        answered.Status.ShouldBe(200, answered.Body);
        answered.Body.ShouldNotContain(Belongings.Canary);
        answered.Json.GetProperty("apiKey").GetString().ShouldBe("__sam_proxy__");
        answered.Json.GetProperty("credentialKind").GetString().ShouldBe("api-key");
        answered.Json.GetProperty("credentialSource").GetString().ShouldBe("user");
        var inference = answered.Json.GetProperty("inferenceConfig");
        inference.GetProperty("provider").GetString().ShouldBe("anthropic-passthrough");
        inference.GetProperty("baseURL").GetString()!.ShouldStartWith(stage.Address.GetLeftPart(UriPartial.Authority) + "/ai/proxy/{wstoken}/");
        inference.GetProperty("apiKeySource").GetString().ShouldBe("callback-token");
        answered.Json.GetProperty("runtime").GetProperty("environment").EnumerateObject().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Behind_a_proxy_that_ends_tls_the_address_in_an_agent_key_is_the_one_that_was_asked()
    {
        var one = await stage.BelongingsAsync();
        var answered = await stage.CallAsync(
            "POST", one.Fill("/api/v1/workspaces/{workspace}/agent-key", Uri.EscapeDataString), one.Runner, """{"harness":"claude-code"}""",
            headers: [("Host", "gate.internal"), ("X-Forwarded-Proto", "https")]);
        answered.Status.ShouldBe(200, answered.Body);
        answered.Json.GetProperty("inferenceConfig").GetProperty("baseURL").GetString()!.ShouldStartWith("https://gate.internal/ai/proxy/");
    }

    [Theory]
    [InlineData("amp")]
    [InlineData("google-gemini")]
    [InlineData("openai-codex")]
    [InlineData("no-such-harness")]
    public async Task A_harness_that_cant_be_served_is_not_found_and_gets_no_key_instead(string harness)
    {
        var one = await stage.BelongingsAsync();
        var answered = await CallAsync(one, "agent-key", $$"""{"harness":"{{harness}}"}""");
        (answered.Status, answered.Code).ShouldBe((404, "not-found"), answered.Body);
        answered.Body.ShouldNotContain(Belongings.Canary);
    }

    [Fact]
    public async Task A_projects_attachment_that_is_switched_off_stops_the_harness()
    {
        var one = await stage.BelongingsAsync();
        var attachment = (await stage.Editors.Attachments.AttachAsync(Actor.OfThisMachine, one.Configuration.Id, one.Project.Id)).Value!;
        (await CallAsync(one, "agent-key", """{"harness":"claude-code"}""")).Json.GetProperty("credentialSource").GetString().ShouldBe("project");
        await stage.Editors.Attachments.SetActiveAsync(Actor.OfThisMachine, attachment.Id, active: false);
        var answered = await CallAsync(one, "agent-key", """{"harness":"claude-code"}""");
        (answered.Status, answered.Code).ShouldBe((404, "not-found"));
        answered.Json.GetProperty("detail").GetString()!.ShouldContain("attachment-inactive");
    }

    [Fact]
    public async Task A_runner_renews_its_workspace_token_whose_text_goes_on_and_its_own()
    {
        var one = await stage.BelongingsAsync();
        var before = one.WorkspaceToken.Token.ExpiresAt!.Value;
        var renewed = await stage.CallAsync("POST", $"/api/v1/tokens/{one.WorkspaceToken.Token.Id}/renew", one.Runner, """{"lifetimeSeconds":36000}""");
        renewed.Status.ShouldBe(200, renewed.Body);
        var stored = (await stage.Tokens.ListAsync()).Single(token => token.Id == one.WorkspaceToken.Token.Id);
        stored.ExpiresAt!.Value.ShouldBeGreaterThan(before.AddHours(7));
        renewed.Json.GetProperty("expiresAt").GetDateTimeOffset().ShouldBe(stored.ExpiresAt.Value);
        (await stage.CallAsync("POST", $"/api/v1/tokens/{one.WorkspaceToken.Token.Id}/renew", one.Runner, """{"lifetimeSeconds":864000}""")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task A_stopped_workspace_takes_its_runner_with_it()
    {
        var one = await stage.BelongingsAsync();
        (await stage.CallAsync("POST", one.Fill("/api/v1/workspaces/{workspace}/stop", Uri.EscapeDataString), one.Session)).Status.ShouldBe(200);
        // Until the server has noticed that the token is revoked, the workspace itself says that it is stopped.
        using var ceiling = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        Answered answered;
        do answered = await CallAsync(one, "agent-key", """{"harness":"claude-code"}""");
        while (answered.Status == 409 && !ceiling.IsCancellationRequested);
        (answered.Status, answered.Code).ShouldBe((401, "token-revoked"));
    }

    [Fact]
    public async Task A_renewed_login_is_taken_back_and_answered_to_nobody_but_the_runner()
    {
        var one = await stage.BelongingsAsync();
        var given = new NewCredential { Name = "login", Kind = CredentialKind.AuthJson, Secret = Secret.From(Login) };
        (await stage.Editors.Attachments.ConnectAsync(Actor.OfThisMachine, "openai-codex", given, ownerId: one.User.Id)).Error.ShouldBeNull();
        var key = await CallAsync(one, "agent-key", """{"harness":"openai-codex"}""");
        key.Status.ShouldBe(200, key.Body);
        key.Json.GetProperty("runtime").GetProperty("files").EnumerateArray().ShouldContain(file => file.GetProperty("login").GetBoolean());

        var newer = Login.Replace("2026-01-01", "2026-02-01", StringComparison.Ordinal);
        var synced = await CallAsync(one, "login", $$"""{"harness":"openai-codex","content":{{JsonSerializer.Serialize(newer)}}}""");
        synced.Json.GetProperty("updated").GetBoolean().ShouldBeTrue(synced.Body);
        synced.Body.ShouldNotContain("login-canary");
        var line = (await stage.Editors.Audit.FindAsync(Actor.OfThisMachine, new AuditQuery(Action: "credential.replace"))).First(found => found.OwnerId == one.User.Id);
        (line.Actor, line.Address, line.TokenId is null).ShouldBe((one.User.Id, "127.0.0.1", false));
        var older = await CallAsync(one, "login", $$"""{"harness":"openai-codex","content":{{JsonSerializer.Serialize(Login)}}}""");
        older.Json.GetProperty("updated").GetBoolean().ShouldBeFalse();
        var sentinel = await CallAsync(one, "login", """{"harness":"openai-codex","content":"__sam_proxy__"}""");
        sentinel.Status.ShouldBe(400);
    }

    [Fact]
    public async Task A_runner_of_SAMs_kind_syncs_a_login_at_its_own_address_and_in_its_own_form()
    {
        var one = await stage.BelongingsAsync();
        Task<Answered> SyncAsync(string login, string kind = "oauth-token") => stage.CallAsync(
            "POST", one.Fill("/api/workspaces/{workspace}/agent-credential-sync", Uri.EscapeDataString), one.Runner,
            $$"""{"agentType":"openai-codex","credentialKind":"{{kind}}","credential":{{JsonSerializer.Serialize(login)}}}""");
        (await SyncAsync(Login)).Body.ShouldBe("""{"success":false,"reason":"credential_not_found"}""");
        var given = new NewCredential { Name = "login", Kind = CredentialKind.AuthJson, Secret = Secret.From(Login) };
        (await stage.Editors.Attachments.ConnectAsync(Actor.OfThisMachine, "openai-codex", given, ownerId: one.User.Id)).Error.ShouldBeNull();
        (await SyncAsync(Login)).Body.ShouldBe("""{"success":true,"updated":false}""");
        (await SyncAsync(Login.Replace("2026-01-01", "2026-02-01", StringComparison.Ordinal))).Body.ShouldBe("""{"success":true,"updated":true}""");
        (await SyncAsync("__sam_proxy__")).Status.ShouldBe(400);
        (await SyncAsync(Login, "api-key")).Status.ShouldBe(400);
        (await SyncAsync(Login[..^1] + new string(' ', 65 * 1024) + "}")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task The_model_that_the_configuration_names_is_told_over_HTTP_too()
    {
        var one = await stage.BelongingsAsync();
        await stage.Editors.Users.UpdateAsync(Actor.OfThisMachine, one.User.Id, new UserChange { ProviderMode = new(ProviderMode.Platform) });
        var answered = await CallAsync(one, "agent-key", """{"harness":"aider"}""");
        answered.Json.GetProperty("inferenceConfig").GetProperty("model").GetString().ShouldBe("configured-model", answered.Body);
        answered.Json.GetProperty("inferenceConfig").GetProperty("baseURL").GetString().ShouldBe(stage.Address.GetLeftPart(UriPartial.Authority) + "/ai/v1");
        (answered.Json.GetProperty("apiKey").GetString(), answered.Json.GetProperty("credentialSource").GetString()).ShouldBe(("__platform_proxy__", "platform"));
    }

    private Task<Answered> CallAsync(Belongings one, string what, string body) =>
        stage.CallAsync("POST", one.Fill($"/api/v1/workspaces/{{workspace}}/{what}", Uri.EscapeDataString), one.Runner, body);
}
