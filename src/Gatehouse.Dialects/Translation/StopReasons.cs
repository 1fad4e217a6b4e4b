using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation;

/// <summary>Why a model stopped, whatever the dialect that says so.</summary>
internal enum StopReason : byte
{
    /// <summary>It has not stopped, or did not say why.</summary>
    None,

    /// <summary>It was done.</summary>
    EndTurn,

    /// <summary>It wrote a stop string.</summary>
    StopSequence,

    /// <summary>It calls tools.</summary>
    ToolUse,

    /// <summary>The output limit was reached.</summary>
    MaxTokens,

    /// <summary>The context window is full.</summary>
    ContextWindow,

    /// <summary>It refused.</summary>
    Refusal,

    /// <summary>The provider's filter cut it off.</summary>
    ContentFilter,

    /// <summary>A turn with the provider's own tools paused; the client is to send it back as it is.</summary>
    PauseTurn,
}

/// <summary>The one table of stop reasons, both ways. A word that nobody knows counts as an ordinary end: the answer itself is there.</summary>
internal static class StopReasons
{
    /// <summary>Reads Anthropic's <c>stop_reason</c>.</summary>
    public static StopReason FromAnthropic(JsonView word) =>
        !word.IsString ? StopReason.None
        : word.Is("tool_use"u8) ? StopReason.ToolUse
        : word.Is("max_tokens"u8) ? StopReason.MaxTokens
        : word.Is("stop_sequence"u8) ? StopReason.StopSequence
        : word.Is("model_context_window_exceeded"u8) ? StopReason.ContextWindow
        : word.Is("refusal"u8) ? StopReason.Refusal
        : word.Is("pause_turn"u8) ? StopReason.PauseTurn
        : StopReason.EndTurn;

    /// <summary>
    /// Reads a chat choice's <c>finish_reason</c>. Two words say that the host gave up in the middle (OpenRouter's and DeepSeek's): they are no end, so that an
    /// answer with nothing but them counts as broken off.
    /// </summary>
    public static StopReason FromChat(JsonView word) =>
        !word.IsString || word.IsEmpty || word.Is("error"u8) || word.Is("insufficient_system_resource"u8) ? StopReason.None
        : word.Is("tool_calls"u8) || word.Is("function_call"u8) ? StopReason.ToolUse
        : word.Is("length"u8) ? StopReason.MaxTokens
        : word.Is("content_filter"u8) ? StopReason.ContentFilter
        : StopReason.EndTurn;

    /// <summary>Reads a response's end: its <c>incomplete_details.reason</c>, and whether it calls tools of the client's.</summary>
    public static StopReason FromResponses(JsonView response, bool callsTools)
    {
        var reason = response["incomplete_details"u8]["reason"u8];
        return reason.Is("max_output_tokens"u8) ? StopReason.MaxTokens
            : reason.Is("content_filter"u8) ? StopReason.ContentFilter
            : reason.IsString || response["status"u8].Is("incomplete"u8) ? StopReason.MaxTokens
            : callsTools ? StopReason.ToolUse
            : StopReason.EndTurn;
    }

    /// <summary>Anthropic's <c>stop_reason</c>.</summary>
    public static ReadOnlySpan<byte> Anthropic(StopReason reason) => reason switch
    {
        StopReason.ToolUse => "tool_use"u8,
        StopReason.MaxTokens => "max_tokens"u8,
        StopReason.StopSequence => "stop_sequence"u8,
        StopReason.ContextWindow => "model_context_window_exceeded"u8,
        StopReason.Refusal or StopReason.ContentFilter => "refusal"u8,
        StopReason.PauseTurn => "pause_turn"u8,
        _ => "end_turn"u8,
    };

    /// <summary>A chat choice's <c>finish_reason</c>.</summary>
    public static ReadOnlySpan<byte> Chat(StopReason reason) => reason switch
    {
        StopReason.ToolUse => "tool_calls"u8,
        StopReason.MaxTokens or StopReason.ContextWindow => "length"u8,
        StopReason.Refusal or StopReason.ContentFilter => "content_filter"u8,
        _ => "stop"u8,
    };

    /// <summary>A response's <c>incomplete_details.reason</c>; empty when it is <c>completed</c>.</summary>
    public static ReadOnlySpan<byte> ResponsesIncomplete(StopReason reason) => reason switch
    {
        StopReason.MaxTokens or StopReason.ContextWindow => "max_output_tokens"u8,
        StopReason.Refusal or StopReason.ContentFilter => "content_filter"u8,
        _ => default,
    };
}
