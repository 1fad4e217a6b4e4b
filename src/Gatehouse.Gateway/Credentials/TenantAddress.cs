using Gatehouse.Dialects;
using Gatehouse.Gateway.Configuration;

namespace Gatehouse.Gateway.Credentials;

/// <summary>
/// The rules for the host that a user's credential is for. Public https only: hosts in private networks, and plain http on this machine, are the operator's to open, one by
/// one (<c>workspaces.privateHosts</c>). Asked when a credential is stored and again at every use; what a name resolves to is checked again when
/// a connection is made.
/// </summary>
public static class TenantAddress
{
    /// <summary>Reads an address: it, without a slash at its end, or what is wrong with it, in words that do not repeat it.</summary>
    /// <param name="text">What a person gave.</param>
    /// <param name="dialect">What the host speaks.</param>
    /// <param name="privateHosts">The hosts in private networks that the operator opened, each <c>host</c> or <c>host:port</c>.</param>
    public static (Uri? Address, string? Fault) Read(string text, Dialect dialect, IReadOnlyCollection<string> privateHosts)
    {
        var opened = Uri.TryCreate(text, UriKind.Absolute, out var uri) && IsOpened(uri, privateHosts);
        var (address, fault) = UpstreamAddress.Judge(text, dialect, opened);
        return fault is { } found ? (null, $"The base URL {found.What}.") : (address, null);
    }

    /// <summary>Whether the operator opened the host of an address, so that it may lie in a private network.</summary>
    /// <param name="address">The address.</param>
    /// <param name="privateHosts">The hosts that are open, each <c>host</c> or <c>host:port</c>.</param>
    public static bool IsOpened(Uri address, IReadOnlyCollection<string> privateHosts)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(privateHosts);
        foreach (var host in privateHosts)
        {
            if (host.Equals(address.Host, StringComparison.OrdinalIgnoreCase)
                || host.Equals(FormattableString.Invariant($"{address.Host}:{address.Port}"), StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }
}
