using System.Diagnostics.CodeAnalysis;

namespace Gatehouse.Gateway.Admission;

/// <summary>Why the gate is closed to a new exchange.</summary>
internal enum GateAnswer : byte
{
    /// <summary>Come in; <see cref="ExchangeGate.Leave"/> must follow.</summary>
    Entered,

    /// <summary>As many exchanges run as are allowed.</summary>
    Full,

    /// <summary>The server is shutting down.</summary>
    Draining,
}

/// <summary>Bounds the exchanges that run at once, and keeps new ones out while the server drains. Thread-safe.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The source has neither a timer nor a handle: there is nothing to release.")]
internal sealed class ExchangeGate
{
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;
    private readonly CancellationTokenSource _timeUp = new();
    private volatile bool _draining;

    /// <summary>Exchanges running now.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Whether <see cref="DrainAsync"/> was called.</summary>
    public bool IsDraining => _draining;

    /// <summary>Whether <see cref="DrainAsync"/> gave up waiting: what still runs is broken off from this side.</summary>
    public bool IsTimeUp => _timeUp.IsCancellationRequested;

    /// <summary>Cancelled then.</summary>
    public CancellationToken TimeUp => _timeUp.Token;

    /// <summary>Lets an exchange in, or says why not.</summary>
    public GateAnswer TryEnter(int limit)
    {
        var now = Interlocked.Increment(ref _running);
        if (!_draining && now <= limit) return GateAnswer.Entered;
        Leave();
        return _draining ? GateAnswer.Draining : GateAnswer.Full;
    }

    /// <summary>Ends an exchange that was let in.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _running) == 0 && _draining) _empty.TrySetResult();
    }

    /// <summary>Keeps new exchanges out and waits until the running ones are done, or the time is up; says whether all were done.</summary>
    public async Task<bool> DrainAsync(TimeSpan limit, TimeProvider time)
    {
        _draining = true;
        // Pairs with the increment in TryEnter: either it sees the flag, or its exchange is counted below.
        Interlocked.MemoryBarrier();
        if (Running == 0) return true;
        try
        {
            await _empty.Task.WaitAsync(limit, time);
            return true;
        }
        catch (TimeoutException)
        {
            await _timeUp.CancelAsync();
            return Running == 0;
        }
    }
}
