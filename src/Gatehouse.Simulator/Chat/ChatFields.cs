using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Chat;

/// <summary>The fields of a Chat Completions request.</summary>
internal static class ChatFields
{
    public static readonly IReadOnlyDictionary<string, FieldKind> Request = new Dictionary<string, FieldKind>(StringComparer.Ordinal)
    {
        ["model"] = FieldKind.Text,
        ["messages"] = FieldKind.List,
        ["stream"] = FieldKind.Flag,
        ["stream_options"] = FieldKind.Object,
        ["max_tokens"] = FieldKind.Whole,
        ["max_completion_tokens"] = FieldKind.Whole,
        ["temperature"] = FieldKind.Number,
        ["top_p"] = FieldKind.Number,
        ["n"] = FieldKind.Whole,
        ["stop"] = FieldKind.Text | FieldKind.List,
        ["presence_penalty"] = FieldKind.Number,
        ["frequency_penalty"] = FieldKind.Number,
        ["logit_bias"] = FieldKind.Object,
        ["logprobs"] = FieldKind.Flag,
        ["top_logprobs"] = FieldKind.Whole,
        ["seed"] = FieldKind.Whole,
        ["tools"] = FieldKind.List,
        ["tool_choice"] = FieldKind.Text | FieldKind.Object,
        ["parallel_tool_calls"] = FieldKind.Flag,
        ["functions"] = FieldKind.List,
        ["function_call"] = FieldKind.Text | FieldKind.Object,
        ["response_format"] = FieldKind.Object,
        ["reasoning_effort"] = FieldKind.Text,
        ["verbosity"] = FieldKind.Text,
        ["modalities"] = FieldKind.List,
        ["audio"] = FieldKind.Object,
        ["prediction"] = FieldKind.Object,
        ["metadata"] = FieldKind.Object,
        ["store"] = FieldKind.Flag,
        ["user"] = FieldKind.Text,
        ["service_tier"] = FieldKind.Text,
        ["safety_identifier"] = FieldKind.Text,
        ["prompt_cache_key"] = FieldKind.Text,
        ["prompt_cache_retention"] = FieldKind.Text,
        ["web_search_options"] = FieldKind.Object,
        ["moderation"] = FieldKind.Object,
    };
}
