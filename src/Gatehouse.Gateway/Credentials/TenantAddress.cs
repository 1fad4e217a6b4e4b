using Gatehouse.Dialects;
using Gatehouse.Gateway.Configuration;

namespace Gatehouse.Gateway.Credentials;

/// <summary>
/// The rules for the host that a user's credential is for. Public https only: a private network is the operator's to open, and only for
/// providers of the configuration file. What a name resolves to is checked again when a connection is made.
/// </summary>
public static class TenantAddress
{
    /// <summary>Reads an address: it, without a slash at its end, or what is wrong with it, in words that do not repeat it.</summary>
    /// <param name="text">What a person gave.</param>
    /// <param name="dialect">What the host speaks.</param>
    /// <param name="allowPrivateNetwork">Whether the operator opened private networks, and plain http in them, to users' credentials.</param>
    public static (Uri? Address, string? Fault) Read(string text, Dialect dialect, bool allowPrivateNetwork)
    {
        var (address, fault) = UpstreamAddress.Judge(text, dialect, allowPrivateNetwork);
        return fault is { } found ? (null, $"The base URL {found.What}.") : (address, null);
    }
}
