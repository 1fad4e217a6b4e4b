using System.Text.Json;
using System.Text.Json.Nodes;
using Gatehouse.Catalog;
using Gatehouse.Control.Runtime;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Tenancy;

namespace Gatehouse.Control.Tests.Runtime;

public sealed class RuntimeAssemblerTests : IAsyncLifetime
{
    private const string AnthropicKey = "sk-ant-api03-a-key-of-the-users-own-0001";
    private const string OpenAiKey = "sk-a-key-of-the-users-own-0002";
    private const string OAuth = "sk-ant-oat01-a-token-of-the-users-own-0003";
    private const string Login = """{"tokens":{"access_token":"a.b.c","refresh_token":"r","id_token":"i"},"last_refresh":"2026-11-21T08:00:00Z"}""";
    private const string Host = "https://models.example.com/v1";

    private RuntimeFixture _fixture = null!;

    public async ValueTask InitializeAsync() => _fixture = await RuntimeFixture.CreateAsync();

    public async ValueTask DisposeAsync() => await _fixture.DisposeAsync();

    // harness, kind, secret, host, provider, tag, segment of the path
    public static TheoryData<string, CredentialKind, string, string?, string?, string, string> Own => new()
    {
        { "claude-code", CredentialKind.ApiKey, AnthropicKey, null, null, "anthropic-passthrough", "anthropic" },
        { "claude-code", CredentialKind.AnthropicCompatible, "k-anthropic-compatible", "https://models.example.com", null, "anthropic-passthrough", "anthropic" },
        { "claude-code", CredentialKind.OpenAiCompatible, "k-openai-compatible", Host, null, "anthropic-passthrough", "anthropic" },
        { "openai-codex", CredentialKind.ApiKey, OpenAiKey, null, null, "openai-passthrough", "openai/v1" },
        { "openai-codex", CredentialKind.OpenAiCompatible, "k-openai-compatible", Host, null, "openai-passthrough", "openai/v1" },
        { "openai-codex", CredentialKind.ApiKey, "gsk_a-key-of-groq-0004", null, "groq", "openai-passthrough", "openai/v1" },
        { "opencode", CredentialKind.ApiKey, "gsk_a-key-of-groq-0004", null, "groq", "openai-passthrough", "openai/v1" },
        { "opencode", CredentialKind.ApiKey, "sk-or-a-key-of-openrouter-0005", null, "openrouter", "openai-passthrough", "openai/v1" },
        { "openai-codex", CredentialKind.ApiKey, "sk-or-a-key-of-openrouter-0005", null, "openrouter", "openai-passthrough", "openai/v1" },
        { "openai-codex", CredentialKind.ApiKey, "a-key-of-cohere-0006", null, "cohere", "openai-passthrough", "openai/v1" },
        { "opencode", CredentialKind.ApiKey, "a-key-of-cohere-0006", null, "cohere", "openai-passthrough", "openai/v1" },
        { "opencode", CredentialKind.OpenAiCompatible, "k-openai-compatible", Host, null, "openai-passthrough", "openai/v1" },
        { "qwen-code", CredentialKind.OpenAiCompatible, "k-openai-compatible", Host, null, "openai-passthrough", "openai/v1" },
    };

