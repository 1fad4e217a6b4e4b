using System.Net;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Gateway.Access;

/// <summary>What decides whether a request without a token may count as coming from a program on this machine.</summary>
internal static class AnonymousLoopback
{
    // A proxy on this machine connects from loopback on behalf of anybody; these headers betray it. None of them ever makes a request
    // loopback.
    private static readonly string[] s_proxyHeaders = ["Forwarded", "X-Real-IP", "Via"];
    private const string ProxyHeaders = "X-Forwarded-";

    /// <summary>Whether the connection itself comes over loopback and nobody says it is passed on for another.</summary>
    public static bool IsLocal(HttpRequest request) =>
        request.HttpContext.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(Unmapped(address)) && !IsPassedOn(request);

    /// <summary>
    /// Whether it comes from this machine, over loopback or, where that is not listened on, from the very address that it goes to: no other machine has it.
    /// Enough for reports on the gateway, not for calls.
    /// </summary>
    public static bool IsFromThisMachine(HttpRequest request) => IsLocal(request)
        || (request.HttpContext.Connection is { RemoteIpAddress: { } from, LocalIpAddress: { } to } && from.Equals(to) && !IsPassedOn(request));

    /// <summary>
    /// Whether a web page may have sent it: any page open in a browser on this machine can reach loopback. Pages can't leave out
    /// <c>Origin</c> on a POST nor forge <c>Sec-Fetch-Site</c>, and need a preflight (which is never granted) for a JSON content type.
    /// </summary>
    public static bool MayBeWebPage(HttpRequest request)
    {
        var headers = request.Headers;
        if (headers.Origin.Count > 0)
        {
            return true;
        }
        // same-site counts as foreign: another port of localhost is the same site.
        foreach (var site in headers["Sec-Fetch-Site"])
        {
            if (site is not ("none" or "same-origin"))
            {
                return true;
            }
        }
        if (!string.IsNullOrEmpty(request.ContentType))
        {
            return !IsJson(request.ContentType);
        }
        return !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsDelete(request.Method));
    }

    private static bool IsPassedOn(HttpRequest request) => s_proxyHeaders.Any(request.Headers.ContainsKey)
        || request.Headers.Keys.Any(static name => name.StartsWith(ProxyHeaders, StringComparison.OrdinalIgnoreCase));

    private static bool IsJson(string? contentType)
    {
        var type = contentType.AsSpan();
        var end = type.IndexOf(';');
        type = (end < 0 ? type : type[..end]).Trim();
        return type.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || (type.StartsWith("application/", StringComparison.OrdinalIgnoreCase) && type.EndsWith("+json", StringComparison.OrdinalIgnoreCase));
    }

    private static IPAddress Unmapped(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
