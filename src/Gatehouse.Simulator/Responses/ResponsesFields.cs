using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Responses;

/// <summary>The fields and the closed lists of values of a Responses request.</summary>
internal static class ResponsesFields
{
    public static readonly IReadOnlyDictionary<string, FieldKind> Request = new Dictionary<string, FieldKind>(StringComparer.Ordinal)
    {
        ["model"] = FieldKind.Text,
        ["input"] = FieldKind.Text | FieldKind.List,
        ["instructions"] = FieldKind.Text | FieldKind.List,
        ["stream"] = FieldKind.Flag,
        ["stream_options"] = FieldKind.Object,
        ["store"] = FieldKind.Flag,
        ["previous_response_id"] = FieldKind.Text,
        ["conversation"] = FieldKind.Text | FieldKind.Object,
        ["include"] = FieldKind.List,
        ["tools"] = FieldKind.List,
        ["tool_choice"] = FieldKind.Text | FieldKind.Object,
        ["parallel_tool_calls"] = FieldKind.Flag,
        ["max_tool_calls"] = FieldKind.Whole,
        ["max_output_tokens"] = FieldKind.Whole,
        ["temperature"] = FieldKind.Number,
        ["top_p"] = FieldKind.Number,
        ["top_logprobs"] = FieldKind.Whole,
        ["truncation"] = FieldKind.Text,
        ["reasoning"] = FieldKind.Object,
        ["text"] = FieldKind.Object,
        ["metadata"] = FieldKind.Object,
        ["user"] = FieldKind.Text,
        ["safety_identifier"] = FieldKind.Text,
        ["prompt_cache_key"] = FieldKind.Text,
        ["prompt_cache_retention"] = FieldKind.Text,
        ["prompt_cache_options"] = FieldKind.Object,
        ["service_tier"] = FieldKind.Text,
        ["background"] = FieldKind.Flag,
        ["prompt"] = FieldKind.Object,
        ["context_management"] = FieldKind.List,
        ["client_metadata"] = FieldKind.Object,
        ["moderation"] = FieldKind.Object,
    };

    public static readonly string[] Include =
    [
        "file_search_call.results", "web_search_call.results", "web_search_call.action.sources", "message.input_image.image_url",
        "computer_call_output.output.image_url", "code_interpreter_call.outputs", "reasoning.encrypted_content",
        "message.output_text.logprobs",
    ];

    public static readonly string[] Tools =
    [
        "function", "custom", "namespace", "tool_search", "web_search", "web_search_2025_08_26", "web_search_preview",
        "web_search_preview_2025_03_11",
        "file_search", "code_interpreter", "computer", "computer_use_preview", "mcp", "image_generation", "local_shell", "shell",
        "apply_patch",
    ];

    public static readonly string[] Items =
    [
        "message", "reasoning", "function_call", "function_call_output", "custom_tool_call", "custom_tool_call_output", "item_reference",
        "compaction",
        "compaction_trigger", "web_search_call", "file_search_call", "computer_call", "computer_call_output", "code_interpreter_call",
        "image_generation_call",
        "local_shell_call", "local_shell_call_output", "shell_call", "shell_call_output", "apply_patch_call", "apply_patch_call_output",
        "mcp_list_tools",
        "mcp_approval_request", "mcp_approval_response", "mcp_call", "tool_search_call", "tool_search_output", "additional_tools",
    ];

    public static readonly string[] Roles = ["assistant", "system", "developer", "user"];

    public static readonly string[] InputParts = ["input_text", "input_image", "input_file", "input_audio"];

    public static readonly string[] OutputParts = ["output_text", "refusal"];

    public static readonly string[] Efforts = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];
}
