using Microsoft.AspNetCore.Http;

namespace Gatehouse.Control.Api;

/// <summary>
/// Keeps pages of other sites out, whatever token they have: the administration is for programs and for pages that this server itself serves.
/// Origins that the configuration opens the data plane to are other sites here.
/// </summary>
internal static class SameOrigin
{
    /// <summary>Whether a request comes from no page, or from a page of this server.</summary>
    public static bool Is(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"] is [{ } site, ..] && site is not ("same-origin" or "none")) return false;
        foreach (var origin in request.Headers.Origin)
        {
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var from) || !request.Host.HasValue
                || !from.Authority.Equals(new Uri($"{from.Scheme}://{request.Host.Value}").Authority, StringComparison.OrdinalIgnoreCase)) return false;
        }

        return true;
    }
}
