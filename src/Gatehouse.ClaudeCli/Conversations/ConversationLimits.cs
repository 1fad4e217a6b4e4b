using Gatehouse.Gateway.Routing;

namespace Gatehouse.ClaudeCli.Conversations;

/// <summary>How many processes are kept for conversations, and for how long.</summary>
/// <param name="Count">How many.</param>
/// <param name="Memory">How much memory they may take together, in bytes.</param>
/// <param name="Idle">How long one is kept that waits for its client's next message.</param>
/// <param name="Hold">How long one is kept that waits for the results of tools.</param>
/// <param name="Lifetime">How long one is kept at all, as soon as no turn runs.</param>
internal sealed record ConversationLimits(int Count, long Memory, TimeSpan Idle, TimeSpan Hold, TimeSpan Lifetime)
{
    /// <summary>Those of a configuration.</summary>
    public static ConversationLimits Of(ProgramSettings settings) =>
        new(settings.MaxProcesses, settings.Memory, settings.Idle, settings.Hold, settings.Lifetime);

    /// <summary>How often to look: often enough that the shortest of them is kept to.</summary>
    public TimeSpan Beat => new[] { Idle, Hold, Lifetime }.Min() / 2;

    /// <summary>Whether a conversation's time is up.</summary>
    public bool IsOver(LiveConversation conversation, TimeProvider time)
    {
        if (conversation.State == ConversationState.Over) return true;
        if (conversation.State == ConversationState.Running) return false;
        var unused = time.GetElapsedTime(conversation.LastUsed);
        return unused > (conversation.State == ConversationState.Waiting ? Hold : Idle) || time.GetElapsedTime(conversation.Begun) > Lifetime;
    }
}
