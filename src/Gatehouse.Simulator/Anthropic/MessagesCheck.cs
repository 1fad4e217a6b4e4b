using System.Text.Json;
using Gatehouse.Simulator.Sealing;
using Gatehouse.Simulator.Server;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Anthropic;

/// <summary>Refuses what the real Messages endpoint refuses, in its words. Null means the request is good.</summary>
internal static class MessagesCheck
{
    /// <summary>Checks headers, fields and the conversation; counting tokens needs no <c>max_tokens</c>.</summary>
    public static ApiError? Check(Call call, Seals seals, bool counting)
    {
        if (call.Http.Headers["anthropic-version"].Count == 0) return ApiError.Invalid("anthropic-version: header is required");
        var root = call.Body;
        if (root.Get("model") is null) return ApiError.Invalid("model: Field required");
        if (root.Get("messages") is not { } messages) return ApiError.Invalid("messages: Field required");
        if (messages.ValueKind != JsonValueKind.Array) return ApiError.Invalid("messages: Input should be a valid list");
        if (messages.GetArrayLength() == 0) return ApiError.Invalid("messages: at least one message is required");
        if (!counting && root.Get("max_tokens") is null) return ApiError.Invalid("max_tokens: Field required");
        return null;
    }
}
