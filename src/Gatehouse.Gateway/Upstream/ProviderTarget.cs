using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using Gatehouse.Catalog;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Routing;
using Microsoft.Extensions.Primitives;

namespace Gatehouse.Gateway.Upstream;

/// <summary>What calls to one definition of a provider need, worked out once: its addresses, its own headers, its connections. Thread-safe.</summary>
internal sealed class ProviderTarget
{
    /// <summary>Query strings and response ids come from callers, so the table of addresses must not grow with them.</summary>
    private const int MostAddresses = 64;

    private readonly ConcurrentDictionary<(Dialect, string), CallAddress> _addresses = new();
    private readonly ConditionalWeakTable<ProviderCredential, LentCredential> _lent = [];
    private readonly FrozenSet<string> _own;
    private LentCredential? _lentLast;

    public ProviderTarget(Provider provider, ProviderConnections connections, ProviderHealth health)
    {
        Provider = provider;
        Connections = connections;
        Health = health;
        Headers = [.. provider.Headers.Select(h => new KeyValuePair<RequestHeaderName, StringValues>(RequestHeaderName.Of(h.Key), h.Value))];
        _own = provider.Headers.Keys.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }

    public Provider Provider { get; }

    public ProviderConnections Connections { get; }

    public ProviderHealth Health { get; }

    /// <summary>The provider's own headers.</summary>
    public KeyValuePair<RequestHeaderName, StringValues>[] Headers { get; }

    /// <summary>Whether the provider sets this header itself, in place of the caller's.</summary>
    public bool Sets(string name) => _own.Count > 0 && _own.Contains(name);

    /// <summary>Counts out a call that brought no answer.</summary>
    /// <param name="fault">Why it brought none.</param>
    /// <param name="saysNothing">Whether it says nothing about the provider's health.</param>
    public void Failed(UpstreamFault fault, bool saysNothing)
    {
        Connections.Exit();
        if (!saysNothing) Health.Faulted(fault);
    }

    /// <summary>Counts out a call whose answer is over.</summary>
    /// <param name="status">The answer's status.</param>
    /// <param name="broke">A word for how its body broke off; null when it did not.</param>
    /// <param name="saysNothing">Whether it says nothing about the provider's health.</param>
    public void Answered(int status, string? broke, bool saysNothing)
    {
        Connections.Exit();
        if (saysNothing) return;
        if (broke is null) Health.Answered(status);
        else Health.Failed(broke);
    }

    /// <summary>How the credential is presented in a dialect.</summary>
    public AuthStyle Auth(Dialect dialect) => Provider.Endpoints[dialect].Auth;

    /// <summary>A credential as the header values that carry it. The last one is found at once, others by a table that costs ten times as much.</summary>
    public LentCredential Lend(ProviderCredential credential)
    {
        if (Volatile.Read(ref _lentLast) is { } last && ReferenceEquals(last.Of, credential)) return last;
        var lent = _lent.GetValue(credential, static c => new LentCredential(c));
        Volatile.Write(ref _lentLast, lent);
        return lent;
    }

    /// <summary>
    /// The address of a call, or null when the path would leave the endpoint's base: an id such as <c>../../files</c> must not turn a
    /// permitted route into another one.
    /// </summary>
    public CallAddress? Address(Dialect dialect, string pathAndQuery)
    {
        if (_addresses.TryGetValue((dialect, pathAndQuery), out var known)) return known;
        var root = Provider.Endpoints[dialect].BaseAddress;
        if (!Uri.TryCreate(root.AbsoluteUri.TrimEnd('/') + pathAndQuery, UriKind.Absolute, out var address)
            || address.Authority != root.Authority || address.Scheme != root.Scheme
            || !address.AbsolutePath.StartsWith(root.AbsolutePath.TrimEnd('/') + "/", StringComparison.Ordinal)
            || LeavesByDots(pathAndQuery) || address.PathAndQuery.AsSpan().ContainsAnyExceptInRange('!', '~')) return null;
        var call = new CallAddress(address);
        if (_addresses.Count < MostAddresses) _addresses.TryAdd((dialect, pathAndQuery), call);
        return call;
    }

    // Also in the escaped spelling, which the platform leaves alone but a front end may resolve.
    private static bool LeavesByDots(string pathAndQuery)
    {
        var end = pathAndQuery.AsSpan().IndexOfAny('?', '#');
        var path = end < 0 ? pathAndQuery.AsSpan() : pathAndQuery.AsSpan(0, end);
        return path.Contains("..", StringComparison.Ordinal)
            || path.Contains("%2e", StringComparison.OrdinalIgnoreCase)
            || path.Contains('\\');
    }
}
