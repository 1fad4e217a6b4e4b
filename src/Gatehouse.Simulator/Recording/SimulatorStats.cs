namespace Gatehouse.Simulator.Recording;

/// <summary>Counters over the simulator's life. Any thread may use them.</summary>
public sealed class SimulatorStats
{
    private long _requests;
    private long _openConnections;
    private long _openStreams;
    private long _cancelledStreams;
    private long _cancelledRequests;

    /// <summary>Requests received, the simulator's own routes left out.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>Connections open now.</summary>
    public long OpenConnections => Interlocked.Read(ref _openConnections);

    /// <summary>Event streams being sent now.</summary>
    public long OpenStreams => Interlocked.Read(ref _openStreams);

    /// <summary>Event streams whose caller went away before the end.</summary>
    public long CancelledStreams => Interlocked.Read(ref _cancelledStreams);

    /// <summary>Requests of any kind whose caller went away before the end.</summary>
    public long CancelledRequests => Interlocked.Read(ref _cancelledRequests);

    internal void RequestReceived() => Interlocked.Increment(ref _requests);

    internal void RequestCancelled() => Interlocked.Increment(ref _cancelledRequests);

    internal void ConnectionOpened() => Interlocked.Increment(ref _openConnections);

    internal void ConnectionClosed() => Interlocked.Decrement(ref _openConnections);

    internal void StreamOpened() => Interlocked.Increment(ref _openStreams);

    internal void StreamClosed(bool cancelled)
    {
        Interlocked.Decrement(ref _openStreams);
        if (cancelled) Interlocked.Increment(ref _cancelledStreams);
    }
}
