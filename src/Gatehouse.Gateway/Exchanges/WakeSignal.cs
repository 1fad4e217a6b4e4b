using System.Threading.Tasks.Sources;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>Why a relay loop was woken; several reasons may arrive together.</summary>
[Flags]
internal enum Wake
{
    /// <summary>Nothing yet.</summary>
    None = 0,

    /// <summary>The pending read of the upstream is done.</summary>
    Read = 1,

    /// <summary>The clock found something due: a keep-alive or a deadline.</summary>
    Tick = 2,
}

/// <summary>
/// Lets one loop wait for whichever comes first, a read or the clock, without allocating per wait and without a second writer to the client.
/// One waiter; <see cref="Signal"/> may be called from any thread, and no signal is lost: one that comes while nobody waits is kept.
/// </summary>
internal sealed class WakeSignal : IValueTaskSource<Wake>
{
    private const int Waiting = 1 << 8;
    private const int Reasons = (int)(Wake.Read | Wake.Tick);

    private ManualResetValueTaskSourceCore<Wake> _core;
    private int _state;

    /// <summary>Waits for the next reason; all that have arrived are returned and taken.</summary>
    public ValueTask<Wake> WaitAsync()
    {
        _core.Reset();
        var before = Interlocked.Or(ref _state, Waiting);
        if ((before & Reasons) == 0) return new ValueTask<Wake>(this, _core.Version);
        return new ValueTask<Wake>((Wake)(Interlocked.Exchange(ref _state, 0) & Reasons));
    }

    /// <summary>Gives a reason and wakes the waiter if there is one.</summary>
    public void Signal(Wake reason)
    {
        var before = Interlocked.Or(ref _state, (int)reason);
        // Only the first reason after the waiter came completes it; the exchange takes along those that followed meanwhile.
        if ((before & Waiting) != 0 && (before & Reasons) == 0) _core.SetResult((Wake)(Interlocked.Exchange(ref _state, 0) & Reasons));
    }

    Wake IValueTaskSource<Wake>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<Wake>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<Wake>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags & ~ValueTaskSourceOnCompletedFlags.FlowExecutionContext);
}
