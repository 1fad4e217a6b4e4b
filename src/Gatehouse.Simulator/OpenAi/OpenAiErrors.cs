using System.Text.Json.Nodes;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.OpenAi;

/// <summary>OpenAI's error envelope and the types that go with each status.</summary>
internal static class OpenAiErrors
{
    /// <summary>The body of a refusal.</summary>
    public static JsonObject Envelope(ApiError error) => new() { ["error"] = Inner(error) };

    /// <summary>The object inside the envelope.</summary>
    public static JsonObject Inner(ApiError error) => new()
    {
        ["message"] = error.Message,
        ["type"] = error.Type,
        ["param"] = error.Param,
        ["code"] = error.Code,
    };

    /// <summary>The vendor's error for a status that a fault asks for.</summary>
    public static ApiError ForStatus(int status) => status switch
    {
        400 => ApiError.Invalid("Simulated invalid request.", null, "invalid_value"),
        401 => new ApiError(401, "invalid_request_error",
            "Incorrect API key provided: sk-sim. You can find your API key at https://platform.openai.com/account/api-keys.", null,
            "invalid_api_key"),
        403 => new ApiError(403, "invalid_request_error", "You do not have access to this model.", null, "model_not_found"),
        404 => new ApiError(
            404, "invalid_request_error", "The model does not exist or you do not have access to it.", null, "model_not_found"),
        413 => new ApiError(413, "invalid_request_error", "Request body is too large.", null, "request_too_large"),
        429 => new ApiError(429, "requests", "Rate limit reached for requests. Please try again later.", null, "rate_limit_exceeded"),
        503 => new ApiError(503, "server_error", "The engine is currently overloaded, please try again later", null, null),
        _ => new ApiError(status, "server_error", "The server had an error while processing your request. Sorry about that!", null, null),
    };
}
