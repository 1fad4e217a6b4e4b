using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Gatehouse.Gateway.Server;

/// <summary>Cross-origin access: off unless the configuration lists origins. Says nothing about who may call; tokens do.</summary>
internal static class Cors
{
    /// <summary>Answers a preflight of a listed origin, and marks other answers to it as readable. True when the request is finished.</summary>
    public static bool Apply(HttpContext http, IReadOnlyCollection<string> origins)
    {
        if (origins.Count == 0) return false;
        var origin = http.Request.Headers.Origin.ToString();
        if (origin.Length == 0 || !origins.Contains(origin, StringComparer.OrdinalIgnoreCase)) return false;
        // At the last moment: an error of ours clears the headers, and a provider's answer brings its own Vary.
        http.Response.OnStarting(() =>
        {
            var headers = http.Response.Headers;
            headers.AccessControlAllowOrigin = origin;
            headers.Vary = StringValues.Concat(headers.Vary, "Origin");
            headers.AccessControlExposeHeaders = "x-gatehouse-exchange, x-gatehouse-error, request-id, retry-after";
            return Task.CompletedTask;
        });
        if (http.Request.Method != "OPTIONS" || !http.Request.Headers.ContainsKey("Access-Control-Request-Method")) return false;
        var headers = http.Response.Headers;
        headers.AccessControlAllowMethods = "GET, POST, DELETE, HEAD";
        headers.AccessControlAllowHeaders = http.Request.Headers.AccessControlRequestHeaders;
        headers.AccessControlMaxAge = "600";
        http.Response.StatusCode = 204;
        return true;
    }
}
