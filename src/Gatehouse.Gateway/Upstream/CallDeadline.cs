using System.Collections.Concurrent;

namespace Gatehouse.Gateway.Upstream;

/// <summary>
/// Cancellation sources for the wait until an answer's headers. A source with a timer is dear to make and cheap to reset, so they are
/// lent out again. Thread-safe.
/// </summary>
internal sealed class CallDeadlines : IDisposable
{
    private const int MostKept = 256;
    private readonly ConcurrentQueue<CancellationTokenSource> _idle = new();

    /// <summary>Lends a source that is cancelled after a time, together with the caller, or when nobody waits for the answer's head any more.</summary>
    public CallDeadline Start(TimeSpan after, CancellationToken caller, CancellationToken giveUp)
    {
        if (!_idle.TryDequeue(out var source)) source = new CancellationTokenSource();
        if (after < TimeSpan.FromMilliseconds(int.MaxValue)) source.CancelAfter(after);
        return new CallDeadline(source, Ends(source, caller), Ends(source, giveUp), caller, giveUp);
    }

    /// <summary>Takes a source back; one that was cancelled is dropped.</summary>
    public void Return(in CallDeadline deadline)
    {
        // Waits for a callback that is running, so nothing cancels the source once it serves another call.
        deadline.OnCaller.Dispose();
        deadline.OnGivenUp.Dispose();
        if (deadline.Source.TryReset() && _idle.Count < MostKept) _idle.Enqueue(deadline.Source);
        else deadline.Source.Dispose();
    }

    public void Dispose()
    {
        while (_idle.TryDequeue(out var source)) source.Dispose();
    }

    private static CancellationTokenRegistration Ends(CancellationTokenSource source, CancellationToken cause) =>
        cause.UnsafeRegister(static s => ((CancellationTokenSource)s!).Cancel(), source);
}

/// <summary>One call's wait for its answer.</summary>
internal readonly record struct CallDeadline(
    CancellationTokenSource Source, CancellationTokenRegistration OnCaller, CancellationTokenRegistration OnGivenUp, CancellationToken Caller, CancellationToken GiveUp)
{
    /// <summary>Whether the caller ended the call, or the wait for its answer was given up.</summary>
    public bool CallerLeft => Caller.IsCancellationRequested || GiveUp.IsCancellationRequested;

    /// <summary>Whether the time is up.</summary>
    public bool Passed => Source.IsCancellationRequested && !CallerLeft;
}
