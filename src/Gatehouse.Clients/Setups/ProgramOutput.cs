using System.ComponentModel;
using System.Diagnostics;

namespace Gatehouse.Clients.Setups;

/// <summary>What clients' programs say about themselves.</summary>
internal static class ProgramOutput
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(10);

    /// <summary>Where a program lies on a search path; null when it does not.</summary>
    public static string? Find(string program, string? searchPath)
    {
        foreach (var folder in (searchPath ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            var file = Path.Combine(folder, program);
            if (IsExecutable(file)) return file;
        }

        return null;
    }

    /// <summary>Runs a program to its end and gives its standard output; null when it is not there, fails, or takes longer than ten seconds.</summary>
    public static string? Of(string program, IReadOnlyList<string> arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            });
            if (process is null) return null;
            process.StandardInput.Close();
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            using var limit = new CancellationTokenSource(_limit);
            using var late = limit.Token.Register(() => End(process));
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 && !limit.IsCancellationRequested ? output : null;
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or IOException)
        {
            return null;
        }
    }

    private static void End(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It ended by itself just now.
        }
    }

    private static bool IsExecutable(string file)
    {
        if (!File.Exists(file)) return false;
        const UnixFileMode any = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return OperatingSystem.IsWindows() || (File.GetUnixFileMode(file) & any) != 0;
    }
}
