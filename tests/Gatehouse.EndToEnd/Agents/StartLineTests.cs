using Gatehouse.EndToEnd.Stages;
using Gatehouse.EndToEnd.Wire;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.EndToEnd.Agents;

/// <summary>The lines that <c>serve</c> prints start the agents as they are.</summary>
public class StartLineTests(Stage stage)
{
    [Theory]
    [InlineData("Claude Code", "-p --model claude-opus-5-5", ExchangeOperation.Messages, "claude-cli")]
    [InlineData("Codex", "exec --skip-git-repo-check --model gpt-5.5 -", ExchangeOperation.Responses, "codex_exec")]
    [InlineData("OpenCode", "run --title Answer --model anthropic/claude-sonnet-4-5", ExchangeOperation.Messages, "opencode")]
    [InlineData("OpenCode", "run --title Answer --model openai/gpt-5.5", ExchangeOperation.Responses, "opencode")]
    public async Task A_prompt_is_answered(string agent, string behind, ExchangeOperation operation, string client)
    {
        await using var tee = new RecordingTee(stage.Gateway);
        var marker = $"line-{Guid.NewGuid():N}";
        var run = await StartLine.RunAsync(stage, tee, agent, behind, $"Answer this: {marker}");
        run.Code.ShouldBe(0, run.Story);
        run.Output.ShouldContain(marker);
        (await stage.CarriedAsync(tee, marker)).ShouldHaveSingleItem().ShouldBeMetered(operation, stream: true, client);
    }
}
