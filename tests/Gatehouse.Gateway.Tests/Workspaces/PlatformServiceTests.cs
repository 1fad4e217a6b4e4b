using System.Text;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Workspaces;

/// <summary>When the platform's keys serve a workspace, and with which models.</summary>
public sealed class PlatformServiceTests
{
    /// <summary>The modes of user and project, the platform's default, and whether the platform serves.</summary>
    public static TheoryData<ProviderMode?, ProviderMode?, string, bool> Modes => new()
    {
        { null, null, "opt-in", false },
        { null, null, "fallback", true },
        { ProviderMode.Platform, null, "opt-in", true },
        { ProviderMode.Own, null, "fallback", false },
        { null, ProviderMode.Platform, "opt-in", true },
        { null, ProviderMode.Own, "fallback", false },
        { ProviderMode.Own, ProviderMode.Platform, "opt-in", true },
        { ProviderMode.Platform, ProviderMode.Own, "fallback", false },
    };

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task The_platform_serves_by_the_projects_mode_then_the_users_then_its_own(ProviderMode? user, ProviderMode? project, string mode, bool serves)
    {
        await using var stage = await TenantStage.StartAsync();
        await stage.SetAsync("providerMode.default", $"\"{mode}\"");
        await stage.ModesAsync(user, project);
        foreach (var (harness, path) in (IEnumerable<(string, string)>)[("claude-code", Calls.Messages), ("openai-codex", Calls.Responses), ("opencode", Calls.Chat)])
        {
            var (response, body) = await Calls.ByPathAsync(stage.Gateway, await stage.TokenAsync(harness), path);
            ((int)response.StatusCode).ShouldBe(serves ? 200 : 403, body);
            if (!serves) Calls.OwnWord(response).ShouldBe("credential_missing");
        }

        foreach (var row in await stage.Gateway.RowsAsync())
        {
            row.End.ShouldBe(serves ? ExchangeEnd.Ok : ExchangeEnd.Refused);
            if (serves) (row.Provider, row.CredentialId, row.CredentialSource, row.CredentialOwner).ShouldBe(("up", "env:UP_KEY", "env", "platform"));
        }
    }

    [Fact]
    public async Task Zero_key_onboarding_ends_with_the_first_credential_of_ones_own()
    {
        await using var own = TenantStage.Answering(200, Calls.Message(13, 8));
        await using var stage = await TenantStage.StartAsync();
        await stage.SetAsync("providerMode.default", "\"fallback\"");
        var token = await stage.TokenAsync();
        (await Calls.ByPathAsync(stage.Gateway, token, Calls.Messages)).Response.IsSuccessStatusCode.ShouldBeTrue();
        await stage.ConnectAsync(CredentialKind.AnthropicCompatible, own.Address);
        (await Calls.ByPathAsync(stage.Gateway, token, Calls.Messages)).Response.IsSuccessStatusCode.ShouldBeTrue();

        own.Calls.ShouldHaveSingleItem()["x-api-key"].ShouldBe(TenantStage.Secret);
        var rows = await stage.Gateway.RowsAsync();
        rows.Select(r => r.CredentialOwner).ShouldBe(["platform", "user"]);
        stage.Gateway.Simulator!.Received.All.Count(r => r.Method == "POST").ShouldBe(1);
    }

    [Fact]
    public async Task A_credential_for_one_harness_leaves_the_others_with_the_platform()
    {
        await using var own = TenantStage.Answering(200, Calls.Message(1, 1));
        await using var stage = await TenantStage.StartAsync();
        await stage.SetAsync("providerMode.default", "\"fallback\"");
        await stage.ConnectAsync(CredentialKind.AnthropicCompatible, own.Address);
        await Calls.ByPathAsync(stage.Gateway, await stage.TokenAsync("openai-codex"), Calls.Responses);
        own.Calls.ShouldBeEmpty();
        (await stage.Gateway.RowsAsync()).ShouldHaveSingleItem().CredentialOwner.ShouldBe("platform");
    }

