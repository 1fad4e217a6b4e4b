using System.Text.Json;
using Gatehouse.Simulator.Sealing;
using Gatehouse.Simulator.Server;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Anthropic;

/// <summary>Refuses what the real Messages endpoint refuses, in its words. Null means the request is good.</summary>
internal static class MessagesCheck
{
    private const int MostCacheMarks = 4;

    /// <summary>Checks headers, fields and the conversation; counting tokens needs no <c>max_tokens</c>.</summary>
    public static ApiError? Check(Call call, Seals seals, bool counting)
    {
        if (call.Http.Headers["anthropic-version"].Count == 0) return ApiError.Invalid("anthropic-version: header is required");
        var root = call.Body;
        if (MessagesFields.Check(root, call.Betas, counting) is { } field) return field;
        List<JsonElement> messages = [.. root.Items("messages")];
        return CheckRanges(root) ?? CheckMessages(call, messages) ?? CheckSystem(root) ?? CheckTools(root) ?? CheckCacheMarks(root)
            ?? ToolPairing.Check(messages) ?? ThinkingCheck.Check(call, messages, seals);
    }

    private static ApiError? CheckRanges(JsonElement root)
    {
        if (root.Text("model") is { Length: 0 }) return ApiError.Invalid("model: String should have at least 1 character");
        if (root.Number("max_tokens") < 1) return ApiError.Invalid("max_tokens: Input should be greater than or equal to 1");
        foreach (var name in new[] { "temperature", "top_p" })
        {
            if (root.Get(name)?.GetDouble() < 0) return ApiError.Invalid($"{name}: Input should be greater than or equal to 0");
            if (root.Get(name)?.GetDouble() > 1) return ApiError.Invalid($"{name}: range: 0..1");
        }
        return root.Items("stop_sequences").Any(s => s.ValueKind != JsonValueKind.String)
            ? ApiError.Invalid("stop_sequences.0: Input should be a valid string")
            : null;
    }

    private static ApiError? CheckMessages(Call call, List<JsonElement> messages)
    {
        if (messages.Count == 0) return ApiError.Invalid("messages: at least one message is required");
        var midConversation = call.Betas.Contains("per-turn-control-", StringComparison.Ordinal)
            || call.Betas.Contains("mid-conversation-", StringComparison.Ordinal);
        for (var i = 0; i < messages.Count; i++)
        {
            if (CheckMessage(messages[i], $"messages.{i}", midConversation, i == messages.Count - 1) is { } error) return error;
        }
        return messages[0].Text("role") == "user" ? null : ApiError.Invalid("messages: first message must use the \"user\" role");
    }

    private static ApiError? CheckMessage(JsonElement message, string place, bool midConversation, bool last)
    {
        if (message.ValueKind != JsonValueKind.Object) return ApiError.Invalid($"{place}: Input should be a valid dictionary");
        var role = message.Text("role");
        if (message.Get("role") is null) return ApiError.Invalid($"{place}.role: Field required");
        if (role == "system" && !midConversation)
            return ApiError.Invalid("messages: Unexpected role \"system\". The Messages API accepts a top-level `system` parameter, not \"system\" as an input message role.");
        if (role is not ("user" or "assistant" or "system"))
            return ApiError.Invalid($"{place}.role: Input should be 'user' or 'assistant'");
        foreach (var field in message.EnumerateObject().Where(f => f.Name is not ("role" or "content") && !midConversation))
            return MessagesFields.Extra($"{place}.{field.Name}");
        if (message.Get("content") is not { } content) return ApiError.Invalid($"{place}.content: Field required");
        if (content.ValueKind is not (JsonValueKind.String or JsonValueKind.Array))
            return ApiError.Invalid($"{place}.content: Input should be a valid list");
        var empty = content.ValueKind == JsonValueKind.String ? content.GetString()!.Length == 0 : content.GetArrayLength() == 0;
        // Only an assistant message at the very end (a prefill) may be empty.
        if (empty && !(last && role == "assistant"))
            return ApiError.Invalid($"{place}: all messages must have non-empty content except for the optional final assistant message");
        return message.Items("content").Select((block, j) => MessagesFields.CheckBlock(block, $"{place}.content.{j}"))
            .FirstOrDefault(e => e is not null);
    }

    private static ApiError? CheckSystem(JsonElement root) =>
        root.Items("system").Select((block, i) => block.Text("type") == "text" && block.Text("text") is not null
            ? MessagesFields.CheckBlock(block, $"system.{i}")
            : ApiError.Invalid($"system.{i}.type: Input should be 'text'")).FirstOrDefault(e => e is not null);

    private static ApiError? CheckTools(JsonElement root)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var index = 0;
        foreach (var tool in root.Items("tools"))
        {
            if (MessagesFields.CheckTool(tool, $"tools.{index++}") is { } error) return error;
            if (tool.Text("name") is { } name && !names.Add(name)) return ApiError.Invalid("tools: Tool names must be unique.");
        }
        if (root.Get("tool_choice") is not { } choice) return null;
        if (choice.Text("type") is not ("auto" or "any" or "tool" or "none"))
            return ApiError.Invalid($"tool_choice: Input tag '{choice.Text("type")}' found using 'type' does not match any of the expected tags: 'auto', 'any', 'tool', 'none'");
        if (choice.Text("type") is "any" or "tool" && names.Count == 0)
            return ApiError.Invalid("tool_choice may only be specified while providing tools.");
        return choice.Text("type") == "tool" && !names.Contains(choice.Text("name") ?? "")
            ? ApiError.Invalid($"tool_choice: Tool '{choice.Text("name")}' not found in provided tools")
            : null;
    }

    private static ApiError? CheckCacheMarks(JsonElement root)
    {
        var marks = root.Items("tools").Concat(root.Items("system")).Concat(root.Items("messages").SelectMany(m => m.Items("content")))
            .Count(b => b.Get("cache_control") is not null);
        return marks <= MostCacheMarks
            ? null : ApiError.Invalid($"A maximum of 4 blocks with cache_control may be provided. Found {marks}.");
    }
}
