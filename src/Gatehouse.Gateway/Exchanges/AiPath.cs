using Gatehouse.Gateway.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>
/// The paths under <c>/ai</c>, where workspaces call: <c>/ai/proxy/{token}/anthropic/v1/…</c> and <c>/ai/proxy/{token}/openai/v1/…</c> with
/// the token in the path, <c>/ai/anthropic/v1/…</c>, <c>/ai/openai/v1/…</c> and <c>/ai/v1/…</c> with it in a header. What follows is matched
/// like the plain paths.
/// </summary>
/// <param name="IsAi">Whether the request came in under <c>/ai</c>.</param>
/// <param name="Token">The token that stood in the path; null when none has its place there.</param>
internal readonly record struct AiPath(bool IsAi, PathToken? Token)
{
    private const string Root = "/ai/";
    private const string Proxy = "/ai/proxy/";

    /// <summary>Whether a path is one of these; the only question that a plain call pays for.</summary>
    public static bool Holds(string path) => path.StartsWith(Root, StringComparison.Ordinal);

    /// <summary>
    /// Takes the beginning, and with it the token, out of the request: from here on neither its path nor its raw target holds it, whatever
    /// reads them. A path that is none of these becomes <c>/ai</c>, at which nothing is served.
    /// </summary>
    public static AiPath Enter(HttpContext http)
    {
        var path = http.Request.Path.Value!;
        PathToken? token = null;
        var rest = path["/ai".Length..];
        if (path.StartsWith(Proxy, StringComparison.Ordinal))
        {
            var end = path.IndexOf('/', Proxy.Length);
            token = new PathToken(end < 0 ? path[Proxy.Length..] : path[Proxy.Length..end]);
            rest = end < 0 ? "" : path[end..];
            // A page made of an answer would tell the address that it stands at to whatever it loads.
            http.Response.OnStarting(static state =>
            {
                ((HttpResponse)state).Headers["Referrer-Policy"] = "no-referrer";
                return Task.CompletedTask;
            }, http.Response);
        }

        if (!IsServed(rest, hasToken: token is not null)) rest = "/ai";
        http.Request.Path = new PathString(rest);
        if (http.Features.Get<IHttpRequestFeature>() is { } request) request.RawTarget = rest;
        return new AiPath(true, token);
    }

    private static bool IsServed(string rest, bool hasToken) =>
        rest.StartsWith("/anthropic/", StringComparison.Ordinal) || rest.StartsWith("/openai/", StringComparison.Ordinal)
        || (!hasToken && rest.StartsWith("/v1/", StringComparison.Ordinal));
}
