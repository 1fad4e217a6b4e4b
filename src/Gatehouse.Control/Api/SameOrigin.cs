using Microsoft.AspNetCore.Http;

namespace Gatehouse.Control.Api;

/// <summary>
/// Keeps pages of other sites out, whatever token they have: the administration is for programs and for pages that this server itself serves.
/// Origins that the configuration opens the data plane to are other sites here.
/// </summary>
internal static class SameOrigin
{
    /// <summary>
    /// Under which scheme the caller reached us: a proxy that ends TLS says so. A page can't send that header across sites, for we allow it no header.
    /// </summary>
    public static string Scheme(HttpRequest request) => request.Headers["X-Forwarded-Proto"] == "https" ? "https" : request.Scheme;

    /// <summary>Whether a request comes from no page, or from a page of this server.</summary>
    /// <param name="request">The request.</param>
    /// <param name="own">Origins that are this server too, as configured: a proxy may change the <c>Host</c>.</param>
    public static bool Is(HttpRequest request, IReadOnlyCollection<string> own)
    {
        if (request.Headers["Sec-Fetch-Site"] is [{ } site, ..] && site is not ("same-origin" or "none")) return false;
        foreach (var origin in request.Headers.Origin)
        {
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var from) || !(own.Contains(Text(from)) || IsHost(from, request))) return false;
        }

        return true;
    }

    // A page in the clear is no page of a server that is reached by TLS: whoever stands between could have written it. The other way round, a proxy
    // ended TLS without saying so.
    private static bool IsHost(Uri from, HttpRequest request) =>
        request.Host.HasValue
        && (from.Scheme == "https" || from.Scheme == Scheme(request))
        && Uri.TryCreate($"{from.Scheme}://{request.Host.Value}", UriKind.Absolute, out var here)
        && from.Authority.Equals(here.Authority, StringComparison.OrdinalIgnoreCase);

    private static string Text(Uri origin) => origin.GetLeftPart(UriPartial.Authority).ToLowerInvariant();
}
