using Gatehouse.Gateway.Routing;

namespace Gatehouse.Gateway.Upstream;

/// <summary>
/// The connections of one provider, kept between calls. Lives until it is retired and its last call has ended; an answer counts its call
/// out when it is disposed of. Thread-safe.
/// </summary>
internal abstract class ProviderConnections(Provider provider)
{
    // Bit 31 marks the connections as retired, the rest counts calls that still use them.
    private const int Retired = int.MinValue;
    private int _state;

    /// <summary>The definition that they were made for.</summary>
    protected Provider Provider => provider;

    /// <summary>
    /// Sends a call that was counted in and returns when the answer's headers are there. A connection that is lost before any sign of an
    /// answer is tried once more, on a new one. Does not throw for what an upstream does.
    /// </summary>
    public abstract ValueTask<UpstreamOutcome> SendAsync(
        UpstreamRequest request, ProviderTarget target, CallAddress address, CancellationToken cancellation);

    /// <summary>Whether these connections also serve a newer definition of the provider.</summary>
    public bool Serve(Provider newer) =>
        newer.AllowPrivateNetwork == provider.AllowPrivateNetwork
        && newer.Http2 == provider.Http2
        && newer.Deadlines.Connect == provider.Deadlines.Connect
        && newer.Endpoints.Count == provider.Endpoints.Count
        && newer.Endpoints.All(e => provider.Endpoints.TryGetValue(e.Key, out var mine) && mine.BaseAddress == e.Value.BaseAddress);

    /// <summary>Counts a call in; false when the connections are retired.</summary>
    public bool TryEnter()
    {
        while (true)
        {
            var state = Volatile.Read(ref _state);
            if (state < 0) return false;
            if (Interlocked.CompareExchange(ref _state, state + 1, state) == state) return true;
        }
    }

    /// <summary>Counts a call out; the last one of retired connections closes them.</summary>
    public void Exit()
    {
        if (Interlocked.Decrement(ref _state) == Retired) Close();
    }

    /// <summary>Lets no further call in, closes idle connections at once and the others when their calls have ended.</summary>
    public void Retire()
    {
        if (Interlocked.Or(ref _state, Retired) == 0) Close();
        else CloseIdle();
    }

    /// <summary>Closes everything; no call uses it any more.</summary>
    protected abstract void Close();

    /// <summary>Closes what lies idle, where that can be told apart.</summary>
    protected virtual void CloseIdle()
    {
    }
}
