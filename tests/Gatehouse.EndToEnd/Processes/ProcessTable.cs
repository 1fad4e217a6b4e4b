using System.Globalization;

namespace Gatehouse.EndToEnd.Processes;

/// <summary>The machine's processes, as <c>/proc</c> tells of them.</summary>
internal static class ProcessTable
{
    /// <summary>Whether a process lives: one that was ended and whose parent has not asked for it yet does not.</summary>
    public static bool Lives(int process) => Fields($"/proc/{process}") is [not "Z", ..];

    /// <summary>The living processes of a group, by its leader's id.</summary>
    public static IReadOnlyList<int> Group(int leader)
    {
        var group = leader.ToString(CultureInfo.InvariantCulture);
        return [.. Directory.EnumerateDirectories("/proc").Where(one => char.IsAsciiDigit(Path.GetFileName(one)[0]))
            .Where(one => Fields(one) is [not "Z", _, var its, ..] && its == group)
            .Select(one => int.Parse(Path.GetFileName(one), CultureInfo.InvariantCulture))];
    }

    // State, parent, group …: what stands behind the name, which is in brackets and may hold anything. None for one that is gone.
    private static string[] Fields(string folder)
    {
        try
        {
            var line = File.ReadAllText(Path.Combine(folder, "stat"));
            return line[(line.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
