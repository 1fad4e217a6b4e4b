using Gatehouse.Dialects.Translation.Responses;

namespace Gatehouse.Dialects.Translation.ResponsesToChat;

/// <summary>What this edge loses beside what every edge of a Responses client does.</summary>
internal static class ResponsesToChatLosses
{
    public static readonly Loss ReasoningHistory = new("input.reasoning_history", "Earlier reasoning is not shown to the model again: the dialect has no place for it.");
    public static readonly Loss Order = new("input.order", "What the model said behind a tool call of the same turn stands before it.");
    public static readonly Loss FileUrl = new("input.file_url", "A file's address is told as text: the dialect takes only a file itself.");
    public static readonly Loss CacheBreakpoint = new("prompt_cache_breakpoint", "The dialect has no cache breakpoints.");
    public static readonly Loss User = new("user", "Only one id of the user is carried, safety_identifier before user, and none to a provider that takes no such field.");
    public static readonly Loss Choices = new("stream.choices", "Other choices than the first are left out.");
    public static readonly Loss Audio = new("stream.audio", "Audio has no place in the answer.");
    public static readonly Loss Annotations = new("stream.annotations", "Annotations other than citations of web pages are left out.");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Loss> All { get; } =
        [.. ResponsesLosses.All, ReasoningHistory, Order, FileUrl, CacheBreakpoint, User, Choices, Audio, Annotations];
}
