using System.Text.Json;
using Gatehouse.Simulator.OpenAi;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Chat;

/// <summary>Refuses what the real Chat Completions endpoint refuses, in its words. Null means the request is good.</summary>
internal static class ChatCheck
{
    private static readonly string[] s_roles = ["system", "assistant", "user", "function", "tool", "developer"];
    private static readonly string[] s_toolTypes = ["function", "custom"];
    private static readonly string[] s_efforts = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

    /// <summary>Checks fields and the conversation.</summary>
    public static ApiError? Check(JsonElement root)
    {
        if (root.Get("model") is null or { ValueKind: JsonValueKind.String } && string.IsNullOrEmpty(root.Text("model")))
            return ApiError.Invalid("you must provide a model parameter");
        if (OpenAiFields.Check(root, ChatFields.Request) is { } field) return field;
        if (root.Get("messages") is null) return OpenAiFields.Missing("messages");
        List<JsonElement> messages = [.. root.Items("messages")];
        return CheckValues(root) ?? CheckTools(root) ?? CheckMessages(messages) ?? CheckPairing(messages) ?? ChatParts.Check(messages);
    }

    private static ApiError? CheckValues(JsonElement root)
    {
        if (root.Get("stream_options") is not null && !root.IsTrue("stream"))
            return ApiError.Invalid("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options");
        if (root.Get("max_tokens") is not null && root.Get("max_completion_tokens") is not null)
            return ApiError.Invalid("Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.", "max_tokens",
                "invalid_parameter_combination");
        foreach (var stop in root.Items("stop").Where(static stop => stop.ValueKind != JsonValueKind.String)) return OpenAiFields.WrongType("stop", FieldKind.Text, stop);
        if (root.Text("reasoning_effort") is { } effort && !s_efforts.Contains(effort))
            return OpenAiFields.BadValue("reasoning_effort", effort, s_efforts);
        if (OpenAiFields.CheckFormat(root.Get("response_format"), "response_format", "json_schema") is { } format) return format;
        return OpenAiFields.CheckRange(root, "temperature", 0, 2) ?? OpenAiFields.CheckRange(root, "top_p", 0, 1)
            ?? OpenAiFields.CheckRange(root, "n", 1, 128) ?? OpenAiFields.CheckRange(root, "max_tokens", 1, double.MaxValue)
            ?? OpenAiFields.CheckRange(root, "max_completion_tokens", 1, double.MaxValue);
    }

    private static ApiError? CheckTools(JsonElement root)
    {
        var index = 0;
        foreach (var tool in root.Items("tools"))
        {
            var place = $"tools[{index++}]";
            if (tool.Text("type") is not { } type) return OpenAiFields.Missing(place + ".type");
            if (!s_toolTypes.Contains(type)) return OpenAiFields.BadValue(place + ".type", type, s_toolTypes);
            if (tool.Get(type) is not { } inner) return OpenAiFields.Missing($"{place}.{type}");
            if (OpenAiFields.CheckToolName(inner, $"{place}.{type}") is { } error) return error;
        }
        if (OpenAiFields.CheckChoice(root) is { } choice) return choice;
        return root.Get("tool_choice") is not null && index == 0
            ? ApiError.Invalid("Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.", "tool_choice")
            : null;
    }

    private static ApiError? CheckMessages(List<JsonElement> messages)
    {
        if (messages.Count == 0)
            return ApiError.Invalid(
                "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.", "messages",
                "empty_array");
        for (var i = 0; i < messages.Count; i++)
        {
            var (message, place) = (messages[i], $"messages[{i}]");
            if (message.ValueKind != JsonValueKind.Object) return OpenAiFields.WrongType(place, FieldKind.Object, message);
            if (message.Text("role") is not { } role) return OpenAiFields.Missing(place + ".role");
            if (!s_roles.Contains(role)) return OpenAiFields.BadValue(place + ".role", role, s_roles);
            var content = message.Get("content");
            if (content is null && !(role == "assistant" && (
                message.Get("tool_calls") ?? message.Get("function_call") ?? message.Get("refusal") ?? message.Get("audio")) is not null))
                return ApiError.Invalid($"Invalid value for 'content': expected a string, got null.", place + ".content");
            if (content is { } given && !(FieldKind.Text | FieldKind.List).Allows(given))
                return OpenAiFields.WrongType(place + ".content", FieldKind.Text | FieldKind.List, given);
            if (role == "tool" && message.Text("tool_call_id") is null) return OpenAiFields.Missing(place + ".tool_call_id");
        }
        return null;
    }

    private static ApiError? CheckPairing(List<JsonElement> messages)
    {
        var open = new List<string>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < messages.Count; i++)
        {
            if (messages[i].Text("role") == "tool")
            {
                var id = messages[i].Text("tool_call_id")!;
                if (!known.Contains(id))
                {
                    return ApiError.Invalid(
                        "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
                        $"messages.[{i}].role");
                }
                open.Remove(id);
                continue;
            }
            if (Unanswered(open, i) is { } error) return error;
            known.Clear();
            foreach (var call in messages[i].Items("tool_calls"))
            {
                if (call.Text("id") is not { } id) return OpenAiFields.Missing($"messages[{i}].tool_calls[{open.Count}].id");
                if (!known.Add(id)) return ApiError.Invalid($"Duplicate value for 'tool_call_id' of '{id}'.", $"messages[{i}].tool_calls");
                open.Add(id);
            }
        }
        return Unanswered(open, messages.Count);
    }

    private static ApiError? Unanswered(List<string> open, int at) => open.Count == 0 ? null : ApiError.Invalid(
        "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. "
        + $"The following tool_call_ids did not have response messages: {string.Join(", ", open)}", $"messages.[{at}].role");
}
