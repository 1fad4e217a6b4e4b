using Gatehouse.EndToEnd.Wire;

namespace Gatehouse.EndToEnd.Agents;

/// <summary>What the agents do when their user's budget is spent: ask once, say why, and stop. The table in docs/limits.md stands on this.</summary>
public class SpentBudgetTests(SpentStage stage) : IClassFixture<SpentStage>
{
    [Theory]
    [MemberData(nameof(ClaudeCode.Versions), MemberType = typeof(ClaudeCode))]
    public async Task Claude_Code_asks_once_and_prints_which_budget_and_when_it_begins_anew(string version)
    {
        await using var tee = new RecordingTee(stage.Gateway);
        var run = await ClaudeCode.RunAsync(version, tee.Address, stage.Token, "Hello", "--model", "claude-opus-5-5");
        run.Code.ShouldNotBe(0, run.Story);
        run.Output.ShouldContain("the daily budget of output tokens of this user is spent: 0 of 1 used");
        run.Output.ShouldContain("begins anew at");
        Asked(tee, "/v1/messages").ShouldBe(1, run.Story);
    }

    [Fact]
    public async Task Codex_asks_once_and_says_when_to_try_again()
    {
        await using var tee = new RecordingTee(stage.Gateway);
        var run = await Codex.RunAsync(tee.Address, stage.Token, "Hello");
        run.Code.ShouldNotBe(0, run.Story);
        run.Story.ShouldContain("hit your usage limit. Try again at");
        Asked(tee, "/v1/responses").ShouldBe(1, run.Story);
    }

    private static int Asked(RecordingTee tee, string path) =>
        tee.Calls.Count(call => call.Sent.Method == "POST" && call.Sent.Target.Split('?')[0] == path);
}
