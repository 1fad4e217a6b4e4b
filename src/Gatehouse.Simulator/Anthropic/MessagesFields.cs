using System.Text.Json;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Anthropic;

/// <summary>The fields of a Messages request, of its tools and of its content blocks, and the refusals of wrong ones.</summary>
internal static class MessagesFields
{
    private static readonly Dictionary<string, FieldKind> s_counted = new(StringComparer.Ordinal)
    {
        ["model"] = FieldKind.Text,
        ["messages"] = FieldKind.List,
        ["system"] = FieldKind.Text | FieldKind.List,
        ["tools"] = FieldKind.List,
        ["tool_choice"] = FieldKind.Object,
        ["thinking"] = FieldKind.Object,
        ["context_management"] = FieldKind.Object,
        ["output_config"] = FieldKind.Object,
        ["output_format"] = FieldKind.Object,
        ["mcp_servers"] = FieldKind.List,
        ["speed"] = FieldKind.Text,
        ["cache_control"] = FieldKind.Object,
        ["billing_policy"] = FieldKind.Any,
        ["compaction"] = FieldKind.Object,
    };

    private static readonly Dictionary<string, FieldKind> s_created = new(s_counted, StringComparer.Ordinal)
    {
        ["max_tokens"] = FieldKind.Whole,
        ["stream"] = FieldKind.Flag,
        ["temperature"] = FieldKind.Number,
        ["top_p"] = FieldKind.Number,
        ["top_k"] = FieldKind.Whole,
        ["stop_sequences"] = FieldKind.List,
        ["metadata"] = FieldKind.Object,
        ["service_tier"] = FieldKind.Text,
        ["container"] = FieldKind.Text | FieldKind.Object,
        ["inference_geo"] = FieldKind.Text,
        ["diagnostics"] = FieldKind.Object,
        ["fallbacks"] = FieldKind.List,
        ["fallback_credit_token"] = FieldKind.Text,
        ["thread"] = FieldKind.Object,
    };

    /// <summary>Fields that are known only to callers that name the beta beside them (a part of it).</summary>
    private static readonly Dictionary<string, string[]> s_betas = new(StringComparer.Ordinal)
    {
        ["context_management"] = ["context-management-", "compact-"],
        ["mcp_servers"] = ["mcp-client-"],
        ["billing_policy"] = ["-"],
        ["compaction"] = ["-"],
        ["fallbacks"] = ["-"],
        ["fallback_credit_token"] = ["-"],
        ["thread"] = ["-"],
    };

    private static readonly string[] s_tool =
        ["type", "name", "description", "input_schema", "cache_control", "strict", "defer_loading", "allowed_callers", "input_examples",
            "eager_input_streaming"];

    private static readonly Dictionary<string, string[]> s_blocks = new(StringComparer.Ordinal)
    {
        ["text"] = ["type", "text", "cache_control", "citations"],
        ["image"] = ["type", "source", "cache_control"],
        ["document"] = ["type", "source", "cache_control", "title", "context", "citations"],
        ["thinking"] = ["type", "thinking", "signature"],
        ["redacted_thinking"] = ["type", "data"],
        ["tool_use"] = ["type", "id", "name", "input", "cache_control", "caller", "toolset_name"],
        ["tool_result"] = ["type", "tool_use_id", "content", "is_error", "cache_control", "toolset_name"],
    };

    private static readonly string[] s_otherBlocks =
    [
        "search_result", "server_tool_use", "web_search_tool_result", "web_fetch_tool_result", "code_execution_tool_result",
        "bash_code_execution_tool_result", "text_editor_code_execution_tool_result", "tool_search_tool_result", "mcp_tool_use",
        "mcp_tool_result", "container_upload", "compaction", "tool_reference", "tool_addition", "tool_removal", "browser_state",
        "fallback", "mcp_tool_listing",
    ];

    /// <summary>Checks the fields of the request itself.</summary>
    public static ApiError? Check(JsonElement root, string betas, bool counting)
    {
        var fields = counting ? s_counted : s_created;
        foreach (var name in counting ? new[] { "model", "messages" } : ["model", "messages", "max_tokens"])
        {
            if (!root.TryGetProperty(name, out var value)) return ApiError.Invalid($"{name}: Field required");
            if (value.ValueKind == JsonValueKind.Null) return WrongType(name, fields[name]);
        }
        foreach (var field in root.EnumerateObject())
        {
            var known = fields.TryGetValue(field.Name, out var kind)
                && (!s_betas.TryGetValue(field.Name, out var needed) || needed.Any(n => betas.Contains(n, StringComparison.Ordinal)));
            if (!known) return Extra(field.Name);
            if (!kind.Allows(field.Value)) return WrongType(field.Name, kind);
        }
        return null;
    }

