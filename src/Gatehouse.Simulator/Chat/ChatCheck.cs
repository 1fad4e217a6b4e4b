using System.Text.Json;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Chat;

/// <summary>Refuses what the real Chat Completions endpoint refuses, in its words. Null means the request is good.</summary>
internal static class ChatCheck
{
    /// <summary>Checks fields and the conversation.</summary>
    public static ApiError? Check(JsonElement root)
    {
        if (root.Get("model") is null) return ApiError.Invalid("you must provide a model parameter");
        if (root.Get("messages") is null) return ApiError.Invalid("Missing required parameter: 'messages'.", "messages", "missing_required_parameter");
        return null;
    }
}
