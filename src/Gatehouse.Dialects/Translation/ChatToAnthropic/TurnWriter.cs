using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Chat;

namespace Gatehouse.Dialects.Translation.ChatToAnthropic;

/// <summary>
/// Writes the turns of Anthropic's <c>messages</c>: neighbours of one role are one turn, the first is the user's, and so is the last. A turn is opened
/// when its first block comes, so that none is empty. Not thread-safe.
/// </summary>
internal sealed class TurnWriter(ChatToAnthropicRequest request, JsonWriter writer, BlockMap blocks)
{
    private ChatRole? _open;

    /// <summary>Opens a turn unless it is open.</summary>
    public void Open(ChatRole role)
    {
        if (_open == role) return;
        if (_open is null && role == ChatRole.Assistant) WriteFiller("Begin."u8, ChatToAnthropicLosses.FirstMessage);
        Close();
        Begin(role);
    }

    /// <summary>The conversation is over: closes the last turn, and adds one of the user's when it is the model's.</summary>
    public void End()
    {
        if (_open != ChatRole.User && !request.IsRefused)
        {
            var isFirst = _open is null;
            Close();
            // Newer models refuse to go on with a turn of their own; a chat model answers it with another.
            if (isFirst) WriteFiller("Begin."u8, ChatToAnthropicLosses.FirstMessage);
            else WriteFiller("Go on."u8, ChatToAnthropicLosses.LastMessage);
        }

        Close();
    }

    private void Begin(ChatRole role)
    {
        writer.BeginObject();
        writer.String("role"u8, role == ChatRole.User ? "user"u8 : "assistant"u8);
        writer.BeginArray("content"u8);
        _open = role;
    }

    private void Close()
    {
        if (_open is null) return;
        if (_open == ChatRole.User) request.Marks.AfterUserTurn();
        writer.EndArray();
        writer.EndObject();
        _open = null;
    }

    private void WriteFiller(ReadOnlySpan<byte> text, Loss loss)
    {
        request.Lose(loss);
        Begin(ChatRole.User);
        blocks.Begin(0, default, BlockPlace.User);
        blocks.WriteText(text);
    }
}
