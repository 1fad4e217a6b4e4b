using System.Collections.Concurrent;
using Gatehouse.Gateway.Routing;
using Gatehouse.Gateway.Upstream.Http1;

namespace Gatehouse.Gateway.Upstream;

/// <summary>
/// Calls providers over HTTP. Each provider has connections of its own, made when it is first called and replaced when its definition
/// changes; the old ones close when their last call has ended. Owned by the host; thread-safe.
/// </summary>
/// <param name="guard">Judges the addresses that connections are made to.</param>
/// <param name="health">Hears how the calls went.</param>
/// <param name="time">The clock; the system's when null.</param>
/// <param name="handlerOnly">Whether HTTP/1.1 too goes through the platform's handler: tests hold all ways to the same behaviour.</param>
/// <param name="platformSockets">Whether connections of our own go over the platform's sockets where ours work too.</param>
internal sealed class HttpUpstream(
    AddressGuard guard, UpstreamHealth health, TimeProvider? time = null, bool handlerOnly = false, bool platformSockets = false)
    : IUpstream, IDisposable
{
    private readonly ConcurrentDictionary<string, ProviderTarget> _targets = new(StringComparer.OrdinalIgnoreCase);
    private readonly CallDeadlines _deadlines = new();
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly Lock _replacing = new();
    private bool _disposed;

    /// <inheritdoc/>
    public ValueTask<UpstreamOutcome> SendAsync(UpstreamRequest request, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested || request.GiveUp.IsCancellationRequested) return new(UpstreamFaults.Cancelled());
        var target = Enter(request.Provider);
        if (target.Address(request.Dialect, request.PathAndQuery) is { } address) return target.Connections.SendAsync(request, target, address, cancellation);
        target.Failed(UpstreamFault.AddressRefused, request.SaysNothing);
        return new(new UpstreamOutcome(null, UpstreamFault.AddressRefused, "The path leads out of the provider's address."));
    }

    /// <summary>Drops the connections of a provider made of a user's own credential, once their calls have ended.</summary>
    public void Forget(Provider provider)
    {
        lock (_replacing)
        {
            if (_targets.TryRemove(provider.Name, out var target)) target.Connections.Retire();
        }
    }

    /// <summary>Drops the connections of providers that are no longer configured, once their calls have ended. Users' own are not configured.</summary>
    public void Retain(IReadOnlyCollection<string> providers)
    {
        lock (_replacing)
        {
            foreach (var name in _targets.Keys)
            {
                if (name.StartsWith(Provider.TenantPrefix, StringComparison.Ordinal) || providers.Contains(name, StringComparer.OrdinalIgnoreCase)) continue;
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
            var target = new ProviderTarget(provider, kept ? old!.Connections : Connect(provider), health.Of(provider));
            _targets[provider.Name] = target;
            if (!kept) old?.Connections.Retire();
            return target;
        }
    }

    private ProviderConnections Connect(Provider provider) => provider.Http2 || handlerOnly
        ? new HandlerConnections(provider, guard, _deadlines)
        : new Http1Connections(provider, guard, _time, platformSockets);
}
