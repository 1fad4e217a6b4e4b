namespace Gatehouse.Dialects.Errors;

/// <summary>
/// The vendors' own words for each kind of error, which clients match on (platform.claude.com/docs/en/api/errors,
/// platform.openai.com/docs/guides/error-codes).
/// </summary>
internal static class ErrorWords
{
    /// <summary>Anthropic's <c>error.type</c>.</summary>
    public static string Anthropic(ErrorKind kind) => kind switch
    {
        ErrorKind.Authentication => "authentication_error",
        ErrorKind.Permission => "permission_error",
        ErrorKind.NotFound => "not_found_error",
        ErrorKind.TooLarge => "request_too_large",
        ErrorKind.RateLimited or ErrorKind.BudgetSpent => "rate_limit_error",
        ErrorKind.GatewayTimeout => "timeout_error",
        ErrorKind.Unavailable or ErrorKind.Overloaded => "overloaded_error",
        ErrorKind.Internal or ErrorKind.BadGateway => "api_error",
        _ => "invalid_request_error",
    };

    /// <summary>
    /// OpenAI's <c>error.type</c> and <c>error.code</c>. A spent budget has two names: at the word of the Responses interface Codex stops at once and tells
    /// when the budget begins anew; at the older one it stops too, but tells nothing (measured with 0.169).
    /// </summary>
    public static (string Type, string? Code) OpenAi(ErrorKind kind, Dialect dialect = Dialect.OpenAiChat) => kind switch
    {
        ErrorKind.BudgetSpent when dialect == Dialect.OpenAiResponses => ("usage_limit_reached", "usage_limit_reached"),
        ErrorKind.BudgetSpent => ("insufficient_quota", "insufficient_quota"),
        ErrorKind.Authentication => ("invalid_request_error", "invalid_api_key"),
        ErrorKind.Permission => ("invalid_request_error", "insufficient_permissions"),
        ErrorKind.NotFound => ("invalid_request_error", "not_found"),
        ErrorKind.MethodNotAllowed => ("invalid_request_error", "method_not_supported"),
        ErrorKind.TooLarge => ("invalid_request_error", "request_too_large"),
        ErrorKind.UnsupportedMediaType => ("invalid_request_error", "unsupported_content_type"),
        ErrorKind.RateLimited => ("requests", "rate_limit_exceeded"),
        ErrorKind.Internal => ("server_error", "server_error"),
        ErrorKind.BadGateway => ("server_error", "bad_gateway"),
        ErrorKind.Unavailable => ("server_error", "service_unavailable"),
        ErrorKind.GatewayTimeout => ("server_error", "timeout"),
        ErrorKind.Overloaded => ("server_error", "overloaded"),
        _ => ("invalid_request_error", null),
    };
}
