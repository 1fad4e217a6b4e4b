using Gatehouse.Dialects;
using Gatehouse.Gateway.Upstream;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>The head of an answer whose body is translated: the upstream's headers less those that speak of its body. Stateless.</summary>
internal static class TranslatedHead
{
    /// <summary>
    /// Writes status and headers; the body's length stays open. The status is 200 whatever good one the upstream has: 204 would allow no body, and
    /// an error sets its own.
    /// </summary>
    public static void Write(Exchange exchange, UpstreamAnswer answer, bool clientStreams)
    {
        var response = exchange.Http.Response;
        response.StatusCode = StatusCodes.Status200OK;
        answer.CopyHeadersTo(response.Headers);
        response.Headers.ContentLength = null;
        response.Headers.ContentEncoding = default;
        var (name, foreign) = exchange.Route.Dialect == Dialect.Anthropic ? ("request-id", "x-request-id") : ("x-request-id", "request-id");
        response.Headers.Remove(foreign);
        if (answer.RequestId is { } id) response.Headers[name] = id;
        response.ContentType = clientStreams ? "text/event-stream; charset=utf-8" : "application/json";
        if (clientStreams) response.Headers.CacheControl = "no-cache";
        response.Headers[ErrorReply.ExchangeHeader] = exchange.Record.Id.ToString();
        if (exchange.Record.Losses is { } losses) response.Headers["x-gatehouse-losses"] = losses;
    }
}
