using System.Collections.Concurrent;
using System.Collections.Immutable;
using Gatehouse.Gateway.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Gateway.Upstream;

/// <summary>Whether a provider seems to work.</summary>
internal enum UpstreamState : byte
{
    /// <summary>Too little was heard of it.</summary>
    Unknown,

    /// <summary>It answers.</summary>
    Ok,

    /// <summary>Its last calls all failed.</summary>
    Failing,
}

/// <summary>
/// How the providers fare, from the calls that are made anyway: nothing is probed. Refusals (4xx) never count, for they are the caller's.
/// Written by the upstream and by exchanges whose answer breaks off, read by <c>/health</c> and the metrics. Thread-safe.
/// </summary>
internal sealed class UpstreamHealth(TimeProvider time, ILogger<UpstreamHealth>? logger = null)
{
    private readonly ConcurrentDictionary<string, ProviderHealth> _providers = new(StringComparer.OrdinalIgnoreCase);
    private readonly ILogger _logger = logger ?? NullLogger<UpstreamHealth>.Instance;

    /// <summary>The record of one provider, made when it is first asked for.</summary>
    public ProviderHealth Of(string provider) => _providers.GetOrAdd(provider, name => new ProviderHealth(name, time, _logger));

    /// <summary>The record of a provider; a user's own has one that nobody else sees, and that no log tells of.</summary>
    public ProviderHealth Of(Provider provider) =>
        provider.IsTenant ? new ProviderHealth(provider.Name, time, NullLogger.Instance) : Of(provider.Name);

    /// <summary>All records, by name.</summary>
    public ImmutableArray<ProviderHealth> All() => [.. _providers.Values.OrderBy(p => p.Provider, StringComparer.Ordinal)];

    /// <summary>Forgets a provider that is no longer configured.</summary>
    public void Forget(string provider) => _providers.TryRemove(provider, out _);
}
