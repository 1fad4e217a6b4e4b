using System.Text;
using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Tap;

namespace Gatehouse.Dialects.Translation;

/// <summary>
/// Reads errors as upstreams put them, before a stream and in it, and says them again in the client's dialect: one table of types and statuses, the
/// upstream's own words kept in the message, because people and agents match on them.
/// </summary>
public static class UpstreamErrors
{
    private const int LongestMessage = 8 * 1024;

    /// <summary>An error answer: its status and body, which may be of any shape.</summary>
    /// <param name="client">The dialect of the client that will read it.</param>
    /// <param name="status">The upstream's status.</param>
    /// <param name="body">The body, perhaps cut short.</param>
    /// <param name="provider">The provider's name, for an upstream that gave no words.</param>
    public static DialectError OfAnswer(Dialect client, int status, ReadOnlySpan<byte> body, string provider)
    {
        body = JsonStart.WithoutMark(body);
        var (message, code, param) = JsonView.TryParse(body, out var view) ? Words(view) : (null, null, null);
        message ??= Plain(body, provider, status);
        return Said(client, OfStatus(status), message, code, param);
    }

    /// <summary>An error inside a stream: Anthropic's <c>error</c> event, a chat chunk with <c>error</c>, Responses' <c>error</c> and <c>response.failed</c>.</summary>
    /// <param name="client">The dialect of the client that will read it.</param>
    /// <param name="data">The event's data.</param>
    internal static DialectError OfEvent(Dialect client, JsonView data)
    {
        var (message, code, param) = Words(data["response"u8].IsObject ? data["response"u8] : data);
        var type = data["error"u8]["type"u8].Text();
        var kind = OfWord(code) ?? OfWord(type) ?? OfNumber(data["error"u8]["code"u8]) ?? ErrorKind.BadGateway;
        return Said(client, kind, message ?? "The provider reported an error without words.", code ?? CodeOf(type), param);
    }

    /// <summary>A 2xx answer that is no answer: an error object in spite of its status, or something else.</summary>
    /// <param name="client">The dialect of the client that will read it.</param>
    /// <param name="document">The whole answer.</param>
    public static DialectError OfDocument(Dialect client, ReadOnlySpan<byte> document) =>
        JsonView.TryParse(JsonStart.WithoutMark(document), out var view) && !view["error"u8].IsNullOrAbsent
            ? OfEvent(client, view)
            : new DialectError(ErrorKind.BadGateway, "The provider answered with something that is no answer in its dialect.", "upstream_bad_answer");

    /// <summary>What kind of error a status means.</summary>
    public static ErrorKind OfStatus(int status) => status switch
    {
        401 => ErrorKind.Authentication,
        402 or 403 => ErrorKind.Permission,
        404 => ErrorKind.NotFound,
        405 => ErrorKind.MethodNotAllowed,
        408 or 504 => ErrorKind.GatewayTimeout,
        413 => ErrorKind.TooLarge,
        415 => ErrorKind.UnsupportedMediaType,
        429 => ErrorKind.RateLimited,
        503 => ErrorKind.Unavailable,
        529 => ErrorKind.Overloaded,
        >= 500 => ErrorKind.BadGateway,
        _ => ErrorKind.InvalidRequest,
    };

    /// <summary>OpenRouter gives what goes wrong while the model writes under 200, with the status that it would have had as the code.</summary>
    private static ErrorKind? OfNumber(JsonView code) => code.TryInteger(out var status) && status is >= 400 and < 600 ? OfStatus((int)status) : null;

    private static ErrorKind? OfWord(string? word) => word switch
    {
        "invalid_request_error" or "context_length_exceeded" or "invalid_prompt" => ErrorKind.InvalidRequest,
        "authentication_error" or "invalid_api_key" => ErrorKind.Authentication,
        "permission_error" or "insufficient_permissions" or "billing_error" => ErrorKind.Permission,
        "not_found_error" or "model_not_found" => ErrorKind.NotFound,
        "request_too_large" => ErrorKind.TooLarge,
        "rate_limit_error" or "rate_limit_exceeded" or "insufficient_quota" or "requests" or "tokens" => ErrorKind.RateLimited,
        "overloaded_error" or "overloaded" or "server_is_overloaded" or "slow_down" => ErrorKind.Overloaded,
        "timeout_error" or "timeout" => ErrorKind.GatewayTimeout,
        "api_error" or "server_error" => ErrorKind.BadGateway,
        _ => null,
    };

    /// <summary>
    /// What stands for a type in the <c>code</c> of OpenAI's errors, on which its clients act: null for the kind's own word, so that they meet the ones of
    /// their own dialect; a host's own types stay as they are.
    /// </summary>
    private static string? CodeOf(string? type) => (type, OfWord(type)) switch
    {
        (_, null) => type,
        ("billing_error", _) => "insufficient_quota",
        (_, ErrorKind.BadGateway) => "server_error",
        _ => null,
    };

    private static DialectError Said(Dialect client, ErrorKind kind, string message, string? code, string? param)
    {
        // Agents shrink their history on these words alone: Claude Code on the first, Codex on the code.
        var isTooLong = code == "context_length_exceeded" || message.Contains("prompt is too long", StringComparison.OrdinalIgnoreCase);
        if (isTooLong && client == Dialect.Anthropic && !message.Contains("prompt is too long", StringComparison.OrdinalIgnoreCase))
            message = "prompt is too long: " + message;
        if (isTooLong && client != Dialect.Anthropic) code = "context_length_exceeded";
        return new DialectError(kind, message, client == Dialect.Anthropic ? null : code, client == Dialect.Anthropic ? null : param) { IsProviders = true };
    }

    /// <summary>The words of any error object: <c>{error:{…}}</c>, <c>{error:"…"}</c>, <c>{message}</c>, <c>{detail}</c>, <c>[{error}]</c>.</summary>
    private static (string? Message, string? Code, string? Param) Words(JsonView view)
    {
        foreach (var item in view.Items) return Words(item);
        var error = view["error"u8];
        if (error.IsString) return (Cut(error.Text()), null, null);
        if (!error.IsObject) error = view;
        var message = error["message"u8].Text() ?? error["detail"u8].Text();
        if (message is null && error["detail"u8].IsArray) message = Encoding.UTF8.GetString(error["detail"u8].Raw);
        var code = error["code"u8].Text() ?? (error["type"u8].Is("error"u8) ? null : CodeOf(error["type"u8].Text()));
        return (Cut(message), code, error["param"u8].Text());
    }

    private static string Plain(ReadOnlySpan<byte> body, string provider, int status)
    {
        var text = Encoding.UTF8.GetString(body[..Math.Min(body.Length, 1024)]).Trim();
        // A web page's markup helps nobody.
        return text.Length == 0 || text.StartsWith('<')
            ? $"Provider '{provider}' answered {status} without saying why."
            : $"Provider '{provider}' answered {status}: {text}";
    }

    private static string? Cut(string? text) => text is { Length: > LongestMessage } ? text[..LongestMessage] : string.IsNullOrEmpty(text) ? null : text;
}
