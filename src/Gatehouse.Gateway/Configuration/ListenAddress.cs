using System.Net;

namespace Gatehouse.Gateway.Configuration;

/// <summary>An address to listen on. Plain HTTP: TLS belongs to a proxy in front.</summary>
/// <param name="Address">The IP address; null for <c>localhost</c>, which is both loopback addresses.</param>
/// <param name="Port">The port; 0 lets the system choose one.</param>
public sealed record ListenAddress(IPAddress? Address, int Port)
{
    /// <summary><c>http://127.0.0.1:8484</c>.</summary>
    public static ListenAddress Default { get; } = new(IPAddress.Loopback, 8484);

    /// <summary>Whether only this machine can reach it.</summary>
    public bool IsLoopback => Address is null || IPAddress.IsLoopback(Address);

    /// <summary>The address as a URL without a trailing slash.</summary>
    public override string ToString() => $"http://{Host}:{Port}";

    /// <summary>The host as it stands in a URL.</summary>
    public string Host => Address switch
    {
        null => "localhost",
        { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6 } v6 => $"[{v6}]",
        var v4 => v4.ToString(),
    };

    /// <summary>Reads <c>http://HOST:PORT</c>; null with the reason and the fix when it is not such an address.</summary>
    internal static ListenAddress? Parse(string text, out string what, out string fix)
    {
        (what, fix) = ("is not an address of the form http://HOST:PORT", "Write for example http://127.0.0.1:8484");
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri)) return null;
        if (uri.Scheme == Uri.UriSchemeHttps)
        {
            (what, fix) = ("asks for https, which is not served here", "Listen on http and put a proxy that holds the certificate in front");
            return null;
        }

        if (uri.Scheme != Uri.UriSchemeHttp || uri.UserInfo.Length > 0 || uri.PathAndQuery != "/" || uri.Fragment.Length > 0) return null;
        if (string.Equals(uri.Host, "localhost", StringComparison.OrdinalIgnoreCase))
        {
            if (uri.Port != 0) return new ListenAddress(null, uri.Port);
            (what, fix) = ("asks for any free port on localhost, which is two addresses", "Write http://127.0.0.1:0, or a port");
            return null;
        }

        if (IPAddress.TryParse(uri.Host, out var address))
        {
            if (!address.IsIPv4MappedToIPv6) return new ListenAddress(address, uri.Port);
            // The system binds such an address only with sockets that take both families, which the others here don't.
            (what, fix) = ("is an IPv4 address in the form of IPv6, which can't be listened on", $"Write http://{address.MapToIPv4()}:{uri.Port}");
            return null;
        }

        (what, fix) = ("names a host that is neither an IP address nor localhost", "Write the IP address to bind, or http://0.0.0.0:PORT for all of them");
        return null;
    }
}