    [Theory]
    [MemberData(nameof(Own))]
    public async Task A_proxied_harness_gets_the_sentinel_and_neither_the_key_nor_the_providers_address(
        string harness, CredentialKind kind, string secret, string? host, string? provider, string tag, string segment)
    {
        await _fixture.ConnectAsync(harness, kind, secret, host, provider);
        var text = await _fixture.JsonAsync(harness);
        var json = JsonNode.Parse(text)!;
        ((string?)json["apiKey"]).ShouldBe("__sam_proxy__");
        ((string?)json["credentialKind"]).ShouldBe("api-key");
        ((string?)json["credentialSource"]).ShouldBe("user");
        ((string?)json["inferenceConfig"]!["provider"]).ShouldBe(tag);
        ((string?)json["inferenceConfig"]!["baseURL"]).ShouldBe($"{RuntimeFixture.Origin}/ai/proxy/{{wstoken}}/{segment}");
        ((string?)json["inferenceConfig"]!["apiKeySource"]).ShouldBe("callback-token");
        text.ShouldNotContain(secret);
        text.ShouldNotContain("models.example.com");
        text.ShouldNotContain("groq.com");
        text.ShouldNotContain("openrouter.ai");
        text.ShouldNotContain("cohere.ai");
        text.ShouldNotContain("upstreamBaseURL");
        foreach (var (_, value) in json["runtime"]!["environment"]!.AsObject())
            if (((string)value!).Contains("http", StringComparison.Ordinal)) ((string)value!).ShouldContain(RuntimeFixture.Origin);
    }

    [Theory]
    [InlineData("claude-code", "anthropic-proxy", "/ai/anthropic", "claude-sonnet-4-5")]
    [InlineData("openai-codex", "openai-proxy", "/ai/v1", "gpt-5.5")]
    [InlineData("opencode", "openai-proxy", "/ai/v1", "gpt-5.5")]
    public async Task The_platform_serves_where_it_is_switched_on_and_not_where_it_is_not(string harness, string tag, string path, string model)
    {
        (await _fixture.AssembleAsync(harness)).Refusal.ShouldBe(EditRefusal.NotFound);
        await _fixture.Editors.Users.UpdateAsync(Actor.OfThisMachine, _fixture.User, new UserChange { ProviderMode = new(ProviderMode.Platform) });
        var json = JsonNode.Parse(await _fixture.JsonAsync(harness))!;
        ((string?)json["apiKey"]).ShouldBe("__platform_proxy__");
        ((string?)json["credentialSource"]).ShouldBe("platform");
        ((string?)json["inferenceConfig"]!["provider"]).ShouldBe(tag);
        ((string?)json["inferenceConfig"]!["baseURL"]).ShouldBe(RuntimeFixture.Origin + path);
        ((string?)json["inferenceConfig"]!["model"]).ShouldBe(model);
        await _fixture.Editors.Settings.SetProxyEnabledAsync(Actor.OfThisMachine, false);
        (await _fixture.AssembleAsync(harness)).Refusal.ShouldBe(EditRefusal.NotFound);
    }

    [Fact]
    public async Task Without_a_credential_the_platform_serves_when_it_is_the_fallback_and_an_own_one_wins()
    {
        await _fixture.Editors.Settings.SetDefaultModeAsync(Actor.OfThisMachine, ProviderModeDefault.Fallback);
        (await _fixture.AssembleAsync("claude-code")).Value!.CredentialSource.ShouldBe("platform");
        (await _fixture.AssembleAsync("google-gemini")).Refusal.ShouldBe(EditRefusal.NotFound);
        await _fixture.ConnectAsync("claude-code", CredentialKind.ApiKey, AnthropicKey);
        (await _fixture.AssembleAsync("claude-code")).Value!.CredentialSource.ShouldBe("user");
        (await _fixture.AssembleAsync("openai-codex")).Value!.CredentialSource.ShouldBe("platform");
    }

