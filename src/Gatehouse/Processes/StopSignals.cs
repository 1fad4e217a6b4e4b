using System.Runtime.InteropServices;
using Gatehouse.CommandLine;

namespace Gatehouse.Processes;

/// <summary>
/// The orders to stop that a process gets from outside: SIGINT, SIGTERM, and SIGHUP when its terminal is closed. The first asks it to finish, a second
/// ends it at once; of several SIGHUP only the first counts. One per process, made before the work begins.
/// </summary>
internal sealed partial class StopSignals : IDisposable
{
    // The same on every POSIX system.
    private const int Hangup = 1;
    private const nint Ignored = 1;

    private readonly CancellationTokenSource _asked = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _count;
    private int _hangups;

    /// <summary>Begins to listen.</summary>
    public StopSignals()
    {
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal));
        // nohup has it ignored, which handling it would undo.
        if (!IsHangupIgnored()) _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal));
    }

    /// <summary>Cancelled by the first order.</summary>
    public CancellationToken Asked => _asked.Token;

    /// <summary>Waits for the first order.</summary>
    public async Task WaitAsync()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registered = Asked.Register(asked.SetResult);
        await asked.Task;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _asked.Dispose();
    }

    private static bool IsHangupIgnored()
    {
        if (OperatingSystem.IsWindows()) return false;
        // What is in force can only be asked for by replacing it.
        var before = SetHandler(Hangup, Ignored);
        if (before != Ignored) _ = SetHandler(Hangup, before);
        return before == Ignored;
    }

    private void OnSignal(PosixSignalContext context)
    {
        // Without this the runtime would end the process as soon as the handlers return.
        context.Cancel = true;
        // A closed terminal tells it twice, through the shell and by itself, which must not cut off what may finish.
        if (context.Signal == PosixSignal.SIGHUP && Interlocked.Increment(ref _hangups) > 1) return;
        if (Interlocked.Increment(ref _count) > 1) Environment.Exit(ExitCode.Failed);
        _asked.Cancel();
    }

    [LibraryImport("libc", EntryPoint = "signal")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint SetHandler(int signal, nint handler);
}
