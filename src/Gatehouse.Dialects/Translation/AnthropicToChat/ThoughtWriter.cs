using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Anthropic;

namespace Gatehouse.Dialects.Translation.AnthropicToChat;

/// <summary>
/// Writes thinking text as thinking blocks, as far as the client wants to see it, and keeps what the upstream wants back. Each block ends with a
/// signature of ours, which says that its text may be sent back (<see cref="ReasoningEcho"/>). Not thread-safe.
/// </summary>
internal sealed class ThoughtWriter(ChatAttempt attempt, MessagesStream stream) : IDisposable
{
    private readonly PooledBuffer _kept = new();
    private bool _isOpen;

    /// <summary>Writes a piece of thinking, escaped.</summary>
    public void Write(ReadOnlySpan<byte> escaped)
    {
        if (attempt.Thinking != ThinkingDisplay.Shown && attempt.KeepsThinking)
        {
            if (_kept.Length == 0) _kept.Append(ReasoningEcho.TextMark);
            _kept.Append(escaped);
        }

        if (attempt.Thinking == ThinkingDisplay.Off)
        {
            attempt.Lose(MessagesLosses.HiddenThinking);
            return;
        }

        _isOpen = true;
        if (attempt.Thinking == ThinkingDisplay.Shown) stream.Thinking(escaped);
        else stream.OpenThinking();
    }

    /// <summary>Ends the block, if one is open: something else follows.</summary>
    public void Close()
    {
        if (!_isOpen) return;
        _isOpen = false;
        attempt.State.Clear();
        attempt.Context.Seal.Seal(_kept.Length > 0 ? _kept.Written : ReasoningEcho.InBlock, attempt.State);
        stream.Sign(attempt.State.Written);
        _kept.Clear();
    }

    /// <summary>Keeps thinking that the client does not see under the calls of the turn.</summary>
    public void Remember(IReadOnlyList<byte[]> callIds)
    {
        if (_kept.Length == 0) return;
        foreach (var id in callIds) attempt.Context.Memory.Remember(id, _kept.Written);
    }

    /// <inheritdoc/>
    public void Dispose() => _kept.Dispose();
}
