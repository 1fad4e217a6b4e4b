using System.Net;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.Gateway.Upstream;

/// <summary>
/// Connections kept by the platform's own HTTP handler: for providers that are called over HTTP/2. A pool that keeps connections, and
/// beside it one that never reuses any, for the second try after a lost connection. Thread-safe.
/// </summary>
internal sealed class HandlerConnections : ProviderConnections
{
    private readonly AddressGuard _guard;
    private readonly CallDeadlines _deadlines;
    private readonly Func<HttpMessageHandler, HttpMessageHandler>? _over;
    private readonly HttpMessageInvoker _pooled;
    private readonly Lock _making = new();
    private HttpMessageInvoker? _fresh;

    /// <summary>Prepares; nothing is connected to yet.</summary>
    /// <param name="provider">Whose connections they are.</param>
    /// <param name="guard">Judges the addresses.</param>
    /// <param name="deadlines">Where the calls' deadlines come from.</param>
    /// <param name="over">Puts a handler over the platform's; tests speak HTTP/2 without TLS.</param>
    public HandlerConnections(Provider provider, AddressGuard guard, CallDeadlines deadlines, Func<HttpMessageHandler, HttpMessageHandler>? over = null)
        : base(provider)
    {
        _guard = guard;
        _deadlines = deadlines;
        _over = over;
        _pooled = Make(lifetime: TimeSpan.FromMinutes(5));
    }

    /// <summary>Makes a new connection for every call: an idle one may have been cut together with the one just lost.</summary>
    private HttpMessageInvoker Fresh
    {
        get
        {
            lock (_making) return _fresh ??= Make(lifetime: TimeSpan.Zero);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask<UpstreamOutcome> SendAsync(
        UpstreamRequest request, ProviderTarget target, CallAddress address, CancellationToken cancellation)
    {
        var credential = request.Credential is null ? null : target.Lend(request.Credential);
        var deadline = _deadlines.Start(UpstreamFaults.MostWait(request.Provider.Deadlines), cancellation, request.GiveUp);
        var outcome = default(UpstreamOutcome);
        try
        {
            for (var again = false; outcome.Answer is null; again = true)
            {
                var call = Call(request, target, address.Uri, credential);
                try
                {
                    var response = await SendAsync(again ? Fresh : _pooled, call, deadline.Source.Token);
                    if (target.Health.WantsDate) target.Health.Dated(response.Headers.Date);
                    outcome = new(new HandlerAnswer(response, target, credential) { SaysNothing = request.SaysNothing }, UpstreamFault.None, null, again ? 2 : 1);
                }
                catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
                {
                    outcome = UpstreamFaults.Read(e, deadline, request, address.Uri) with { Tries = again ? 2 : 1 };
                    if (again || call.AnswerStarted || outcome.Fault != UpstreamFault.ConnectionLost) break;
                }
            }

            return outcome;
        }
        finally
        {
            _deadlines.Return(deadline);
            if (outcome.Answer is null) target.Failed(outcome.Fault, request.SaysNothing);
        }
    }

    /// <inheritdoc/>
    protected override void Close()
    {
        _pooled.Dispose();
        lock (_making) _fresh?.Dispose();
    }

    /// <summary>
    /// Sends a call. Over HTTP/2 the handler tells of an answer, and of a failure, also while it still sends; here both are told of only when it has ended that, for then
    /// the body's memory is given to other calls.
    /// </summary>
    private static async Task<HttpResponseMessage> SendAsync(HttpMessageInvoker connections, UpstreamCall call, CancellationToken cancellation)
    {
        HttpResponseMessage response;
        try
        {
            response = await connections.SendAsync(call, cancellation);
        }
        catch
        {
            await call.Sent.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        if (call.Sent.IsCompleted) return response;

        // The token ends nothing any more once there is an answer; disposing of that does.
        await using (cancellation.UnsafeRegister(static answer => ((HttpResponseMessage)answer!).Dispose(), response))
        {
            await call.Sent.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (!cancellation.IsCancellationRequested) return response;
        response.Dispose();
        throw new OperationCanceledException(cancellation);
    }

    private static UpstreamCall Call(UpstreamRequest request, ProviderTarget target, Uri address, LentCredential? credential)
    {
        var call = new UpstreamCall(HttpMethod.Parse(request.Method), address, request.Provider.Http2);
        if (request.Body.Length > 0 || call.Method == HttpMethod.Post) call.Content = new UpstreamBody(request.Body);
        RequestHeaders.Write(request, target, credential, ref call);
        return call;
    }

    private HttpMessageInvoker Make(TimeSpan lifetime)
    {
        var handler = Handler(lifetime);
        return new HttpMessageInvoker(_over?.Invoke(handler) ?? handler);
    }

    private SocketsHttpHandler Handler(TimeSpan lifetime) => new()
    {
        // A proxy would hide the address that is really reached from the guard.
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        RequestHeaderEncodingSelector = UpstreamCall.RequestEncoding,
        ResponseHeaderEncodingSelector = UpstreamCall.ResponseEncoding,
        ConnectCallback = new UpstreamConnector(Provider, _guard).ConnectAsync,
        ConnectTimeout = Provider.Deadlines.Connect,
        PooledConnectionIdleTimeout = UpstreamConnector.IdleLimit,
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
    };
}