    [Fact]
    public async Task With_the_gateway_switched_off_no_key_is_given_out_instead()
    {
        await _fixture.ConnectAsync("claude-code", CredentialKind.ApiKey, AnthropicKey);
        _fixture.Environment["AI_PROXY_ENABLED"] = "false";
        var refused = await _fixture.AssembleAsync("claude-code");
        refused.Refusal.ShouldBe(EditRefusal.NotFound);
        refused.Error!.ShouldNotContain(AnthropicKey);
        await _fixture.ConnectAsync("openai-codex", CredentialKind.AuthJson, Login);
        (await _fixture.AssembleAsync("openai-codex")).Value.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_subscriptions_token_goes_to_its_program_alone_and_calls_go_past_the_gateway()
    {
        await _fixture.ConnectAsync("claude-code", CredentialKind.OAuthToken, OAuth);
        var json = JsonNode.Parse(await _fixture.JsonAsync("claude-code"))!;
        ((string?)json["apiKey"]).ShouldBe(OAuth);
        ((string?)json["credentialKind"]).ShouldBe("oauth-token");
        json["inferenceConfig"].ShouldBeNull();
        var environment = json["runtime"]!["environment"]!.AsObject();
        ((string?)environment["CLAUDE_CODE_OAUTH_TOKEN"]).ShouldBe(OAuth);
        environment.ContainsKey("ANTHROPIC_API_KEY").ShouldBeFalse();
        environment.ContainsKey("ANTHROPIC_AUTH_TOKEN").ShouldBeFalse();
        environment.ContainsKey("ANTHROPIC_BASE_URL").ShouldBeFalse();
    }

    [Fact]
    public async Task A_Codex_login_is_a_file_as_it_came_and_no_variable()
    {
        await _fixture.ConnectAsync("openai-codex", CredentialKind.AuthJson, Login);
        var json = JsonNode.Parse(await _fixture.JsonAsync("openai-codex"))!;
        ((string?)json["apiKey"]).ShouldBe(Login);
        ((string?)json["credentialKind"]).ShouldBe("oauth-token");
        json["inferenceConfig"].ShouldBeNull();
        var file = json["runtime"]!["files"]!.AsArray().ShouldHaveSingleItem()!;
        ((string?)file["path"]).ShouldBe(".codex/auth.json");
        ((string?)file["homeVariable"]).ShouldBe("CODEX_HOME");
        ((string?)file["content"]).ShouldBe(Login);
        ((string?)file["mode"]).ShouldBe("0600");
        ((bool?)file["login"]).ShouldBe(true);
        json["runtime"]!["environment"]!.AsObject().Select(variable => variable.Key).ShouldBe(["CODEX_REFRESH_TOKEN_URL_OVERRIDE", "NO_BROWSER"]);
        ((string?)json["runtime"]!["environment"]!["CODEX_REFRESH_TOKEN_URL_OVERRIDE"]).ShouldBe($"{RuntimeFixture.Origin}/api/auth/codex-refresh?token={{wstoken}}");
        json["runtime"]!["secretNames"]!.AsArray().Select(name => (string?)name).ShouldContain("CODEX_REFRESH_TOKEN_URL_OVERRIDE");
        _fixture.Refreshes = false;
        JsonNode.Parse(await _fixture.JsonAsync("openai-codex"))!["runtime"]!["environment"]!.AsObject().Select(variable => variable.Key).ShouldBe(["NO_BROWSER"]);
    }

    [Theory]
    [InlineData("claude-code", CredentialKind.ApiKey, AnthropicKey)]
    [InlineData("claude-code", CredentialKind.OAuthToken, OAuth)]
    [InlineData("openai-codex", CredentialKind.ApiKey, OpenAiKey)]
    [InlineData("openai-codex", CredentialKind.AuthJson, Login)]
    public async Task What_is_answered_over_HTTP_is_read_as_it_was(string harness, CredentialKind kind, string secret)
    {
        await _fixture.ConnectAsync(harness, kind, secret, settings: HarnessSettings.None with { Model = "chosen" });
        var text = await _fixture.JsonAsync(harness);
        RuntimeFixture.Json(AgentKeyJson.Read(JsonElement.Parse(text)).ShouldNotBeNull()).ShouldBe(text);
        foreach (var other in (string[])["{}", "[]", "7", """{"apiKey":"x","runtime":{}}""", text.Replace("\"files\":[", "\"files\":[7,", StringComparison.Ordinal)])
            AgentKeyJson.Read(JsonElement.Parse(other.Replace("[7,]", "[7]", StringComparison.Ordinal))).ShouldBeNull(other);
    }

    [Fact]
    public async Task A_program_that_the_gateway_cannot_serve_is_not_found_even_with_its_vendors_key()
    {
        foreach (var harness in new[] { "google-gemini", "mistral-vibe", "amp" }) (await _fixture.AssembleAsync(harness)).Refusal.ShouldBe(EditRefusal.NotFound, harness);
        await _fixture.ConnectAsync("mistral-vibe", CredentialKind.ApiKey, "mistral-key-0006");
        var refused = await _fixture.AssembleAsync("mistral-vibe");
        refused.Refusal.ShouldBe(EditRefusal.NotFound);
        refused.Error!.ShouldContain("Mistral's own service");
        (await _fixture.AssembleAsync("opencode")).Refusal.ShouldBe(EditRefusal.NotFound);
        (await _fixture.AssembleAsync("no-such-thing")).Refusal.ShouldBe(EditRefusal.NotFound);
    }

    [Fact]
    public async Task A_projects_attachment_goes_before_the_users_and_stops_when_it_is_switched_off()
    {
        await _fixture.ConnectAsync("claude-code", CredentialKind.OAuthToken, OAuth);
        await _fixture.ConnectAsync("claude-code", CredentialKind.ApiKey, AnthropicKey, project: _fixture.Project);
        (await _fixture.AssembleAsync("claude-code")).Value!.CredentialSource.ShouldBe("project");
        var attachment = (await _fixture.Editors.Attachments.ListAsync(_fixture.Owner)).Single(one => one.ProjectId is not null);
        (await _fixture.Editors.Attachments.SetActiveAsync(_fixture.Owner, attachment.Id, false)).Error.ShouldBeNull();
        var halted = await _fixture.AssembleAsync("claude-code");
        halted.Refusal.ShouldBe(EditRefusal.NotFound);
        halted.Error!.ShouldContain("attachment-inactive");
    }

    [Fact]
    public async Task The_model_is_the_configurations_else_the_administrators_else_the_files_else_the_environments_else_the_built_in_one()
    {
        await _fixture.Editors.Users.UpdateAsync(Actor.OfThisMachine, _fixture.User, new UserChange { ProviderMode = new(ProviderMode.Platform) });
        async Task<(string? Config, string? Variable)> ModelAsync()
        {
            var json = JsonNode.Parse(await _fixture.JsonAsync("claude-code"))!;
            return ((string?)json["inferenceConfig"]!["model"], (string?)json["runtime"]!["environment"]!["ANTHROPIC_MODEL"]);
        }

        (await ModelAsync()).ShouldBe(("claude-sonnet-4-5", "claude-sonnet-4-5"));
        _fixture.Environment["AI_PROXY_DEFAULT_ANTHROPIC_MODEL"] = "claude-of-the-environment";
        (await ModelAsync()).ShouldBe(("claude-of-the-environment", "claude-of-the-environment"));
        _fixture.Environment["AI_PROXY_DEFAULT_ANTHROPIC_MODEL"] = "";
        (await ModelAsync()).ShouldBe(("", null));
        _fixture.Configured["claude-code"] = "claude-of-the-file";
        (await ModelAsync()).ShouldBe(("claude-of-the-file", "claude-of-the-file"));
        await _fixture.Editors.Settings.SetDefaultModelAsync(Actor.OfThisMachine, "claude-code", "claude-of-the-admin");
        (await ModelAsync()).ShouldBe(("claude-of-the-admin", "claude-of-the-admin"));
        await _fixture.ConnectAsync("claude-code", CredentialKind.ApiKey, AnthropicKey, settings: new HarnessSettings { Model = "claude-of-mine", Effort = "high" });
        (await ModelAsync()).ShouldBe(("claude-of-mine", "claude-of-mine"));
        ((string?)JsonNode.Parse(await _fixture.JsonAsync("claude-code"))!["runtime"]!["environment"]!["CLAUDE_CODE_EFFORT_LEVEL"]).ShouldBe("high");
    }

    [Fact]
    public async Task Another_hosts_model_is_never_guessed()
    {
        await _fixture.ConnectAsync("openai-codex", CredentialKind.OpenAiCompatible, "k-compatible", Host);
        var made = (await _fixture.AssembleAsync("openai-codex")).Value!;
        made.Inference!.Model.ShouldBe("");
        made.Environment.ContainsKey("OPENAI_MODEL").ShouldBeFalse();
        made.Files.ShouldHaveSingleItem().Content.Reveal().ShouldStartWith("model_provider = \"gatehouse\"\n");
    }

    [Fact]
    public async Task Codex_gets_its_provider_and_OpenCode_its_whole_configuration()
    {
        await _fixture.Editors.Users.UpdateAsync(Actor.OfThisMachine, _fixture.User, new UserChange { ProviderMode = new(ProviderMode.Platform) });
        var codex = (await _fixture.AssembleAsync("codex")).Value!;
        codex.Files.ShouldHaveSingleItem().Content.Reveal().ShouldBe("""
            model = "gpt-5.5"
            model_provider = "gatehouse"

            [model_providers.gatehouse]
            name = "Gatehouse"
            base_url = "https://gate.example/ai/v1"
            wire_api = "responses"
            supports_websockets = false
            env_key = "OPENAI_API_KEY"

            """);
        codex.Environment["OPENAI_API_KEY"].ShouldBe("{wstoken}");
        var opencode = (await _fixture.AssembleAsync("opencode")).Value!;
        var config = JsonNode.Parse(opencode.Environment["OPENCODE_CONFIG_CONTENT"])!;
        ((string?)config["model"]).ShouldBe("gatehouse/gpt-5.5");
        ((string?)config["provider"]!["gatehouse"]!["options"]!["baseURL"]).ShouldBe("https://gate.example/ai/v1");
        ((string?)config["provider"]!["gatehouse"]!["options"]!["apiKey"]).ShouldBe("{env:OPENCODE_API_KEY}");
        opencode.SecretNames.ShouldContain("OPENCODE_CONFIG_CONTENT");
    }

    [Fact]
    public async Task Every_harness_of_the_catalog_is_served_with_the_sentinel_or_not_found_with_a_reason()
    {
        await _fixture.Editors.Users.UpdateAsync(Actor.OfThisMachine, _fixture.User, new UserChange { ProviderMode = new(ProviderMode.Platform) });
        foreach (var harness in HarnessCatalog.Embedded.All)
        {
            var made = await _fixture.AssembleAsync(harness.Name);
            if (harness.Proxied) made.Value!.ApiKey.Reveal().ShouldBe("__platform_proxy__", harness.Name);
            else made.Error!.ShouldContain(harness.NativeReason!);
        }
    }

    [Fact]
    public async Task Only_the_workspaces_own_runner_and_this_machine_are_answered()
    {
        await _fixture.ConnectAsync("claude-code", CredentialKind.OAuthToken, OAuth);
        (await _fixture.AssembleAsync("claude-code", Actor.OfThisMachine)).Value.ShouldNotBeNull();
        (await _fixture.AssembleAsync("claude-code", _fixture.Owner)).Refusal.ShouldBe(EditRefusal.Forbidden);
        (await _fixture.AssembleAsync("claude-code", _fixture.Runner with { WorkspaceId = "other" })).Refusal.ShouldBe(EditRefusal.NotFound);
        (await _fixture.AssembleAsync("claude-code", new Actor("somebody", UserRole.Member))).Refusal.ShouldBe(EditRefusal.NotFound);
        (await _fixture.AssembleAsync("claude-code", workspace: "none")).Refusal.ShouldBe(EditRefusal.NotFound);
        await _fixture.Editors.Workspaces.StopAsync(_fixture.Owner, _fixture.Workspace);
        (await _fixture.AssembleAsync("claude-code")).Refusal.ShouldBe(EditRefusal.Conflict);
    }
}
