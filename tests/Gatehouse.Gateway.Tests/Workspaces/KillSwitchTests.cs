using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Tests.Exchanges;
using Gatehouse.Gateway.Tests.Hostile;

namespace Gatehouse.Gateway.Tests.Workspaces;

/// <summary>The switch that stops all workspaces at once, and what ends a single one.</summary>
public sealed class KillSwitchTests
{
    [Theory]
    [InlineData("setting")]
    [InlineData("false")]
    [InlineData("FALSE")]
    public async Task Thrown_it_answers_503_before_anything_else_is_looked_at(string how)
    {
        await using var own = TenantStage.Answering(200, Calls.Message(1, 1));
        await using var stage = await TenantStage.StartAsync(environment: how == "setting" ? [] : [("AI_PROXY_ENABLED", how)]);
        await stage.ConnectAsync(CredentialKind.AnthropicCompatible, own.Address);
        if (how == "setting") await stage.SetAsync("proxy.enabled", "false");
        var token = await stage.TokenAsync();
        foreach (var path in (string[])[Calls.Messages, Calls.CountTokens, Calls.Chat, Calls.Responses])
            foreach (var presented in (string[])[token, "unused"])
                foreach (var body in (string[])[Calls.Body(path), "{not json"])
                {
                    var (response, text) = await Calls.ByPathAsync(stage.Gateway, presented, path, body);
                    ((int)response.StatusCode).ShouldBe(503, text);
                    Calls.OwnWord(response).ShouldBe("proxy_disabled");
                }

        var (plain, _) = await stage.Gateway.SendAsync(stage.Gateway.Post("/v1/messages", Door.Messages.Good, token));
        ((int)plain.StatusCode).ShouldBe(503, "a workspace's token is not served at the plain paths either");
        own.Calls.ShouldBeEmpty();
        (await stage.Gateway.SendAsync(stage.Gateway.Post("/v1/messages", Door.Messages.Good))).Response.IsSuccessStatusCode
            .ShouldBeTrue("a client's own token is no workspace's");
        (await stage.Gateway.RowsAsync()).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("")]
    [InlineData("0")]
    public async Task Only_false_throws_it(string value)
    {
        await using var own = TenantStage.Answering(200, Calls.Message(1, 1));
        await using var stage = await TenantStage.StartAsync(environment: [("AI_PROXY_ENABLED", value)]);
        await stage.ConnectAsync(CredentialKind.AnthropicCompatible, own.Address);
        (await Calls.ByPathAsync(stage.Gateway, await stage.TokenAsync(), Calls.Messages)).Response.IsSuccessStatusCode.ShouldBeTrue();
    }

    [Fact]
    public async Task It_takes_effect_and_ends_while_the_gateway_runs()
    {
        await using var own = TenantStage.Answering(200, Calls.Message(1, 1));
        await using var stage = await TenantStage.StartAsync();
        await stage.ConnectAsync(CredentialKind.AnthropicCompatible, own.Address);
        var token = await stage.TokenAsync();
        foreach (var (value, status) in (IEnumerable<(string, int)>)[("true", 200), ("false", 503), ("true", 200)])
        {
            await stage.SetAsync("proxy.enabled", value);
            ((int)(await Calls.ByPathAsync(stage.Gateway, token, Calls.Messages)).Response.StatusCode).ShouldBe(status);
        }
    }

    [Theory]
    [InlineData("stopped", 401, "token_refused")]
    [InlineData("disabled", 401, "token_refused")]
    [InlineData("unknown-workspace", 401, "workspace_gone")]
    [InlineData("unknown-project", 401, "workspace_gone")]
    [InlineData("no-user", 401, "workspace_gone")]
    [InlineData("no-harness", 403, "harness_unknown")]
    [InlineData("unknown-harness", 403, "harness_unknown")]
    [InlineData("native-harness", 403, "harness_native")]
    public async Task A_token_whose_workspace_does_not_stand_opens_nothing(string what, int status, string word)
    {
        await using var own = TenantStage.Answering(200, Calls.Message(1, 1));
        await using var stage = await TenantStage.StartAsync();
        foreach (var harness in (string[])["claude-code", "google-gemini"])
            await stage.ConnectAsync(CredentialKind.AnthropicCompatible, own.Address, harness);
        await stage.SetAsync("providerMode.default", "\"fallback\"");
        if (what == "disabled") await stage.DisableUserAsync();
        var token = await stage.TokenAsync(
            what switch { "no-harness" => null, "unknown-harness" => "made-up", "native-harness" => "google-gemini", _ => "claude-code" },
            t => what switch
            {
                "unknown-workspace" => t with { WorkspaceId = "nowhere" },
                "unknown-project" => t with { ProjectId = "nowhere" },
                "no-user" => t with { UserId = null },
                _ => t,
            });
        if (what == "stopped")
        {
            await stage.StopWorkspaceAsync();

            // Its tokens are put in force a moment behind it: until then the workspace is what does not stand.
            await GatewayHarness.EventuallyAsync(
                async () => Calls.OwnWord((await Calls.ByPathAsync(stage.Gateway, token, Calls.Messages)).Response) == word, "the workspace's tokens have ended");
        }

        foreach (var path in (string[])[Calls.Messages, Calls.Chat, Calls.Responses])
        {
            var (response, body) = await Calls.ByPathAsync(stage.Gateway, token, path);
            ((int)response.StatusCode).ShouldBe(status, body);
            Calls.OwnWord(response).ShouldBe(word);
            (await stage.Gateway.SendAsync(stage.Gateway.Post("/" + path, Calls.Body(path), token))).Response.StatusCode.ShouldBe(response.StatusCode);
        }

        own.Calls.ShouldBeEmpty();
        stage.Gateway.Simulator!.Received.All.ShouldNotContain(r => r.Method == "POST");
        (await stage.Gateway.RowsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_workspace_made_a_moment_ago_is_served_at_once()
    {
        await using var own = TenantStage.Answering(200, Calls.Message(1, 1));
        await using var stage = await TenantStage.StartAsync();
        await stage.ConnectAsync(CredentialKind.AnthropicCompatible, own.Address);
        for (var i = 0; i < 10; i++)
        {
            var id = $"fresh-{i}";
            (await new Gateway.Tenancy.TenantStore(stage.Gateway.Store).AddWorkspaceAsync(
                new(id, TenantStage.Project, TenantStage.User, id, DateTimeOffset.UnixEpoch, null))).ShouldBeTrue();
            var token = await stage.TokenAsync(with: t => t with { WorkspaceId = id });
            var (response, body) = await Calls.ByPathAsync(stage.Gateway, token, Calls.Messages);
            ((int)response.StatusCode).ShouldBe(200, body);
        }
    }
}