    [Fact]
    public async Task A_broken_connection_of_the_user_falls_to_the_platform_only_where_that_may_serve()
    {
        await using var stage = await TenantStage.StartAsync();
        var credential = await stage.ConnectAsync(CredentialKind.AnthropicCompatible, "https://example.com");
        await stage.RemoveAsync(credential);
        var token = await stage.TokenAsync();
        var (refused, body) = await Calls.ByPathAsync(stage.Gateway, token, Calls.Messages);
        ((int)refused.StatusCode).ShouldBe(403);
        body.ShouldContain("credential-missing");
        await stage.ModesAsync(ProviderMode.Platform, null);
        (await Calls.ByPathAsync(stage.Gateway, token, Calls.Messages)).Response.IsSuccessStatusCode.ShouldBeTrue();
    }

    [Fact]
    public async Task A_configuration_that_leaves_it_to_the_platform_needs_its_leave_too()
    {
        await using var stage = await TenantStage.StartAsync();
        await stage.ConnectPlatformAsync();
        var token = await stage.TokenAsync();
        ((int)(await Calls.ByPathAsync(stage.Gateway, token, Calls.Messages)).Response.StatusCode).ShouldBe(403);
        await stage.ModesAsync(ProviderMode.Platform, null);
        (await Calls.ByPathAsync(stage.Gateway, token, Calls.Messages)).Response.IsSuccessStatusCode.ShouldBeTrue();
    }

    [Fact]
    public async Task The_upstream_of_the_platform_learns_nothing_of_the_caller_either()
    {
        await using var stage = await TenantStage.StartAsync();
        await stage.ModesAsync(ProviderMode.Platform, null);
        var token = await stage.TokenAsync();
        await Calls.ByPathAsync(stage.Gateway, token, Calls.Messages, null, ("authorization", "Bearer sk-client"), ("x-api-key", "sk-client"));
        var call = stage.Gateway.Simulator!.Received.All.Single(r => r.Method == "POST");
        var sent = $"{call.PathAndQuery} {string.Join(' ', call.Headers.Select(h => $"{h.Key}: {string.Join(',', h.Value)}"))} {Encoding.UTF8.GetString(call.Body.Span)}";
        foreach (var foreign in (string[])[token, TenantStage.User, TenantStage.Project, TenantStage.Workspace, "sk-client", "cf-aig", "tracer"])
            sent.ShouldNotContain(foreign, Case.Insensitive);
        sent.ShouldContain(GatewayHarness.ProviderKey);
    }

    [Theory]
    [InlineData(null, "claude-x", 200)]
    [InlineData("""["claude-*"]""", "claude-x", 200)]
    [InlineData("""["claude-*"]""", "claude-x[1m]", 200)]
    [InlineData("""["claude-*"]""", "renamed", 403)]
    [InlineData("""["claude-*"]""", "up/claude-x", 403)]
    [InlineData("""["gpt-*","renamed"]""", "renamed", 200)]
    [InlineData("[]", "claude-x", 403)]
    public async Task The_platform_serves_the_models_that_an_administrator_allows(string? allowed, string model, int status)
    {
        await using var stage = await TenantStage.StartAsync();
        await stage.ModesAsync(ProviderMode.Platform, null);
        if (allowed is not null) await stage.SetAsync("models.allowed", allowed);
        var (response, body) = await Calls.ByPathAsync(stage.Gateway, await stage.TokenAsync(), Calls.Messages, Calls.Body(Calls.Messages, model));
        ((int)response.StatusCode).ShouldBe(status, body);
        if (status != 200) Calls.OwnWord(response).ShouldBe("model_not_allowed");
        (await stage.Gateway.SendAsync(stage.Gateway.Post("/v1/messages", Calls.Body(Calls.Messages, model)))).Response.IsSuccessStatusCode
            .ShouldBeTrue("a client's token is not a workspace's");
    }
}
