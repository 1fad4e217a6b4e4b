using System.Diagnostics;
using System.Text.Json.Nodes;
using Gatehouse.ClaudeCli.Programs;
using Gatehouse.ClaudeCli.Tests.Standins;

namespace Gatehouse.ClaudeCli.Tests.Programs;

/// <summary>Programs that die, again and again. Alone, because open files are counted.</summary>
[Collection(nameof(CrashTests))]
[CollectionDefinition(nameof(CrashTests), DisableParallelization = true)]
public sealed class CrashTests
{
    private const int Times = 50;

    [Fact]
    public async Task A_program_that_is_killed_fifty_times_in_a_row_costs_no_answer_and_leaves_nothing()
    {
        await using var stage = await StandinStage.StartAsync(settings => settings with { Concurrency = 2, Warm = 1 });
        var talk = new JsonArray(StandinStage.User("begin"));
        var answer = await stage.AskAsync(talk, "s");
        var open = OpenFiles();
        for (var i = 0; i < Times; i++)
        {
            using (var process = Process.GetProcessById(answer.Process)) process.Kill();
            talk.Add(answer.Message);
            talk.Add(StandinStage.User($"message {i}"));
            var next = await stage.AskAsync(talk, "s");
            next.Status.ShouldBe(200, next.Body);
            next.Process.ShouldNotBe(answer.Process);
            next.Session.ShouldBe(answer.Session);
            answer = next;
        }

        await stage.Provider.DisposeAsync();
        foreach (var process in stage.Processes) await StandinStage.ShouldEndAsync(process);
        Directory.EnumerateFiles(stage.Records).ShouldBeEmpty();
        // The last process and a warm one may have had three pipes each.
        OpenFiles().ShouldBeLessThan(open + 10);
    }

    [Fact]
    public async Task A_process_that_dies_while_its_conversation_waits_for_its_turn_costs_no_answer()
    {
        await using var stage = await StandinStage.StartAsync(settings => settings with { Concurrency = 1 });
        var talk = new JsonArray(StandinStage.User("begin"));
        var answer = await stage.AskAsync(talk, "s");
        talk.Add(answer.Message);
        talk.Add(StandinStage.User("go on"));
        Task<Answered> next;
        await using (var other = await stage.BeginAsync([StandinStage.User("[stubborn]")]))
        {
            next = stage.AskAsync(talk, "s");
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            while (stage.Provider.Report("p").Waiting == 0) await Task.Delay(10, limit.Token);
            using (var process = Process.GetProcessById(answer.Process)) process.Kill();
            await StandinStage.ShouldEndAsync(answer.Process);
        }

        (await next).Status.ShouldBe(200);
        (await next).Process.ShouldNotBe(answer.Process);
    }

    [Fact]
    public async Task A_program_that_never_answers_but_dies_is_not_started_for_ever_and_everyone_is_told()
    {
        await using var stage = await StandinStage.StartAsync(settings => settings with { Concurrency = 1, Warm = 1 });
        var started = 0;
        for (var i = 0; i < Times; i++)
        {
            var answer = await stage.AskAsync([StandinStage.User("[die]")]);
            answer.Body.ShouldContain("went down");
            if (answer.Status != 503) continue;
            answer.Headers["retry-after"].ShouldBe("1");
            started = stage.Processes.Count;
            break;
        }

        started.ShouldBe(4);
        for (var i = 0; i < Times; i++) (await stage.AskAsync([StandinStage.User("[die]")])).Status.ShouldBe(503);
        stage.Processes.Count.ShouldBe(started, "nothing is started meanwhile");

        // Every slot is free, and one answer ends it.
        stage.Clock.Pass(TimeSpan.FromMinutes(1));
        (await stage.AskAsync([StandinStage.User("hello")])).Status.ShouldBe(200);
        (await stage.AskAsync([StandinStage.User("[die]")])).Status.ShouldBe(502);
    }

    [Fact]
    public async Task The_folder_that_was_made_for_programs_goes_with_the_gateway()
    {
        await using var stage = await StandinStage.StartAsync(settings => settings with { WorkingFolder = null });
        var answer = await stage.AskAsync([StandinStage.User("hello")]);
        var folder = File.ResolveLinkTarget($"/proc/{answer.Process}/cwd", false)!.FullName;
        Directory.Exists(folder).ShouldBeTrue();
        await stage.Provider.DisposeAsync();
        Directory.Exists(folder).ShouldBeFalse();
    }

    [Fact]
    public void Each_death_more_makes_the_pause_longer_up_to_a_limit()
    {
        var clock = new ManualClock();
        var guard = new CrashGuard(clock);
        var pauses = new List<double>();
        for (var i = 0; i < 14; i++)
        {
            guard.Died("no words");
            pauses.Add(guard.Pause().TotalSeconds);
        }

        pauses.ShouldBe([0, 0, 0, 0.5, 1, 2, 4, 8, 16, 30, 30, 30, 30, 30]);
        clock.Pass(TimeSpan.FromSeconds(30));
        guard.Pause().ShouldBe(TimeSpan.Zero);
    }

    private static int OpenFiles() => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count();
}
