using Gatehouse.ClaudeCli.Tests.Standins;

namespace Gatehouse.ClaudeCli.Tests.Programs;

/// <summary>How processes end when nobody wants them any more.</summary>
public sealed class ProcessEndTests
{
    [Fact]
    public async Task A_program_that_neither_listens_nor_ends_is_killed_with_its_children_when_its_client_leaves()
    {
        await using var stage = await StandinStage.StartAsync();
        await using (var answer = await stage.BeginAsync([StandinStage.User("[stubborn]")])) answer.Status.ShouldBe(200);
        var process = stage.Processes.ShouldHaveSingleItem();
        await StandinStage.ShouldEndAsync(process);
        (await stage.AskAsync([StandinStage.User("[stubborn]"), new System.Text.Json.Nodes.JsonObject { ["role"] = "assistant", ["content"] = "stuck" }, StandinStage.User("next")])).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_client_that_leaves_before_the_answer_began_frees_the_slot_and_ends_the_process()
    {
        await using var stage = await StandinStage.StartAsync(settings => settings with { Concurrency = 1 });
        using var leaves = new CancellationTokenSource();
        var asking = stage.BeginAsync([StandinStage.User("[hang]")], cancellation: leaves.Token);
        var process = await ReadsAsync(stage, "[hang]");
        await leaves.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(asking);
        (await stage.AskAsync([StandinStage.User("next")])).Status.ShouldBe(200);
        await StandinStage.ShouldEndAsync(process);
        (await stage.SeenAsync(process))[^1].ShouldContain("\"subtype\":\"interrupt\"");
    }

    [Fact]
    public async Task A_gateway_that_ends_leaves_nothing_running_held_or_stubborn()
    {
        var stage = await StandinStage.StartAsync();
        await stage.AskAsync([StandinStage.User("idle")]);
        await stage.AskAsync([StandinStage.User("[call a]")]);
        await using var running = await stage.BeginAsync([StandinStage.User("[stubborn]")]);
        var processes = stage.Processes;
        processes.Count.ShouldBe(3);
        Directory.EnumerateFiles(stage.Records).Count().ShouldBe(3);
        await stage.Provider.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
        foreach (var process in processes) await StandinStage.ShouldEndAsync(process);
        Directory.EnumerateFiles(stage.Records).ShouldBeEmpty();
        await stage.DisposeAsync();
    }

    [Fact]
    public async Task A_child_that_left_the_group_with_the_output_holds_nobody_up()
    {
        var stage = await StandinStage.StartAsync(settings => settings with { Concurrency = 1 });
        var answer = await stage.BeginAsync([StandinStage.User("[runaway]")]);
        answer.Status.ShouldBe(200);
        var process = stage.Processes.ShouldHaveSingleItem();
        using var away = System.Diagnostics.Process.GetProcessById(await stage.RunawayAsync(process));
        try
        {
            await answer.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
            await StandinStage.ShouldEndAsync(process);
            (await stage.AskAsync([StandinStage.User("next")])).Status.ShouldBe(200);
            await stage.Provider.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
            away.HasExited.ShouldBeFalse("it was there all the time");
        }
        finally
        {
            away.Kill();
            await stage.DisposeAsync();
        }
    }

    private static async Task<int> ReadsAsync(StandinStage stage, string text)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (true)
        {
            foreach (var process in stage.Processes)
            {
                if ((await stage.SeenAsync(process)).Any(line => line.Contains(text, StringComparison.Ordinal))) return process;
            }

            await Task.Delay(10, limit.Token);
        }
    }
}
