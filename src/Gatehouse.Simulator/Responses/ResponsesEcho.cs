using System.Text.Json;
using System.Text.Json.Nodes;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Responses;

/// <summary>The settings of a request that every response object repeats, with the vendor's defaults.</summary>
internal static class ResponsesEcho
{
    /// <summary>Reads them off a request.</summary>
    public static JsonObject Of(JsonElement request) => new()
    {
        ["instructions"] = Or(request, "instructions", null),
        ["max_output_tokens"] = Or(request, "max_output_tokens", null),
        ["max_tool_calls"] = Or(request, "max_tool_calls", null),
        ["parallel_tool_calls"] = Or(request, "parallel_tool_calls", true),
        ["previous_response_id"] = Or(request, "previous_response_id", null),
        ["prompt_cache_key"] = Or(request, "prompt_cache_key", null),
        ["reasoning"] = new JsonObject
        {
            ["effort"] = request.Get("reasoning")?.Text("effort"),
            ["summary"] = request.Get("reasoning")?.Text("summary"),
        },
        ["safety_identifier"] = Or(request, "safety_identifier", null),
        ["service_tier"] = "default",
        ["store"] = Or(request, "store", true),
        ["temperature"] = Or(request, "temperature", 1.0),
        ["text"] = TextOf(request),
        ["tool_choice"] = Or(request, "tool_choice", "auto"),
        ["tools"] = Or(request, "tools", new JsonArray()),
        ["top_logprobs"] = Or(request, "top_logprobs", 0),
        ["top_p"] = Or(request, "top_p", 1.0),
        ["truncation"] = Or(request, "truncation", "disabled"),
        ["user"] = Or(request, "user", null),
        ["metadata"] = Or(request, "metadata", new JsonObject()),
    };

    private static JsonNode? Or(JsonElement request, string name, JsonNode? otherwise) =>
        request.Get(name) is { } value ? Json.Copy(value) : otherwise;

    private static JsonObject TextOf(JsonElement request)
    {
        var text = request.Get("text") is { } given ? (JsonObject)Json.Copy(given)! : [];
        if (text["format"] is null) text["format"] = new JsonObject { ["type"] = "text" };
        if (text["verbosity"] is null) text["verbosity"] = "medium";
        return text;
    }
}
