using System.Globalization;

namespace Gatehouse.EndToEnd.Processes;

/// <summary>The guard that keeps these tests from leaving programs behind.</summary>
public class GuardTests
{
    [Fact]
    public async Task A_program_and_its_children_end_with_the_test()
    {
        using var folder = new TestFolder();
        var process = GuardedProcess.Start(["/bin/sh", "-c", "sleep 1000 & echo $! $$; wait"], folder.Environment(), folder.Path);
        var ids = (await process.ReadLineAsync(line => line.Split(' ') is { Length: 2 } both ? both : null, TimeSpan.FromSeconds(10)))
            .Select(id => int.Parse(id, CultureInfo.InvariantCulture)).ToList();
        ids.ShouldAllBe(id => ProcessTable.Lives(id));
        await process.DisposeAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (ids.Any(ProcessTable.Lives)) await Task.Delay(20, limit.Token);
    }

    [Fact]
    public async Task A_signal_reaches_the_program_and_its_exit_code_comes_back()
    {
        using var folder = new TestFolder();
        await using var process = GuardedProcess.Start(
            ["/bin/sh", "-c", "trap 'exit 7' TERM; echo ready; while :; do sleep 0.05; done"], folder.Environment(), folder.Path);
        await process.ReadLineAsync(line => line == "ready" ? line : null, TimeSpan.FromSeconds(10));
        await process.SignalAsync("TERM");
        (await process.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBe(7);
    }

    [Fact]
    public async Task A_program_sees_no_variable_but_those_given()
    {
        using var folder = new TestFolder();
        await using var process = GuardedProcess.Start(["env"], folder.Environment(("ONLY", "this")), folder.Path);
        (await process.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBe(0);
        process.Output.ShouldContain("ONLY=this");
        process.Output.ShouldContain($"HOME={folder.At("home")}");
        process.Output.ShouldNotContain("API_KEY");
    }
}
