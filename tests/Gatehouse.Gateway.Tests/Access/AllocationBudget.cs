using System.Text.Json;

namespace Gatehouse.Gateway.Tests.Access;

/// <summary>The committed allocation budgets, bytes per call, by path.</summary>
internal static class AllocationBudget
{
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
