using System.Collections.Concurrent;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.Gateway.Upstream;

/// <summary>
/// Calls providers over HTTP. Each provider has connections of its own, made when it is first called and replaced when its definition
/// changes; the old ones close when their last call has ended. Owned by the host; thread-safe.
/// </summary>
internal sealed class HttpUpstream(AddressGuard guard, UpstreamHealth health) : IUpstream, IDisposable
{
    private readonly ConcurrentDictionary<string, ProviderTarget> _targets = new(StringComparer.OrdinalIgnoreCase);
    private readonly CallDeadlines _deadlines = new();
    private readonly Lock _replacing = new();
    private bool _disposed;

    /// <inheritdoc/>
    public async ValueTask<UpstreamOutcome> SendAsync(UpstreamRequest request, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested) return new(null, UpstreamFault.Cancelled, "The caller ended the call.");
        var target = Enter(request.Provider);
        var outcome = default(UpstreamOutcome);
        try
        {
            outcome = target.Address(request.Dialect, request.PathAndQuery) is { } address
                ? await SendAsync(request, target, address, cancellation)
                : new(null, UpstreamFault.AddressRefused, "The path leads out of the provider's address.");
        }
        finally
        {
            // The answer counts its call out when it is disposed.
            if (outcome.Answer is null) target.Connections.Exit();
        }

        // A call with an answer counts when the answer is over.
        if (outcome.Answer is null) target.Health.Faulted(outcome.Fault);
        return outcome;
    }

    /// <summary>Drops the connections of providers that are no longer configured, once their calls have ended.</summary>
    public void Retain(IReadOnlyCollection<string> providers)
    {
        lock (_replacing)
        {
            foreach (var name in _targets.Keys)
            {
                if (providers.Contains(name, StringComparer.OrdinalIgnoreCase)) continue;
                if (_targets.TryRemove(name, out var target)) target.Connections.Retire();
                health.Forget(name);
            }
        }
    }

    /// <summary>Closes idle connections at once and the others when their calls have ended.</summary>
    public void Dispose()
    {
        lock (_replacing)
        {
            _disposed = true;
            foreach (var target in _targets.Values) target.Connections.Retire();
        }

        _deadlines.Dispose();
    }

    private async ValueTask<UpstreamOutcome> SendAsync(
        UpstreamRequest request, ProviderTarget target, Uri address, CancellationToken cancellation)
    {
        var credential = request.Credential is null ? null : target.Lend(request.Credential);
        var deadline = _deadlines.Start(UpstreamFaults.MostWait(request.Provider.Deadlines), cancellation);
        try
        {
            for (var again = false; ; again = true)
            {
                var call = Call(request, target, address, credential);
                try
                {
                    var line = again ? target.Connections.Fresh : target.Connections.Pooled;
                    var response = await line.SendAsync(call, deadline.Source.Token);
                    target.Health.Dated(response);
                    return new(new HttpUpstreamAnswer(response, target, credential), UpstreamFault.None, null, again ? 2 : 1);
                }
                catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
                {
                    var outcome = UpstreamFaults.Read(e, deadline, request, address);
                    if (again || call.AnswerStarted || outcome.Fault != UpstreamFault.ConnectionLost)
                        return outcome with { Tries = again ? 2 : 1 };
                }
            }
        }
        finally
        {
            _deadlines.Return(deadline);
        }
    }

    private static UpstreamCall Call(UpstreamRequest request, ProviderTarget target, Uri address, LentCredential? credential)
    {
        var call = new UpstreamCall(Method(request.Method), address, request.Provider.Http2);
        if (request.Body.Length > 0 || call.Method == HttpMethod.Post) call.Content = new UpstreamBody(request.Body);
        RequestHeaders.Write(request, target, credential, call);
        return call;
    }

    private static HttpMethod Method(string method) => method switch
    {
        "POST" => HttpMethod.Post,
        "GET" => HttpMethod.Get,
        "DELETE" => HttpMethod.Delete,
        _ => HttpMethod.Parse(method),
    };

    private ProviderTarget Enter(Provider provider)
    {
        while (true)
        {
            if (!_targets.TryGetValue(provider.Name, out var target) || !ReferenceEquals(target.Provider, provider))
                target = Replace(provider);
            if (target.Connections.TryEnter()) return target;
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
        }
    }

    private ProviderTarget Replace(Provider provider)
    {
        lock (_replacing)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _targets.TryGetValue(provider.Name, out var old);
            if (old is not null && ReferenceEquals(old.Provider, provider)) return old;
            var kept = old?.Connections.Serve(provider) == true;
            var target = new ProviderTarget(
                provider, kept ? old!.Connections : new ProviderConnections(provider, guard), health.Of(provider.Name));
            _targets[provider.Name] = target;
            if (!kept) old?.Connections.Retire();
            return target;
        }
    }
}
