using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Anthropic;
using Gatehouse.Dialects.Translation.Chat;

namespace Gatehouse.Dialects.Translation.AnthropicToChat;

/// <summary>
/// Writes thinking text as thinking blocks, as far as the client wants to see it, and keeps what the upstream wants back. Each block ends with a
/// signature of ours, which says that its text may be sent back and holds the upstream's own state, if it has any (<see cref="ReasoningEcho"/>). State that
/// came apart from any text gets a block of its own, without text. Not thread-safe.
/// </summary>
internal sealed class ThoughtWriter(ChatAttempt attempt, MessagesStream stream) : IDisposable
{
    private readonly PooledBuffer _kept = new();
    private readonly ReasoningDetails _details = new();
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

    /// <summary>Takes the upstream's own state of what it thinks.</summary>
    public void Take(JsonView details)
    {
        if (attempt.Context.Traits.ReasoningDetails) _details.Take(details);
        else attempt.Lose(MessagesLosses.UnknownPart);
    }

    /// <summary>Ends the block, if one is open: something else follows.</summary>
    public void Close()
    {
        if (!_isOpen) return;
        _isOpen = false;
        Seal();
        stream.Sign(attempt.State.Written);
    }

    /// <summary>Writes state that came apart from any text. To be called where a block may begin.</summary>
    public void CloseLoose()
    {
        Close();
        if (!_details.Any || attempt.Thinking == ThinkingDisplay.Off) return;
        Seal();
        stream.BeginWhole("redacted_thinking"u8).EscapedString("data"u8, attempt.State.Written);
        stream.EndWhole();
    }

    /// <summary>The answer ends. Thinking that the client does not see is kept under the calls of the turn.</summary>
    public void End(IReadOnlyList<byte[]> callIds)
    {
        CloseLoose();
        if (attempt.Thinking != ThinkingDisplay.Off || (_kept.Length == 0 && !_details.Any)) return;
        if (callIds.Count == 0) attempt.Lose(MessagesLosses.HiddenThinking);
        MoveState();
        foreach (var id in callIds) attempt.Context.Memory.Remember(id, _kept.Written);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _kept.Dispose();
        _details.Dispose();
    }

    private void Seal()
    {
        MoveState();
        attempt.State.Clear();
        attempt.Context.Seal.Seal(_kept.Length > 0 ? _kept.Written : ReasoningEcho.InBlock, attempt.State);
        _kept.Clear();
    }

    /// <summary>Makes one state of text and details.</summary>
    private void MoveState()
    {
        if (!_details.Any) return;
        using var whole = new PooledBuffer();
        _details.MoveTo(_kept.Length > 0 ? _kept.Written[1..] : default, whole);
        _kept.Clear();
        _kept.Append(whole.Written);
    }
}
