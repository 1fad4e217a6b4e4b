using Gatehouse.EndToEnd.Agents;
using Gatehouse.EndToEnd.Stages;

namespace Gatehouse.EndToEnd.Workspaces;

/// <summary>The agents themselves with nothing but an address: the workspace's token stands in it, and the user's own provider answers.</summary>
public class PathTokenTests(OwnProviderStage stage) : IClassFixture<OwnProviderStage>
{
    private const string Placeholder = "sk-of-the-agent-0aa1c9";

    [Theory]
    [MemberData(nameof(ClaudeCode.Versions), MemberType = typeof(ClaudeCode))]
    public async Task Claude_Code_is_answered_by_the_users_own_provider(string version)
    {
        var (token, marker) = (await stage.WorkspaceTokenAsync("claude-code"), $"own-{Guid.NewGuid():N}");
        var run = await ClaudeCode.RunAsync(
            version, new Uri(stage.Gateway, $"/ai/proxy/{token}/anthropic"), ("ANTHROPIC_API_KEY", Placeholder), $"Answer this: {marker}", "--model", "claude-opus-5-5");
        run.Code.ShouldBe(0, run.Story);
        run.Output.ShouldContain(marker);
        await ShouldHaveServedAsync(marker, token, "x-api-key", OwnProviderStage.Key, "/v1/messages");
    }

    [Fact]
    public async Task Codex_is_answered_by_the_users_own_provider()
    {
        var (token, marker) = (await stage.WorkspaceTokenAsync("codex"), $"own-{Guid.NewGuid():N}");
        var run = await Codex.RunAsync(new Uri(stage.Gateway, $"/ai/proxy/{token}/openai/"), Placeholder, $"Answer this: {marker}");
        run.Code.ShouldBe(0, run.Story);
        run.Output.ShouldContain(marker);
        await ShouldHaveServedAsync(marker, token, "authorization", "Bearer " + OwnProviderStage.Key, "/v1/responses");
    }

    private async Task ShouldHaveServedAsync(string marker, string token, string header, string key, string path)
    {
        var received = await stage.OwnReceivedAsync(marker);
        received.ShouldNotBeEmpty();
        foreach (var (request, _) in received)
        {
            request.Target.Split('?')[0].ShouldBe(path);
            request.Header(header).ShouldBe(key);
            foreach (var sent in (string[])[request.Target, request.Text, .. request.Headers.Select(h => h.Value)])
            {
                sent.ShouldNotContain(token);
                sent.ShouldNotContain(Placeholder);
            }
        }

        await stage.ShouldNotBeReceivedAsync(marker);
    }
}
