using System.Collections.Frozen;
using System.Net;

namespace Gatehouse.Gateway.Server;

/// <summary>
/// Checks the <c>Host</c> header against the addresses that the server is bound to and the names that its operator gave it, so that a page
/// in a browser can't reach a gateway on loopback by pointing a name of its own at 127.0.0.1 (DNS rebinding). Immutable.
/// </summary>
internal sealed class HostCheck
{
    private readonly FrozenSet<string> _names;
    private readonly bool _anyAddress;

    /// <summary>Creates the check.</summary>
    /// <param name="boundHosts">Host parts of the bound addresses.</param>
    /// <param name="configuredNames">Further names, from configuration.</param>
    public HostCheck(IEnumerable<string> boundHosts, IEnumerable<string> configuredNames)
    {
        var names = new HashSet<string>(configuredNames, StringComparer.OrdinalIgnoreCase);
        foreach (var host in boundHosts)
        {
            var bare = host.Trim('[', ']');
            names.Add(bare);
            // Of this name both loopback addresses are bound.
            var isLoopback = bare.Equals("localhost", StringComparison.OrdinalIgnoreCase);
            if (IPAddress.TryParse(bare, out var address))
            {
                isLoopback = IPAddress.IsLoopback(address);
                _anyAddress |= address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
            }

            if (isLoopback) names.UnionWith(["localhost", "127.0.0.1", "::1"]);
        }

        if (_anyAddress) names.Add("localhost");
        _names = names.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Whether a request with this host (without its port) may come in. Bound to all addresses, any literal address may: rebinding needs a name.</summary>
    public bool Allows(string host)
    {
        if (_names.Contains(host)) return true;
        var bare = host.AsSpan().Trim("[]");
        return _names.GetAlternateLookup<ReadOnlySpan<char>>().Contains(bare) || (_anyAddress && IPAddress.TryParse(bare, out _));
    }
}
