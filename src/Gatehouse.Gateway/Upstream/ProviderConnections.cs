using System.Net;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.Gateway.Upstream;

/// <summary>
/// The connections of one provider: a pool that keeps them, and beside it one that never reuses any, for the second try after a lost
/// connection. Lives until it is retired and its last call has ended. Thread-safe.
/// </summary>
internal sealed class ProviderConnections
{
    // Bit 31 marks the pool as retired, the rest counts calls that still use it.
    private const int Retired = int.MinValue;
    private readonly Provider _provider;
    private readonly AddressGuard _guard;
    private readonly HttpMessageInvoker _pooled;
    private readonly Lock _making = new();
    private HttpMessageInvoker? _fresh;
    private int _state;

    public ProviderConnections(Provider provider, AddressGuard guard)
    {
        _provider = provider;
        _guard = guard;
        _pooled = Make(lifetime: TimeSpan.FromMinutes(5));
    }

    /// <summary>Keeps connections and uses them again.</summary>
    public HttpMessageInvoker Pooled => _pooled;

    /// <summary>Makes a new connection for every call: an idle one may have been cut together with the one just lost.</summary>
    public HttpMessageInvoker Fresh
    {
        get
        {
            lock (_making) return _fresh ??= Make(lifetime: TimeSpan.Zero);
        }
    }

    /// <summary>Whether these connections also serve a newer definition of the provider.</summary>
    public bool Serve(Provider provider) =>
        provider.AllowPrivateNetwork == _provider.AllowPrivateNetwork
        && provider.Http2 == _provider.Http2
        && provider.Deadlines.Connect == _provider.Deadlines.Connect
        && provider.Endpoints.Count == _provider.Endpoints.Count
        && provider.Endpoints.All(e => _provider.Endpoints.TryGetValue(e.Key, out var mine) && mine.BaseAddress == e.Value.BaseAddress);

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

    /// <summary>Counts a call out; the last one of a retired pool closes it.</summary>
    public void Exit()
    {
        if (Interlocked.Decrement(ref _state) == Retired) Close();
    }

    /// <summary>Lets no further call in, and closes once the running ones have ended.</summary>
    public void Retire()
    {
        if (Interlocked.Or(ref _state, Retired) == 0) Close();
    }

    private void Close()
    {
        _pooled.Dispose();
        lock (_making) _fresh?.Dispose();
    }

    private HttpMessageInvoker Make(TimeSpan lifetime) => new(new SocketsHttpHandler
    {
        // A proxy would hide the address that is really reached from the guard.
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        RequestHeaderEncodingSelector = UpstreamCall.RequestEncoding,
        ResponseHeaderEncodingSelector = UpstreamCall.ResponseEncoding,
        ConnectCallback = new UpstreamConnector(_provider, _guard).ConnectAsync,
        ConnectTimeout = _provider.Deadlines.Connect,

        // Front ends drop idle connections after 60 s or more; the one who closes first never meets a half-closed one.
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(55),
        PooledConnectionLifetime = lifetime,
        MaxConnectionsPerServer = int.MaxValue,
        MaxResponseHeadersLength = 64,

        // An answer that is left unfinished is closed at once: the provider should stop generating, and be billed no further.
        MaxResponseDrainSize = 0,
        ResponseDrainTimeout = TimeSpan.Zero,

        EnableMultipleHttp2Connections = true,
        InitialHttp2StreamWindowSize = 1024 * 1024,
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        KeepAlivePingDelay = TimeSpan.FromSeconds(60),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
    });
}
