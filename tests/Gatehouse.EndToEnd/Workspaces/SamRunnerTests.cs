using System.Text.RegularExpressions;
using Gatehouse.EndToEnd.Stages;

namespace Gatehouse.EndToEnd.Workspaces;

/// <summary>The agents themselves, started by a runner of SAM's kind with exactly what it is given: no key in it, and every way leads to the right one.</summary>
public partial class SamRunnerTests(OwnProviderStage stage) : IClassFixture<OwnProviderStage>
{
    [Theory]
    [InlineData("claude-code", true, false, "anthropic-passthrough")]
    [InlineData("claude-code", true, true, "anthropic-passthrough")]
    [InlineData("claude-code", false, false, "anthropic-proxy")]
    [InlineData("openai-codex", true, false, "openai-passthrough")]
    [InlineData("openai-codex", true, true, "openai-passthrough")]
    [InlineData("openai-codex", false, false, "openai-proxy")]
    public async Task An_agent_is_answered_by_whom_its_workspace_says(string agent, bool own, bool byRuntime, string provider)
    {
        var (code, output, story) = await stage.CommandAsync("token", "create", "--name", "sam", "--kind", "admin", "--user", "local", "--expires", "1h");
        code.ShouldBe(0, story);
        var runner = await SamRunner.OfAsync(stage.Gateway, Admin().Match(output).Value, own ? "plane" : null);
        var marker = $"sam-{Guid.NewGuid():N}";
        var run = await runner.RunAsync(agent, byRuntime, $"Answer this: {marker}");
        run.Code.ShouldBe(0, run.Story);
        run.Output.ShouldContain(marker);

        runner.Answer.ShouldContain($"\"provider\":\"{provider}\"");
        runner.Answer.ShouldContain(own ? "\"apiKey\":\"__sam_proxy__\"" : "\"apiKey\":\"__platform_proxy__\"");
        runner.Answer.ShouldNotContain(OwnProviderStage.Key);
        runner.Answer.ShouldNotContain(ServerProcess.ProviderKey);
        runner.Answer.ShouldNotContain(runner.Filled);
        var (received, key) = own ? (await stage.OwnReceivedAsync(marker), OwnProviderStage.Key) : (await stage.ReceivedAsync(marker), ServerProcess.ProviderKey);
        received.ShouldNotBeEmpty();
        foreach (var (request, _) in received)
        {
            (request.Header("authorization") ?? request.Header("x-api-key"))!.ShouldEndWith(key);
            request.Headers.ShouldAllBe(header => !header.Value.Contains("ghw_") && !header.Value.Contains("__"));
            request.Target.ShouldNotContain("ghw_");
        }

        if (own) await stage.ShouldNotBeReceivedAsync(marker);
        else (await stage.OwnReceivedAsync(marker)).ShouldBeEmpty();
        stage.Story.ShouldNotContain(runner.Filled);
    }

    [GeneratedRegex("gha_[0-9A-Za-z]+")]
    private static partial Regex Admin();
}
