using Gatehouse.Dialects.Translation.Anthropic;

namespace Gatehouse.Dialects.Translation.AnthropicToChat;

/// <summary>What this edge may lose.</summary>
internal static class AnthropicToChatLosses
{
    public static readonly Loss ThinkingHistory = new("thinking.history", "Thinking of earlier turns is left out: the dialect has no place for it, or the model wants it on tool turns only.");
    public static readonly Loss TextOrder = new("messages.order", "Text that stood behind a call of the same turn stands before it.");
    public static readonly Loss Choices = new("answer.choices", "Other choices than the first are left out.");

    /// <summary>Every one.</summary>
    public static IReadOnlyList<Loss> All { get; } =
    [
        .. MessagesLosses.Shared,
        MessagesLosses.Redacted, MessagesLosses.SystemPlace, MessagesLosses.StopSequenceValue, MessagesLosses.Audio,
        ThinkingHistory, TextOrder, Choices,
    ];
}
