using System.Text.Json;
using Gatehouse.Simulator.OpenAi;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Responses;

/// <summary>Every call needs its output and every output its call; a reasoning item needs what it led to.</summary>
internal static class ItemPairing
{
    /// <summary>Checks all items of a conversation.</summary>
    public static ApiError? Check(IReadOnlyList<JsonElement> items)
    {
        foreach (var (call, output, word) in new[]
        {
            ("function_call", "function_call_output", "function call"), ("custom_tool_call", "custom_tool_call_output", "custom tool call"),
        })
        {
            if (CheckPairs(items, call, output, word) is { } error) return error;
        }
        return CheckReasoning(items) ?? CheckIds(items);
    }

    private static ApiError? CheckPairs(IReadOnlyList<JsonElement> items, string call, string output, string word)
    {
        var calls = new HashSet<string>(StringComparer.Ordinal);
        var open = new List<string>();
        for (var i = 0; i < items.Count; i++)
        {
            var type = items[i].Text("type");
            if (type != call && type != output) continue;
            if (items[i].Text("call_id") is not { } id) return OpenAiFields.Missing($"input[{i}].call_id");
            if (type == call)
            {
                if (!calls.Add(id)) return ApiError.Invalid($"Duplicate {word} found with call_id {id}.", "input");
                open.Add(id);
            }
            else if (items[i].Get("output") is null) return OpenAiFields.Missing($"input[{i}].output");
            else if (!calls.Contains(id)) return ApiError.Invalid($"No tool call found for {word} output with call_id {id}.", "input");
            else open.Remove(id);
        }
        return open.Count == 0 ? null : ApiError.Invalid($"No tool output found for {word} {open[0]}.", "input");
    }

    private static ApiError? CheckReasoning(IReadOnlyList<JsonElement> items)
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (items[i].Text("type") != "reasoning") continue;
            var next = i + 1 < items.Count ? items[i + 1].Text("type") ?? "message" : null;
            var follows = next is not null && next != "message" && !next.EndsWith("_output", StringComparison.Ordinal);
            if (next == "message") follows = items[i + 1].Text("role") == "assistant";
            if (!follows) return ApiError.Invalid(
                $"Item '{items[i].Text("id")}' of type 'reasoning' was provided without its required following item.", "input");
        }
        return null;
    }

    private static ApiError? CheckIds(IReadOnlyList<JsonElement> items)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var twice = items.Select(i => i.Text("id")).FirstOrDefault(id => id is not null && !ids.Add(id));
        return twice is null ? null
            : ApiError.Invalid($"Duplicate item found with id {twice}. Remove duplicate items from your input and try again.", "input");
    }
}
