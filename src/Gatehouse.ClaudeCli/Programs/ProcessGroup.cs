using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Gatehouse.ClaudeCli.Programs;

/// <summary>
/// A child in a session of its own, so that a signal reaches it and whatever it started, and no signal of the gateway's terminal does. Where there is no
/// <c>setsid</c>, the child alone and its tree are ended.
/// </summary>
internal static partial class ProcessGroup
{
    private const int Terminate = 15;
    private const int Kill = 9;
    private static readonly string? s_setsid = Find("setsid");

    /// <summary>Makes a start of the program one in a session of its own.</summary>
    public static void OwnSession(ProcessStartInfo start)
    {
        if (s_setsid is null) return;
        // A child of ours leads no group yet, so setsid goes on in the same process, under the same id.
        start.ArgumentList.Insert(0, start.FileName);
        start.FileName = s_setsid;
    }

    /// <summary>Asks the whole group to end.</summary>
    public static void End(Process process) => Signal(process, Terminate);

    /// <summary>Ends the whole group at once.</summary>
    public static void Destroy(Process process)
    {
        if (s_setsid is null) TryKillTree(process);
        else Signal(process, Kill);
    }

    /// <summary>Ends a whole group at once by its leader's id, whether the leader lives or not.</summary>
    public static void Destroy(int leader) => _ = kill(-leader, Kill);

    private static void Signal(Process process, int signal)
    {
        if (s_setsid is null)
        {
            if (signal == Kill) TryKillTree(process);
            return;
        }

        // A group outlives its leader, and its id is nobody else's while it lives. Once the leader is reaped and a process has its id, that one is a stranger's.
        if (process.HasExited && Directory.Exists($"/proc/{process.Id}")) return;
        _ = kill(-process.Id, signal);
    }

    private static void TryKillTree(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It ended by itself.
        }
    }

    private static string? Find(string name)
    {
        if (OperatingSystem.IsWindows()) return null;
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int kill(int process, int signal);
}
