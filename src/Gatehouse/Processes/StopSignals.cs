using System.Runtime.InteropServices;
using Gatehouse.CommandLine;

namespace Gatehouse.Processes;

/// <summary>
/// The orders to stop that a process gets from outside: SIGINT and SIGTERM. The first asks it to finish, a second ends it at once. SIGHUP
/// is
/// left as it is: nohup has it ignored, which handling it would undo. One per process, made before the work begins.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _asked = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _count;

    /// <summary>Begins to listen.</summary>
    public StopSignals()
    {
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal));
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

    private void OnSignal(PosixSignalContext context)
    {
        // Without this the runtime would end the process as soon as the handlers return.
        context.Cancel = true;
        if (Interlocked.Increment(ref _count) > 1) Environment.Exit(ExitCode.Failed);
        _asked.Cancel();
    }
}
