using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Gatehouse.Control.Api;

/// <summary>
/// The token in the query of routes whose callers take an address and nothing else. It is moved into a header at once, so that neither the
/// query nor the raw target holds it for whatever reads them later.
/// </summary>
internal static class QueryToken
{
    /// <summary>The query parameter.</summary>
    public const string Name = "token";

    /// <summary>Moves it. Beside another one in a header it counts as a second token, which is refused where it differs.</summary>
    public static void Take(HttpRequest request)
    {
        if (!request.Query.TryGetValue(Name, out var given)) return;
        request.Headers["x-api-key"] = request.Headers.TryGetValue("x-api-key", out var present) ? new([.. present, .. given]) : given;
        request.Query = new QueryCollection(request.Query.Where(static pair => pair.Key != Name).ToDictionary());
        request.QueryString = QueryString.Empty;
        if (request.HttpContext.Features.Get<IHttpRequestFeature>() is { } raw) raw.RawTarget = raw.RawTarget.Split('?', 2)[0];
    }
}
