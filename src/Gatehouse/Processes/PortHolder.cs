using System.Globalization;

namespace Gatehouse.Processes;

/// <summary>A process that listens on a port of this machine.</summary>
/// <param name="ProcessId">Its id.</param>
/// <param name="Program">Its name, as the system shows it.</param>
internal sealed record PortHolder(int ProcessId, string Program)
{
    /// <summary>The state "listening" in the kernel's table (TCP_LISTEN).</summary>
    private const string Listening = "0A";

    /// <summary>
    /// Who listens on a port; null when that can't be found out: not on Linux, or the process belongs to somebody else, whose open files
    /// are hidden.
    /// </summary>
    public static PortHolder? Find(int port) => Find(port, "/proc");

    /// <summary>As the other, reading the process table from another folder.</summary>
    internal static PortHolder? Find(int port, string proc)
    {
        try
        {
            HashSet<string> sockets =
                [.. Sockets(Path.Combine(proc, "net", "tcp"), port), .. Sockets(Path.Combine(proc, "net", "tcp6"), port)];
            return sockets.Count == 0 ? null : Owner(sockets, proc);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // Columns of /proc/net/tcp: number, local address:port in hexadecimal, remote, state, queues, timers, retransmits, user, timeout,
    // inode.
    private static IEnumerable<string> Sockets(string table, int port)
    {
        if (!File.Exists(table)) yield break;
        var wanted = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        foreach (var line in File.ReadLines(table).Skip(1))
        {
            var columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (columns.Length > 9 && columns[1].EndsWith(wanted, StringComparison.Ordinal) && columns[3] == Listening)
                yield return $"socket:[{columns[9]}]";
        }
    }

    private static PortHolder? Owner(HashSet<string> sockets, string proc)
    {
        foreach (var folder in Directory.EnumerateDirectories(proc))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                || !Holds(folder, sockets)) continue;
            return new PortHolder(id, Name(folder));
        }

        return null;
    }

    // A process that ends meanwhile, or that belongs to somebody else, is passed over.
    private static bool Holds(string process, HashSet<string> sockets)
    {
        try
        {
            return Directory.EnumerateFiles(Path.Combine(process, "fd"))
                .Any(file => new FileInfo(file).LinkTarget is { } target && sockets.Contains(target));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string Name(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "comm")).Trim();
        }
        catch (IOException)
        {
            return "unknown";
        }
    }
}
