using Gatehouse.Dialects.Translation.Chat;

namespace Gatehouse.Dialects.Translation.ChatToResponses;

/// <summary>What a chat client's request and its answer may lose on a Responses upstream, beside what they lose on any.</summary>
internal static class ChatToResponsesLosses
{
    public static readonly Loss Stop = new("stop", "Looked for in the answer's text, which ends there: the model may have written on. An answer that ends so has no usage, and comes without its calls.");
    public static readonly Loss ReasoningHidden = new("answer.reasoning_state", "The state of thinking before an answer without calls is not kept: the next turn does without.");

    public static readonly Loss Summary = new("reasoning.summary", "The provider's organisation may not ask for summaries: what the model thinks is not shown.");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Loss> All { get; } = [.. ChatLosses.All, Stop, ReasoningHidden, Summary];
}
