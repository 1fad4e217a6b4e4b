using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Gatehouse.Runs;

/// <summary>
/// The harness as a child of this process, on the same standard streams and the same terminal, whose signals reach both: this process only
/// stays until the other has ended. What is sent to this process alone is handed on.
/// </summary>
internal static partial class HarnessProcess
{
    // The same on every POSIX system.
    private const int Hangup = 1;
    private const int Interrupt = 2;
    private const int Quit = 3;
    private const int Terminate = 15;

    // Agents write down what they were doing when they are asked to end.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(5);

    /// <summary>Runs it to its end.</summary>
    /// <param name="start">How it is started.</param>
    /// <param name="over">Ends it: it is asked to, and after a few seconds made to.</param>
    /// <returns>Its exit code; 128 and the signal's number when a signal ended it.</returns>
    /// <exception cref="System.ComponentModel.Win32Exception">It can't be started.</exception>
    public static async Task<int> RunAsync(ProcessStartInfo start, CancellationToken over = default)
    {
        using var process = new Process { StartInfo = start };
        // From a terminal, Ctrl+C reaches the harness by itself, and a second one would end it where the first only interrupts its work.
        var ofTerminal = !Console.IsInputRedirected;
        using var interrupt = Forward(PosixSignal.SIGINT, ofTerminal ? 0 : Interrupt, process);
        using var quit = Forward(PosixSignal.SIGQUIT, ofTerminal ? 0 : Quit, process);
        using var terminate = Forward(PosixSignal.SIGTERM, Terminate, process);
        using var hangup = Forward(PosixSignal.SIGHUP, Hangup, process);
        process.Start();
        var exit = process.WaitForExitAsync(CancellationToken.None);
        try
        {
            await exit.WaitAsync(over);
        }
        catch (OperationCanceledException)
        {
            await EndAsync(process, exit);
        }

        return process.ExitCode;
    }

    private static async Task EndAsync(Process process, Task exit)
    {
        if (!OperatingSystem.IsWindows()) _ = Send(process.Id, Terminate);
        try
        {
            if (!OperatingSystem.IsWindows()) await exit.WaitAsync(s_grace);
        }
        catch (TimeoutException)
        {
            // It did not want to.
        }

        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await exit;
    }

    private static PosixSignalRegistration Forward(PosixSignal signal, int number, Process process) => PosixSignalRegistration.Create(signal, context =>
    {
        // Otherwise this process would end, and with it the run's token, while the harness still works.
        context.Cancel = true;
        if (number == 0 || OperatingSystem.IsWindows()) return;
        try
        {
            // Fails when it has just ended, which is what was wanted.
            _ = Send(process.Id, number);
        }
        catch (InvalidOperationException)
        {
            // Not started yet.
        }
    });

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Send(int process, int signal);
}
