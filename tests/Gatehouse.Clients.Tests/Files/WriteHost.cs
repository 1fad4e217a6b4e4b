using System.Text;
using Gatehouse.Clients.Files;

namespace Gatehouse.Clients.Tests.Files;

/// <summary>
/// The child process of the kill tests: changes two files of a folder in one operation, and stops for good at the step it was told, having
/// said so. Each step counts as often as it is reached, so "Flushed 2" is the second file's.
/// </summary>
internal static class WriteHost
{
    public const string Verb = "write-host";

    public static async Task<int> RunAsync(string[] args)
    {
        var (folder, stopAt, changes) = (args[0], int.Parse(args[1], null), args[2]);
        var count = 0;
        var files = new SafeFiles(new StateFolder(Path.Combine(folder, "state")), TimeProvider.System)
        {
            OnStep = (step, _) =>
            {
                if (count++ != stopAt) return;
                Console.Out.WriteLine($"at {step}");
                Console.Out.Flush();
                Thread.Sleep(Timeout.Infinite);
            },
        };
        var outcome = await files.WriteAsync([.. Changes(folder, changes)], _ => false);
        Console.Out.WriteLine(outcome.Refusal is null ? "done" : outcome.Refusal.ToString());
        return 0;
    }

    /// <summary>The change by its name: "one" file, "two" files of which the second is new, or "delete" with a change.</summary>
    public static IEnumerable<FileChange> Changes(string folder, string name)
    {
        var first = Path.Combine(folder, "first.json");
        yield return new FileChange(FileState.Read(first, out _)!, Encoding.UTF8.GetBytes(New("first"))) { Backup = true, HoldsSecret = true };
        if (name == "two") yield return new FileChange(FileState.Read(Path.Combine(folder, "made", "inner", "second.toml"), out _)!, Encoding.UTF8.GetBytes(New("second")));
        if (name == "delete") yield return new FileChange(FileState.Read(Path.Combine(folder, "third.txt"), out _)!, null) { Backup = true };
    }

    public static string Old(string file) => string.Concat(Enumerable.Repeat($"old {file}\n", 500));

    public static string New(string file) => string.Concat(Enumerable.Repeat($"the new {file}\n", 700));
}
