namespace Gatehouse.Dialects.Tap;

/// <summary>What a stream event means to the tap.</summary>
internal enum EventKind : byte
{
    /// <summary>Nothing that is read here.</summary>
    Other,

    /// <summary>A piece of the model's output.</summary>
    Content,

    /// <summary>The answer so far: Anthropic's <c>message_start</c>, the life-cycle events of Responses.</summary>
    Start,

    /// <summary>Anthropic's <c>message_delta</c>: stop reason and cumulative usage.</summary>
    Update,

    /// <summary>The answer's last event.</summary>
    Terminal,

    /// <summary>Last event of a failed answer.</summary>
    Failed,

    /// <summary>The upstream's own error event.</summary>
    Error,
}

/// <summary>Reads event names. Anthropic and Responses repeat the name as <c>type</c> inside the data.</summary>
internal static class EventKinds
{
    /// <summary>The kind of an Anthropic event.</summary>
    public static EventKind Anthropic(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("content_block_delta"u8))
            return EventKind.Content;
        if (name.SequenceEqual("message_start"u8))
            return EventKind.Start;
        if (name.SequenceEqual("message_delta"u8))
            return EventKind.Update;
        if (name.SequenceEqual("message_stop"u8))
            return EventKind.Terminal;
        return name.SequenceEqual("error"u8) ? EventKind.Error : EventKind.Other;
    }

    /// <summary>The kind of a Responses event.</summary>
    public static EventKind Responses(ReadOnlySpan<byte> name)
    {
        if (!name.StartsWith("response."u8))
            return name.SequenceEqual("error"u8) ? EventKind.Error : EventKind.Other;
        var word = name["response.".Length..];
        if (word.EndsWith(".delta"u8))
            return EventKind.Content;
        if (word.SequenceEqual("created"u8) || word.SequenceEqual("in_progress"u8) || word.SequenceEqual("queued"u8))
            return EventKind.Start;
        if (word.SequenceEqual("completed"u8) || word.SequenceEqual("incomplete"u8))
            return EventKind.Terminal;
        return word.SequenceEqual("failed"u8) ? EventKind.Failed : EventKind.Other;
    }
}
