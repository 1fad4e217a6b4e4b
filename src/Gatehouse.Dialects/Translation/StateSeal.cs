using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation;

/// <summary>
/// Seals opaque state that an upstream issued (a thinking signature, redacted thinking, encrypted reasoning) into text that a client carries in
/// a field of its own dialect, and opens it on the next turn. The seal is bound to the provider, the model family and the credential's account: what
/// was issued elsewhere does not open, and is dropped and disclosed, never sent to somebody who didn't make it. Thread-safe.
/// </summary>
public abstract class StateSeal
{
    /// <summary>How every sealed text begins: what doesn't is the client's own or another gateway's, and is not tried.</summary>
    public const string Mark = "gh1.";

    /// <summary>The same as bytes. It needs no escapes in JSON, nor does the rest of a sealed text.</summary>
    public static ReadOnlySpan<byte> MarkBytes => "gh1."u8;

    /// <summary>Appends <see cref="Mark"/> and URL-safe base64 to the output. The same state gives the same text (cached prefixes must not change).</summary>
    public abstract void Seal(ReadOnlySpan<byte> state, PooledBuffer output);

    /// <summary>Appends the state that a sealed text holds. False, with nothing appended, when it is not ours, altered, or of another provider, model or account.</summary>
    public abstract bool TryOpen(ReadOnlySpan<byte> text, PooledBuffer state);
}

/// <summary>
/// Keeps an upstream's opaque state for chat clients, which have no field for it: bounded, with a time limit, sealed at rest, apart for each access
/// token. Keyed by the id of a tool call that the state belongs to. Thread-safe.
/// </summary>
public abstract class ReasoningMemory
{
    /// <summary>Remembers state under each of the tool calls of one turn.</summary>
    /// <param name="toolCallId">The id as the client sees it, plain.</param>
    /// <param name="state">The state; copied.</param>
    public abstract void Remember(ReadOnlySpan<byte> toolCallId, ReadOnlySpan<byte> state);

    /// <summary>Appends the state remembered under a tool call; false when there is none (any more).</summary>
    public abstract bool TryRecall(ReadOnlySpan<byte> toolCallId, PooledBuffer state);
}
