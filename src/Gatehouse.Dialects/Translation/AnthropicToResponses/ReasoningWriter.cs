using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Anthropic;

namespace Gatehouse.Dialects.Translation.AnthropicToResponses;

/// <summary>Writes reasoning items as thinking blocks, as far as the client wants to see them, and carries the items themselves (<see cref="ReasoningCarry"/>).</summary>
internal sealed class ReasoningWriter(ResponsesAttempt attempt, MessagesStream stream) : IDisposable
{
    private readonly PooledBuffer _unseen = new();
    private bool _hasText;
    private bool _isSummary;
    private long _part;

    /// <summary>Begins an item.</summary>
    public void Begin() => (_hasText, _part) = (false, -1);

    /// <summary>Writes a piece of its text. Of an item that has both a summary and its whole text, what came first is shown.</summary>
    public void Write(JsonView delta, JsonView part, bool isSummary)
    {
        if (attempt.Thinking != ThinkingDisplay.Shown || delta.IsEmpty || (_hasText && _isSummary != isSummary)) return;
        _ = part.TryInteger(out var number);
        if (_hasText && number != _part) stream.Thinking("\\n\\n"u8);
        (_hasText, _isSummary, _part) = (true, isSummary, number);
        stream.Thinking(delta.Escaped);
    }

    /// <summary>Ends the item: its block is signed with the item itself, sealed.</summary>
    public void End(JsonView item)
    {
        if (!_hasText) WriteWhole(item);
        var canReturn = ReasoningCarry.CanReturn(item);
        if (!canReturn) attempt.Lose(AnthropicToResponsesLosses.ReasoningState);
        if (attempt.Thinking == ThinkingDisplay.Off)
        {
            attempt.Lose(MessagesLosses.HiddenThinking);
            if (canReturn) Keep(item);
            return;
        }

        attempt.Scratch.Clear();
        attempt.Scratch.Append(ReasoningCarry.ItemMark);
        attempt.Scratch.Append(item.Raw);
        attempt.State.Clear();
        attempt.Context.Seal.Seal(canReturn ? attempt.Scratch.Written : ReasoningCarry.Nothing, attempt.State);
        stream.Sign(attempt.State.Written);
    }

    /// <summary>Carries an item of the provider's own tools: what the client is shown of it is not enough to give it back.</summary>
    public void Carry(JsonView item, byte mark)
    {
        if (attempt.Thinking == ThinkingDisplay.Off)
        {
            Keep(item);
            return;
        }

        attempt.Scratch.Clear();
        attempt.Scratch.Append(mark);
        attempt.Scratch.Append(item.Raw);
        attempt.State.Clear();
        attempt.Context.Seal.Seal(attempt.Scratch.Written, attempt.State);
        var json = stream.BeginWhole("redacted_thinking"u8);
        json.String("data"u8, attempt.State.Written);
        stream.EndWhole();
    }

    /// <summary>Remembers items that the client does not see under the call that follows them.</summary>
    public void Remember(ReadOnlySpan<byte> callId)
    {
        if (_unseen.Length == 0) return;
        attempt.Context.Memory.Remember(callId, _unseen.Written);
        _unseen.Clear();
    }

    /// <inheritdoc/>
    public void Dispose() => _unseen.Dispose();

    private void Keep(JsonView item)
    {
        _unseen.Append(_unseen.Length == 0 ? ReasoningCarry.ItemMark : (byte)',');
        _unseen.Append(item.Raw);
    }

    private void WriteWhole(JsonView item)
    {
        var parts = item["summary"u8].IsEmpty ? item["content"u8] : item["summary"u8];
        foreach (var part in parts.Items)
        {
            if (attempt.Thinking != ThinkingDisplay.Shown || part["text"u8].IsEmpty) continue;
            if (_hasText) stream.Thinking("\\n\\n"u8);
            _hasText = true;
            stream.Thinking(part["text"u8].Escaped);
        }
    }
}
