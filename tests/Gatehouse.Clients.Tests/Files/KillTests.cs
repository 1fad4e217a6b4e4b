using System.Diagnostics;
using System.Runtime.Versioning;
using Gatehouse.Clients.Files;

namespace Gatehouse.Clients.Tests.Files;

/// <summary>A real process is killed at every step of a write: each file is then old or new, and the next run makes the operation whole.</summary>
[UnsupportedOSPlatform("windows")]
public class KillTests
{
    [Theory]
    [InlineData("one")]
    [InlineData("two")]
    [InlineData("delete")]
    public async Task A_write_that_is_killed_at_any_step_leaves_each_file_old_or_new_and_the_next_run_makes_it_whole(string changes)
    {
        var reached = new List<string>();
        for (var stopAt = 0; ; stopAt++)
        {
            using var folder = new TemporaryFolder();
            File.WriteAllText(folder["first.json"], WriteHost.Old("first"));
            File.WriteAllText(folder["third.txt"], WriteHost.Old("third"));
            var said = await KilledAtAsync(folder.Path, stopAt, changes);
            if (said == "done") break;
            reached.Add(said);
            IsOldOrNew(folder, changes);
            var recovered = await new SafeFiles(new StateFolder(folder["state"]), TimeProvider.System).RecoverAsync();
            recovered.Refusal.ShouldBeNull();
            IsWhole(folder, changes);
            // The same command once more does what the killed one was to do.
            var again = await new SafeFiles(new StateFolder(folder["state"]), TimeProvider.System).WriteAsync([.. WriteHost.Changes(folder.Path, changes)]);
            again.Refusal.ShouldBeNull(said);
            Contents(folder).ShouldBe(changes switch { "one" => "new - old", "two" => "new new old", _ => "new - -" }, said);
            Directory.EnumerateFiles(folder.Path, ".*", SearchOption.AllDirectories).ShouldBeEmpty("temporary files were left behind");
            if (Directory.Exists(folder["state/journal"])) Directory.EnumerateFileSystemEntries(folder["state/journal"]).ShouldBeEmpty();
            reached.Count.ShouldBeLessThan(50);
        }
        string[] expected = changes switch
        {
            "one" => ["Locked", "BackedUp", "HalfWritten", "Flushed", "Replaced"],
            "two" => ["Locked", "BackedUp", "Staged", "Planned", "HalfWritten", "Flushed", "Replaced", "FolderMade", "HalfWritten", "Flushed", "Replaced", "PlanRemoved"],
            _ => ["Locked", "BackedUp", "BackedUp", "Staged", "Planned", "HalfWritten", "Flushed", "Replaced", "Replaced", "PlanRemoved"],
        };
        reached.ShouldBe(expected.Select(step => $"at {step}"));
    }

    private static void IsOldOrNew(TemporaryFolder folder, string changes) =>
        Contents(folder).Split(' ', StringSplitOptions.RemoveEmptyEntries).ShouldAllBe(content => content == "old" || content == "new" || content == "-", changes);

    private static void IsWhole(TemporaryFolder folder, string changes) => Contents(folder).ShouldBeOneOf(changes switch
    {
        "one" => ["old - old", "new - old"],
        "two" => ["old - old", "new new old"],
        _ => ["old - old", "new - -"],
    });

    private static string Contents(TemporaryFolder folder) =>
        $"{Content(folder["first.json"], "first")} {Content(folder["made/inner/second.toml"], "second")} {Content(folder["third.txt"], "third")}";

    private static string Content(string file, string name)
    {
        if (!File.Exists(file)) return "-";
        var text = File.ReadAllText(file);
        return text == WriteHost.Old(name) ? "old" : text == WriteHost.New(name) ? "new" : $"mixture({text.Length})";
    }

    private static async Task<string> KilledAtAsync(string folder, int stopAt, string changes)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(KillTests).Assembly.Location, WriteHost.Verb, folder, stopAt.ToString(null as IFormatProvider), changes]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            var line = await process.StandardOutput.ReadLineAsync(limit.Token);
            if (line == "done") await process.WaitForExitAsync(limit.Token);
            return line ?? "said nothing";
        }
        finally
        {
            // SIGKILL on Unix: nothing in the process gets to tidy up.
            if (!process.HasExited) process.Kill();
            await process.WaitForExitAsync();
        }
    }
}
