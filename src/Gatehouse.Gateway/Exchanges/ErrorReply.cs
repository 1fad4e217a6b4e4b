using System.Buffers;
using System.Globalization;
using Gatehouse.Dialects;
using Gatehouse.Dialects.Errors;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>Writes Gatehouse's own errors in the caller's dialect, and the header that names the exchange.</summary>
internal static class ErrorReply
{
    /// <summary>The header under which Gatehouse gives its own id; the upstream's <c>request-id</c> stays as it is.</summary>
    public const string ExchangeHeader = "x-gatehouse-exchange";

    /// <summary>
    /// The header that only our own errors have, with their word: a 401 with it speaks of the Gatehouse token, one without it is the provider's
    /// about its key. No provider can send it; what it says under this prefix stays behind.
    /// </summary>
    public const string ErrorHeader = "x-gatehouse-error";

    /// <summary>Sends a whole error answer. Only while nothing has been sent.</summary>
    /// <param name="http">The request to answer.</param>
    /// <param name="dialect">The caller's dialect.</param>
    /// <param name="error">What to say.</param>
    /// <param name="exchange">The exchange's id, or null before admission.</param>
    /// <param name="retryAfter">When a retry makes sense; null says nothing about it.</param>
    public static async Task SendAsync(HttpContext http, Dialect dialect, DialectError error, Guid? exchange = null, TimeSpan? retryAfter = null)
    {
        var body = new ArrayBufferWriter<byte>(512);
        var requestId = exchange is { } id ? "req_" + id.ToString("N") : null;
        DialectErrors.WriteBody(body, dialect, error, requestId);

        var response = http.Response;
        response.Clear();
        response.StatusCode = error.StatusFor(dialect);
        response.ContentType = "application/json";
        response.ContentLength = body.WrittenCount;
        if (!error.IsProviders) response.Headers[ErrorHeader] = WordOf(error);
        if (exchange is { } known) response.Headers[ExchangeHeader] = known.ToString();
        if (requestId is not null) response.Headers[dialect == Dialect.Anthropic ? "request-id" : "x-request-id"] = requestId;
        if (retryAfter is { } wait) response.Headers.RetryAfter = ((long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        // Agents and the vendors' libraries try a 429 again, up to seven times a minute, unless they are told not to.
        if (error.Kind == ErrorKind.BudgetSpent) response.Headers["x-should-retry"] = "false";
        if (error is { Kind: ErrorKind.Authentication, IsProviders: false }) response.Headers.WWWAuthenticate = "Bearer realm=\"gatehouse\"";
        try
        {
            await WholeAnswer.SendAsync(http, body.WrittenMemory);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The client is gone: nobody is left to tell.
        }
    }

    /// <summary>What <see cref="ErrorHeader"/> says of an error.</summary>
    public static string WordOf(DialectError error) => error.Code ?? Word(error.Kind);

    private static string Word(ErrorKind kind) => kind switch
    {
        ErrorKind.InvalidRequest => "invalid_request",
        ErrorKind.Authentication => "token_refused",
        ErrorKind.Permission => "not_permitted",
        ErrorKind.NotFound => "not_found",
        ErrorKind.MethodNotAllowed => "method_not_supported",
        ErrorKind.TooLarge => "request_too_large",
        ErrorKind.UnsupportedMediaType => "unsupported_content_type",
        ErrorKind.RateLimited => "rate_limited",
        ErrorKind.BudgetSpent => "budget_spent",
        ErrorKind.BadGateway => "bad_gateway",
        ErrorKind.Unavailable => "service_unavailable",
        ErrorKind.GatewayTimeout => "timeout",
        ErrorKind.Overloaded => "overloaded",
        _ => "internal",
    };
}
