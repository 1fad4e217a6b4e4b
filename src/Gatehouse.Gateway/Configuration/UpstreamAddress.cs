using System.Net;
using System.Net.Sockets;
using Gatehouse.Dialects;

namespace Gatehouse.Gateway.Configuration;

/// <summary>
/// The rules for the addresses of providers as they stand in the file. What a name resolves to is checked again when a connection is made;
/// here an address that could never be connected to is refused early. Addresses are not repeated in messages: one may hold a password.
/// </summary>
internal static class UpstreamAddress
{
    /// <summary>Reads an address; null, with the fault reported, when it breaks a rule.</summary>
    public static Uri? Read(string text, Dialect dialect, bool allowPrivateNetwork, string path, ConfigNode node, ConfigReport report)
    {
        var (address, fault) = Judge(text, dialect, allowPrivateNetwork);
        if (fault is { } found) report.Add(path, node, found.What, found.Fix);
        return address;
    }

    /// <summary>Holds an address to the rules: it, without a slash at its end, or what is wrong with it and what helps.</summary>
    public static (Uri? Address, (string What, string Fix)? Fault) Judge(string text, Dialect dialect, bool allowPrivateNetwork)
    {
        static (Uri?, (string, string)?) Refuse(string what, string fix) => (null, (what, fix));

        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0)
            return Refuse("is not an http or https address", "Write for example https://api.example.com/v1");
        if (uri.UserInfo.Length > 0)
            return Refuse("holds a user name or password", "Take it out; keys belong into a variable that apiKeyEnv names");
        if (uri.Query.Length > 0 || uri.Fragment.Length > 0)
            return Refuse("has a query or fragment, behind which no path can be put", "Write the address up to the path only");
        if (uri.Scheme == "http" && !IsLoopback(uri))
            return Refuse("is not https, so keys and prompts would travel in clear", "Use https; plain http goes to this machine alone, for example into a tunnel that listens on 127.0.0.1");
        if (!allowPrivateNetwork && IsPrivate(uri))
            return Refuse("is in a private or loopback network", "Set allowPrivateNetwork of this provider to true if that is meant");

        var address = new Uri(uri.AbsoluteUri.TrimEnd('/'));
        if (dialect == Dialect.Anthropic && address.AbsolutePath.EndsWith("/v1", StringComparison.Ordinal))
            return Refuse("ends with /v1, which the anthropic dialect's paths bring themselves", "Write the root before /v1/messages");
        foreach (var tail in (string[])["/messages", "/chat/completions", "/responses"])
            if (address.AbsolutePath.EndsWith(tail, StringComparison.Ordinal))
                return Refuse($"ends with {tail}, which is appended to it", "Write the address before it");
        return (address, null);
    }

    /// <summary>Whether an address says by itself that it stays on this machine: a name that only resolves there may resolve elsewhere tomorrow.</summary>
    private static bool IsLoopback(Uri uri)
    {
        if (string.Equals(uri.Host, "localhost", StringComparison.OrdinalIgnoreCase) || uri.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase))
            return true;
        return IPAddress.TryParse(uri.Host, out var address) && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
    }

    private static bool IsPrivate(Uri uri)
    {
        if (IsLoopback(uri)) return true;
        if (!IPAddress.TryParse(uri.Host, out var address)) return false;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)) return true;
        if (address.AddressFamily == AddressFamily.InterNetworkV6) return address.IsIPv6LinkLocal || address.IsIPv6UniqueLocal;
        var b = address.GetAddressBytes();
        return b[0] == 10 || (b[0] == 172 && b[1] is >= 16 and < 32) || (b[0] == 192 && b[1] == 168) || (b[0] == 169 && b[1] == 254)
            || (b[0] == 100 && b[1] is >= 64 and < 128);
    }
}
