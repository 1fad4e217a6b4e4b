using System.Diagnostics;
using Gatehouse.ClaudeCli.Programs;

namespace Gatehouse.ClaudeCli.Workbench;

/// <summary>
/// The tool that runs a command in a shell. The shell begins in the working folder and may do what the gateway's user may. It gets no secret by its environment, is a
/// session of its own, and its whole process group is ended when its time is over, when the call is cancelled, and when the command itself has ended. Thread-safe.
/// </summary>
/// <param name="folder">Where it begins.</param>
/// <param name="limit">How long a command may take.</param>
/// <param name="machine">Reads a variable of the gateway's own environment.</param>
internal sealed class CommandTool(WorkFolder folder, TimeSpan limit, Func<string, string?> machine)
{
    // What a shell needs to find programs and to write text; keys, tokens and proxies' passwords are none of it.
    private static readonly string[] s_passed = ["PATH", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "SYSTEMROOT"];

    // For what was written last to be read. What has left the group on purpose may hold the output open for ever.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(400);

    /// <summary>Runs a command. Standard output is the answer, or standard error where there is none.</summary>
    /// <param name="command">The command, for a shell.</param>
    /// <param name="start">The folder to begin in; null for the working folder.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="OperationCanceledException">It was cancelled; nothing of it runs any more.</exception>
    public async Task<ToolOutcome> RunAsync(string command, string? start, CancellationToken cancellation)
    {
        if (folder.Find(start ?? ".") is not { } from) return ToolOutcome.Failed(WorkFolder.Outside(start!));
        if (!Directory.Exists(from)) return ToolOutcome.Failed($"{start} is not there, or no folder");
        using var process = Process.Start(Start(command, from))!;
        process.StandardInput.Close();
        var (output, errors) = (new BoundedOutput(), new BoundedOutput());
        var read = Task.WhenAll(output.TakeAsync(process.StandardOutput.BaseStream), errors.TakeAsync(process.StandardError.BaseStream));
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        time.CancelAfter(limit);
        var ended = true;
        try
        {
            await process.WaitForExitAsync(time.Token);
        }
        catch (OperationCanceledException)
        {
            ended = false;
            ProcessGroup.Destroy(process);
            await process.WaitForExitAsync(CancellationToken.None);
        }

        // What it left running goes with it. The group's id can't be another's: as long as it has members it is taken, and without any a signal reaches nobody.
        ProcessGroup.Destroy(process);
        await Task.WhenAny(read, Task.Delay(s_patience, CancellationToken.None));
        cancellation.ThrowIfCancellationRequested();
        var said = Said(output, errors);
        if (!ended) return ToolOutcome.Failed($"Ended after {limit.TotalSeconds:0} s, the most that a command may take.\n{said}");
        return process.ExitCode == 0 ? new ToolOutcome(Quiet(output) ?? Quiet(errors) ?? "(no output)") : ToolOutcome.Failed($"Exit code {process.ExitCode}\n{said}");
    }

    private ProcessStartInfo Start(string command, string from)
    {
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? "cmd.exe" : File.Exists("/bin/bash") ? "/bin/bash" : "/bin/sh")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = from,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(OperatingSystem.IsWindows() ? "/c" : "-c");
        start.ArgumentList.Add(command);
        start.Environment.Clear();
        foreach (var name in s_passed)
        {
            if (machine(name) is { Length: > 0 } value) start.Environment[name] = value;
        }

        // Not the gateway's own home, where logins and settings are.
        start.Environment["HOME"] = folder.Root;
        ProcessGroup.OwnSession(start);
        return start;
    }

    private static string Said(BoundedOutput output, BoundedOutput errors) => string.Join('\n', new[] { Quiet(output), Quiet(errors) }.Where(text => text is not null));

    private static string? Quiet(BoundedOutput output) => output.ToString() is { Length: > 0 } text ? text : null;
}
