using System.Text;

namespace Gatehouse.Gateway.Upstream;

/// <summary>The address of a call, with the bytes that an HTTP/1.1 request names it by. Immutable.</summary>
internal sealed class CallAddress
{
    public CallAddress(Uri uri)
    {
        Uri = uri;
        IsHttps = uri.Scheme == Uri.UriSchemeHttps;
        Authority = uri.IsDefaultPort ? Host(uri) : FormattableString.Invariant($"{Host(uri)}:{uri.Port}");
        RequestLineEnd = Encoding.Latin1.GetBytes($" {uri.PathAndQuery} HTTP/1.1\r\nhost: {Authority}\r\n");
    }

    /// <summary>The whole address.</summary>
    public Uri Uri { get; }

    /// <summary>Whether it is reached over TLS.</summary>
    public bool IsHttps { get; }

    /// <summary>Host, and port where it is not the scheme's own: the value of <c>host</c>.</summary>
    public string Authority { get; }

    /// <summary>What follows the method: target, version and the host's line.</summary>
    public byte[] RequestLineEnd { get; }

    private static string Host(Uri uri) => uri.HostNameType == UriHostNameType.IPv6 ? $"[{uri.IdnHost}]" : uri.IdnHost;
}
