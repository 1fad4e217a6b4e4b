using System.Text.Json;
using Gatehouse.Simulator.OpenAi;
using Gatehouse.Simulator.Sealing;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Responses;

/// <summary>Refuses what the real Responses endpoint refuses, in its words. Null means the request is good.</summary>
internal static class ResponsesCheck
{
    /// <summary>Checks fields and the items sent, then those items behind the ones they continue.</summary>
    public static ApiError? Check(JsonElement root, IReadOnlyList<JsonElement> items, Seals seals)
    {
        if (OpenAiFields.Check(root, ResponsesFields.Request) is { } field) return field;
        if (string.IsNullOrEmpty(root.Text("model"))) return OpenAiFields.Missing("model");
        if (root.Get("input") is null && root.Get("previous_response_id") is null && root.Get("prompt") is null
            && root.Get("conversation") is null)
            return ApiError.Invalid("One of \"input\" or \"previous_response_id\" or 'prompt' or 'conversation' must be provided.", "input",
                "missing_required_parameter");
        return CheckValues(root) ?? CheckTools(root) ?? CheckItems(root, seals) ?? ItemPairing.Check(items);
    }

    private static ApiError? CheckValues(JsonElement root)
    {
        var index = 0;
        foreach (var include in root.Items("include"))
        {
            if (include.ValueKind != JsonValueKind.String || !ResponsesFields.Include.Contains(include.GetString()))
                return OpenAiFields.BadValue($"include[{index}]", include.ToString(), ResponsesFields.Include);
            index++;
        }
        if (root.Get("reasoning")?.Get("effort") is { } effort && (effort.ValueKind != JsonValueKind.String || !ResponsesFields.Efforts.Contains(effort.GetString())))
            return OpenAiFields.BadValue("reasoning.effort", effort.ToString(), ResponsesFields.Efforts);
        if (OpenAiFields.CheckFormat(root.Get("text")?.Get("format"), "text.format", schemaMember: null) is { } format) return format;
        if (root.Get("stream_options") is not null && !root.IsTrue("stream"))
            return ApiError.Invalid("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options");
        return OpenAiFields.CheckRange(root, "max_output_tokens", 16, double.MaxValue) ?? OpenAiFields.CheckRange(root, "temperature", 0, 2)
            ?? OpenAiFields.CheckRange(root, "top_p", 0, 1);
    }

    private static ApiError? CheckTools(JsonElement root)
    {
        var index = 0;
        foreach (var tool in root.Items("tools"))
        {
            var place = $"tools[{index++}]";
            if (tool.Text("type") is not { } type) return OpenAiFields.Missing(place + ".type");
            if (!ResponsesFields.Tools.Contains(type)) return OpenAiFields.BadValue(place + ".type", type, ResponsesFields.Tools);
            if (type is "function" or "custom" or "namespace" && OpenAiFields.CheckToolName(tool, place) is { } error) return error;
        }
        return OpenAiFields.CheckChoice(root);
    }

    private static ApiError? CheckItems(JsonElement root, Seals seals)
    {
        if (root.Get("input") is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() == 0
            && root.Get("previous_response_id") is null)
            return ApiError.Invalid(
                "Invalid 'input': empty array. Expected an array with minimum length 1, but got an empty array instead.", "input",
                "empty_array");
        return root.Items("input").Select((item, i) => CheckItem(item, $"input[{i}]", seals)).FirstOrDefault(e => e is not null);
    }

    private static ApiError? CheckItem(JsonElement item, string place, Seals seals)
    {
        if (item.ValueKind != JsonValueKind.Object) return OpenAiFields.WrongType(place, FieldKind.Object, item);
        var type = item.Text("type") ?? "message";
        if (!ResponsesFields.Items.Contains(type)) return OpenAiFields.BadValue(place, type, ResponsesFields.Items);
        if (type == "message") return CheckMessage(item, place);
        if (type is "reasoning" or "compaction" && item.Text("encrypted_content") is { } closed)
        {
            var kind = type == "reasoning" ? ResponsesItems.ReasoningSeal : StoredResponsesApi.CompactionSeal;
            if (!seals.IsIntact(kind, closed)) return BadSeal(closed);
        }
        if (type is "function_call" or "custom_tool_call" && item.Text("name") is null) return OpenAiFields.Missing(place + ".name");
        if (type == "function_call" && item.Text("arguments") is null) return OpenAiFields.Missing(place + ".arguments");
        if (type is not ("function_call_output" or "custom_tool_call_output") || item.Get("output") is not { } output) return null;
        return (FieldKind.Text | FieldKind.List).Allows(output)
            ? CheckParts(item.Items("output"), place + ".output", ResponsesFields.InputParts)
            : OpenAiFields.WrongType(place + ".output", FieldKind.Text | FieldKind.List, output);
    }

    private static ApiError? CheckMessage(JsonElement item, string place)
    {
        if (item.Text("role") is not { } role) return OpenAiFields.Missing(place + ".role");
        if (!ResponsesFields.Roles.Contains(role)) return OpenAiFields.BadValue(place + ".role", role, ResponsesFields.Roles);
        if (item.Get("content") is not { } content) return OpenAiFields.Missing(place + ".content");
        if (!(FieldKind.Text | FieldKind.List).Allows(content))
            return OpenAiFields.WrongType(place + ".content", FieldKind.Text | FieldKind.List, content);
        var allowed = role == "assistant" ? ResponsesFields.OutputParts : ResponsesFields.InputParts;
        return CheckParts(item.Items("content"), place + ".content", allowed);
    }

    private static ApiError? CheckParts(IEnumerable<JsonElement> parts, string place, string[] allowed)
    {
        var index = 0;
        foreach (var part in parts)
        {
            var at = $"{place}[{index++}]";
            var type = part.Text("type");
            if (!allowed.Contains(type)) return OpenAiFields.BadValue(at, type, allowed);
            if (type is "input_text" or "output_text" && OpenAiFields.CheckText(part, "text", at) is { } error) return error;
        }

        return null;
    }

    private static ApiError BadSeal(string closed)
    {
        var shown = closed.Length <= 12 ? closed : $"{closed[..4]}...{closed[^4..]}";
        return ApiError.Invalid(
            $"The encrypted content {shown} could not be verified. Reason: Encrypted content could not be decrypted or parsed.", null,
            "invalid_encrypted_content");
    }
}