    /// <summary>Checks one tool's fields.</summary>
    public static ApiError? CheckTool(JsonElement tool, string place)
    {
        if (tool.ValueKind != JsonValueKind.Object) return WrongType(place, FieldKind.Object);
        // A type other than custom is a tool that the vendor runs; its fields are its own.
        if (BlockInsides.CheckMark(tool, place) is { } mark) return mark;
        if (tool.Text("type") is not (null or "custom")) return null;
        foreach (var field in tool.EnumerateObject().Where(f => !s_tool.Contains(f.Name))) return Extra($"{place}.custom.{field.Name}");
        if (tool.Text("name") is not { } name) return ApiError.Invalid($"{place}.custom.name: Field required");
        if (name.Length is 0 or > 128 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
            return ApiError.Invalid($"{place}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{{1,128}}$'");
        if (tool.Get("input_schema") is not { ValueKind: JsonValueKind.Object } schema)
            return ApiError.Invalid($"{place}.custom.input_schema: Field required");
        if (schema.Get("type") is null) return ApiError.Invalid($"{place}.custom.input_schema.type: Field required");
        return schema.Text("type") == "object" ? null : ApiError.Invalid($"{place}.custom.input_schema.type: Input should be 'object'");
    }

    /// <summary>Checks one content block's fields and what stands inside.</summary>
    /// <param name="block">The block.</param>
    /// <param name="place">Where it stands.</param>
    /// <param name="mayBeEmpty">Whether its text may be empty, as a tool's may.</param>
    public static ApiError? CheckBlock(JsonElement block, string place, bool mayBeEmpty = false)
    {
        if (block.ValueKind != JsonValueKind.Object) return WrongType(place, FieldKind.Object);
        if (block.Text("type") is not { } type) return ApiError.Invalid($"{place}.type: Field required");
        if (s_otherBlocks.Contains(type)) return null;
        if (!s_blocks.TryGetValue(type, out var fields)) return WrongTag(place, block, s_blocks.Keys.Concat(s_otherBlocks));
        foreach (var field in block.EnumerateObject().Where(f => !fields.Contains(f.Name))) return Extra($"{place}.{type}.{field.Name}");
        var required = type switch
        {
            "text" => ["text"],
            "thinking" => ["thinking", "signature"],
            "redacted_thinking" => ["data"],
            "tool_use" => ["id", "name", "input"],
            "tool_result" => ["tool_use_id"],
            _ => new[] { "source" },
        };
        foreach (var name in required)
        {
            if (block.Get(name) is not { } value) return ApiError.Invalid($"{place}.{type}.{name}: Field required");
            if (name is not ("input" or "source") && value.ValueKind != JsonValueKind.String) return WrongType($"{place}.{type}.{name}", FieldKind.Text);
        }

        if (type == "tool_use" && block.Get("input")!.Value.ValueKind != JsonValueKind.Object)
            return ApiError.Invalid($"{place}.tool_use.input: Input should be a valid dictionary");
        return !mayBeEmpty && type == "text" && block.Text("text") is { Length: 0 }
            ? ApiError.Invalid("messages: text content blocks must be non-empty") : BlockInsides.Check(block, type, place);
    }

    /// <summary>The refusal of a field that does not exist.</summary>
    public static ApiError Extra(string place) => ApiError.Invalid($"{place}: Extra inputs are not permitted");

    /// <summary>The refusal of an object whose <c>type</c> is none of those that may stand there.</summary>
    public static ApiError WrongTag(string place, JsonElement holder, IEnumerable<string> expected) => ApiError.Invalid(
        $"{place}: Input tag '{holder.Text("type")}' found using 'type' does not match any of the expected tags: {string.Join(", ", expected.Select(t => $"'{t}'"))}");

    /// <summary>The refusal of a value of another type.</summary>
    public static ApiError WrongType(string place, FieldKind kind) => ApiError.Invalid($"{place}: Input should be a valid " + kind switch
    {
        FieldKind.Whole => "integer",
        FieldKind.Number => "number",
        FieldKind.Flag => "boolean",
        FieldKind.List => "list",
        FieldKind.Object => "dictionary",
        _ => "string",
    });
}
