using System.Text.Json.Nodes;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Anthropic;

/// <summary>Anthropic's error envelope and the types that go with each status.</summary>
internal static class AnthropicErrors
{
    /// <summary>The body of a refusal.</summary>
    public static JsonObject Envelope(ApiError error, string requestId) => new()
    {
        ["type"] = "error",
        ["error"] = new JsonObject { ["type"] = error.Type, ["message"] = error.Message },
        ["request_id"] = requestId,
    };

    /// <summary>The vendor's error for a status that a fault asks for.</summary>
    public static ApiError ForStatus(int status) => status switch
    {
        400 => ApiError.Invalid("messages: simulated invalid request"),
        401 => new ApiError(401, "authentication_error", "invalid x-api-key"),
        402 => new ApiError(402, "billing_error", "Your credit balance is too low to access the Anthropic API."),
        403 => new ApiError(403, "permission_error", "Your API key does not have permission to use the specified resource."),
        404 => new ApiError(404, "not_found_error", "model: simulated"),
        413 => new ApiError(413, "request_too_large", "Request exceeds the maximum size"),
        429 => new ApiError(429, "rate_limit_error",
            "This request would exceed your organization's rate limit of 50 requests per minute."),
        529 => new ApiError(529, "overloaded_error", "Overloaded"),
        503 => new ApiError(503, "api_error", "Service unavailable"),
        _ => new ApiError(status, "api_error", "Internal server error"),
    };
}
