using System.Collections.Concurrent;
using System.Collections.Frozen;
using Gatehouse.Gateway.Routing;
using Gatehouse.Gateway.Tenancy;

namespace Gatehouse.Gateway.Credentials;

/// <summary>
/// The providers made of users' own credentials, kept while those stand as they are. One that is replaced, switched off or removed is
/// forgotten, and its connections with it, at the next use of any. Thread-safe.
/// </summary>
/// <param name="privateHosts">The private hosts that the operator opened, as configured now.</param>
/// <param name="forget">Told of a provider that is no more.</param>
internal sealed class TenantProviders(Func<FrozenSet<string>> privateHosts, Action<Provider> forget)
{
    private readonly ConcurrentDictionary<string, TenantProvider> _made = new(StringComparer.Ordinal);
    private TenantTable? _pruned;
    private FrozenSet<string>? _judgedBy;

    /// <summary>How many are kept.</summary>
    internal int Count => _made.Count;

    /// <summary>The provider of a credential; null when it leads nowhere, with the reason in words.</summary>
    /// <param name="credential">An opened credential of a kind that may be sent.</param>
    /// <param name="preset">The preset of a bare API key.</param>
    /// <param name="table">The table that the credential is of.</param>
    /// <param name="why">Why there is none.</param>
    public TenantProvider? Find(OpenedCredential credential, string? preset, TenantTable table, out string why)
    {
        var hosts = privateHosts();
        if (!ReferenceEquals(Volatile.Read(ref _pruned), table) || !ReferenceEquals(Volatile.Read(ref _judgedBy), hosts)) Prune(table, hosts);
        why = "";
        if (_made.TryGetValue(credential.Id, out var known) && known.IsOf(credential, preset)) return known;
        if (TenantProvider.Make(credential, preset, hosts, out why) is not { } made) return null;
        return _made.AddOrUpdate(credential.Id, made, (_, other) => other.IsOf(credential, preset) ? other : made);
    }

    private void Prune(TenantTable table, FrozenSet<string> hosts)
    {
        var closed = Volatile.Read(ref _judgedBy) is { } before && !before.SetEquals(hosts);
        Volatile.Write(ref _pruned, table);
        Volatile.Write(ref _judgedBy, hosts);
        foreach (var (id, provider) in _made)
        {
            var stands = !closed && table.FindCredential(id) is { IsActive: true } now && provider.IsOf(now, provider.Provider.Preset);
            if (!stands && _made.TryRemove(new KeyValuePair<string, TenantProvider>(id, provider))) forget(provider.Provider);
        }
    }
}
