using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Gatehouse.Control.Api;

/// <summary>
/// The path of a request as it was sent. The server's own decoded path can't be used: it leaves <c>%2F</c> as it is and takes dots for steps,
/// so that ids with such characters would be others.
/// </summary>
internal static class ApiPath
{
    /// <summary>The segments, each decoded once.</summary>
    public static IReadOnlyList<string> Segments(HttpRequest request)
    {
        var target = request.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        // RFC 9112 §3.2.2: a target may also be a whole address.
        if (!target.StartsWith('/'))
        {
            var authority = target.IndexOf("://", StringComparison.Ordinal);
            var slash = authority < 0 ? -1 : target.IndexOf('/', authority + 3);
            target = slash < 0 ? "/" : target[slash..];
        }

        return [.. target.Split('?', 2)[0].Split('/').Select(Uri.UnescapeDataString)];
    }
}
