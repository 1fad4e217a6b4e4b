using System.Globalization;

namespace Gatehouse.ClaudeCli.Programs;

/// <summary>
/// A file for each running process, so that a gateway that was killed can be cleaned up after by the next one on the same data directory. A file is
/// named by the process id and says when the process was started, by which gateway and of which program, for ids are given again and several gateways may share a
/// directory. Thread-safe.
/// </summary>
/// <param name="folder">Where the files are.</param>
internal sealed class ProcessRecords(string folder)
{
    /// <summary>Writes down that a process runs. Without <c>/proc</c> nothing is written: it could not be told from a stranger later.</summary>
    public void Add(int id, string program)
    {
        if (Started(id) is not { } started) return;
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(At(id), $"{started}\n{Environment.ProcessId} {Started(Environment.ProcessId)}\n{program}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A process that nobody can find later still ends by itself when its input closes.
        }
    }

    /// <summary>Forgets a process that is gone.</summary>
    public void Remove(int id)
    {
        try
        {
            File.Delete(At(id));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next start looks at it and finds nobody.
        }
    }

    /// <summary>Ends what a gateway before this one left running, and forgets it. Returns how many there were.</summary>
    public int EndOrphans()
    {
        if (!Directory.Exists(folder)) return 0;
        var ended = 0;
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            if (!int.TryParse(Path.GetFileName(file), NumberStyles.None, CultureInfo.InvariantCulture, out var id)) continue;
            var lines = Lines(file);
            if (lines.Length == 3 && IsSame(lines[1])) continue;
            if (lines.Length == 3 && Started(id) == lines[0] && Runs(id, lines[2]))
            {
                ProcessGroup.Destroy(id);
                ended++;
            }

            Remove(id);
        }

        return ended;
    }

    private static string[] Lines(string file)
    {
        try
        {
            return File.ReadAllText(file).Split('\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // Its gateway lives: what it runs is no orphan.
    private static bool IsSame(string owner) =>
        owner.Split(' ', 2) is [var id, var started] && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var process) && Started(process) == started;

    private static bool Runs(int id, string program)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline").Split('\0').Contains(program);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // The machine's start and, of the process's line, the 22nd field: ticks since then. The second field is a name in brackets that may hold anything.
    private static string? Started(int id)
    {
        try
        {
            var line = File.ReadAllText($"/proc/{id}/stat");
            var ticks = line[(line.LastIndexOf(')') + 2)..].Split(' ')[19];
            return $"{File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim()} {ticks}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    private string At(int id) => Path.Combine(folder, id.ToString(CultureInfo.InvariantCulture));
}
