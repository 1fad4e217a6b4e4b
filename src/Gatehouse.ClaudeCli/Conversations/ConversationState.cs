namespace Gatehouse.ClaudeCli.Conversations;

/// <summary>Where a conversation stands.</summary>
internal enum ConversationState : byte
{
    /// <summary>A turn is running, or is being prepared.</summary>
    Running,

    /// <summary>The model has called tools; the program waits for their results.</summary>
    Waiting,

    /// <summary>The last turn is over; the program waits for the next message.</summary>
    Ready,

    /// <summary>It can't go on: its process is gone, or does something else than the client saw.</summary>
    Over,
}
