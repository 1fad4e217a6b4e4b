using System.Text.Json.Nodes;
using Gatehouse.ClaudeCli.Tests.Standins;

namespace Gatehouse.ClaudeCli.Tests.Programs;

/// <summary>What the log tells of processes and conversations, in the order in which it happens, and nothing that was said.</summary>
public sealed class ProgramEventsTests
{
    private const string Said = "nobody-else-may-read-this";

    [Fact]
    public async Task A_processs_life_is_told()
    {
        await using var stage = await StandinStage.StartAsync(settings => settings with { Concurrency = 1 });
        var talk = new JsonArray(StandinStage.User($"[call a] {Said}"));
        var called = await stage.AskAsync(talk);
        talk.Add(called.Message);
        talk.Add(StandinStage.Results(called.Calls));
        var answered = await stage.AskAsync(talk);
        talk.Add(answered.Message);
        // Another history: it is fed to another process.
        talk[0] = StandinStage.User($"edited {Said}");
        talk.Add(StandinStage.User("[stubborn]"));
        await using (var left = await stage.BeginAsync(talk)) left.Status.ShouldBe(200);

        var (first, second) = (called.Process, stage.Processes.Single(process => process != called.Process));
        await StandinStage.ShouldEndAsync(second);
        Told(stage).ShouldBe(
        [
            $"claude.started: provider p process {first} account one model opus",
            $"claude.held: provider p process {first}",
            $"claude.continued: provider p process {first}",
            $"claude.started: provider p process {second} account one model opus",
            $"claude.fed: provider p process {second} messages 4",
            $"claude.killed: provider p process {second}, its turn was not over",
            $"claude.ended: provider p process {second}",
        ]);
        stage.Logging.Lines.ShouldNotContain(line => line.Contains(Said, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_program_that_dies_and_one_that_waits_are_told()
    {
        await using var stage = await StandinStage.StartAsync(settings => settings with { Concurrency = 1 });
        (await stage.AskAsync([StandinStage.User("[die]")])).Status.ShouldBe(502);
        Told(stage).Count(line => line == "claude.crashed: provider p account one, before it had answered").ShouldBe(2, "it is tried once more");

        Task<Answered> waits;
        await using (var first = await stage.BeginAsync([StandinStage.User("[stubborn]")]))
        {
            waits = stage.AskAsync([StandinStage.User("next")]);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            while (stage.Provider.Report("p").Waiting == 0) await Task.Delay(10, limit.Token);
            stage.Clock.Pass(TimeSpan.FromSeconds(3));
        }

        (await waits).Status.ShouldBe(200);
        Told(stage).ShouldContain("claude.queued: provider p waited 3000 ms, 0 still wait");
    }

    private static List<string> Told(StandinStage stage) => [.. stage.Logging.Lines.Where(line => line.StartsWith("claude.", StringComparison.Ordinal))];
}
