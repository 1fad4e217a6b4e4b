using System.Text.Json;
using Gatehouse.Simulator.Sealing;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Responses;

/// <summary>Refuses what the real Responses endpoint refuses, in its words. Null means the request is good.</summary>
internal static class ResponsesCheck
{
    /// <summary>Checks fields, then the items with those that they continue.</summary>
    public static ApiError? Check(JsonElement root, IReadOnlyList<JsonElement> items, Seals seals)
    {
        if (root.Get("model") is null) return ApiError.Invalid("Missing required parameter: 'model'.", "model", "missing_required_parameter");
        return null;
    }
}
