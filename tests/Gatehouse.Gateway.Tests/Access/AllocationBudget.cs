using System.Text.Json;

namespace Gatehouse.Gateway.Tests.Access;

/// <summary>The committed allocation budgets, bytes per call, by path.</summary>
internal static class AllocationBudget
{
    /// <summary>
    /// What some calls allocate on this thread: the least of three runs, because the runtime itself allocates a little on any thread while it compiles anew.
    /// </summary>
    public static long Spent(Action calls)
    {
        var least = long.MaxValue;
        for (var run = 0; run < 3; run++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            calls();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    public static long Of(string path)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Gatehouse.slnx")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests run outside the repository.");
        }
        using var budgets = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder.FullName, "bench", "budgets.json")));
        return budgets.RootElement.GetProperty(path).GetInt64();
    }
}
