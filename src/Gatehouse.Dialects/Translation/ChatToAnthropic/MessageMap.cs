using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Anthropic;
using Gatehouse.Dialects.Translation.Chat;

namespace Gatehouse.Dialects.Translation.ChatToAnthropic;

/// <summary>
/// Writes the messages of a chat request as Anthropic's <c>system</c> and <c>messages</c>: neighbours of one role are one turn, the results of a
/// turn's calls stand together and first, what is left without its other half is repaired. Writes the same bytes for the same messages, and a
/// longer conversation begins as the shorter one did.
/// </summary>
internal ref struct MessageMap(
    ReadOnlySpan<byte> body, ChatHistory history, ChatToAnthropicRequest request, JsonWriter writer, BlockMap blocks, PooledBuffer ids)
{
    private readonly ReadOnlySpan<byte> _body = body;
    private readonly BlockMap _blocks = blocks;
    private readonly TurnWriter _turns = new(request, writer, blocks);
    private readonly CallMap _calls = new(history, request, writer, blocks, ids);
    private int _first;

    /// <summary>Writes the system messages at the beginning as <c>system</c>; nothing when there are none.</summary>
    public void WriteSystem()
    {
        var begun = false;
        for (; _first < history.Count && IsSystem(_first); _first++)
        {
            var message = history.Message(_body, _first);
            NoteRest(message, _first);
            _blocks.Begin(_first, message.Content, BlockPlace.System);
            foreach (var part in new ChatParts(message.Content))
            {
                if (!_blocks.IsText(part, out var text)) continue;
                if (!begun) writer.BeginArray("system"u8);
                begun = true;
                _blocks.WriteText(text, part);
            }

            _blocks.End(message.CacheControl);
        }

        if (begun) writer.EndArray();
    }

    /// <summary>Writes <c>messages</c>, behind <see cref="WriteSystem"/>.</summary>
    public void WriteMessages()
    {
        writer.BeginArray("messages"u8);
        for (var i = _first; i < history.Count && !request.IsRefused; i++)
        {
            var message = history.Message(_body, i);
            NoteRest(message, i);
            switch (history.Role(i))
            {
                case ChatRole.User: WriteContent(ChatRole.User, message, i); break;
                case ChatRole.Assistant: WriteAssistant(message, i); break;
                case ChatRole.Tool or ChatRole.Function: WriteLooseResult(message, i); break;
                default: WriteLateSystem(message, i); break;
            }
        }

        _turns.End();
        writer.EndArray();
    }

    private readonly bool IsSystem(int index) => history.Role(index) is ChatRole.System or ChatRole.Developer;

    private readonly void NoteRest(ChatMessage message, int index)
    {
        if (message.HasUnknown) request.Lose(ChatLosses.Unknown);
        if (!message.Name.IsNullOrAbsent && history.Role(index) != ChatRole.Function) request.Lose(ChatLosses.MessageName);
    }

    private void WriteContent(ChatRole role, ChatMessage message, int index)
    {
        _blocks.Begin(index, message.Content, role == ChatRole.User ? BlockPlace.User : BlockPlace.Assistant);
        foreach (var part in new ChatParts(message.Content))
        {
            var kind = _blocks.Classify(part, out var text);
            if (kind == PartKind.None) continue;
            _turns.Open(role);
            if (kind == PartKind.Text) _blocks.WriteText(text, part);
            else _blocks.WriteMedia(part, kind);
        }

        // The model's messages go on behind their content.
        if (role == ChatRole.User) _blocks.End(message.CacheControl);
    }

    /// <summary>System messages in between keep their place: moved to the front they would change the prefix that is cached.</summary>
    private void WriteLateSystem(ChatMessage message, int index)
    {
        request.Lose(ChatToAnthropicLosses.LateSystem);
        _blocks.Begin(index, message.Content, BlockPlace.User);
        foreach (var part in new ChatParts(message.Content))
        {
            if (!_blocks.IsText(part, out var text)) continue;
            _turns.Open(ChatRole.User);
            _blocks.WriteReminder(text, part);
        }

        _blocks.End(message.CacheControl);
    }

    private void WriteAssistant(ChatMessage message, int index)
    {
        if (TryRecall(message, out var thinking)) WriteThought(thinking, message, index);
        else WriteContent(ChatRole.Assistant, message, index);
        var refusal = message.Refusal;
        if (refusal.IsString && !ChatText.IsBlank(refusal.Escaped))
        {
            _turns.Open(ChatRole.Assistant);
            _blocks.WriteText(refusal.Escaped);
        }

        request.LoseIfSet(message.Audio, ChatLosses.MessageAudio);
        if (!message.Annotations.IsEmpty) request.Lose(ChatLosses.MessageAnnotations);
        WriteCalls(message, index);
        if (index + 1 == history.Count || history.Role(index + 1) != ChatRole.Assistant) _calls.WriteResults(_body, _turns);
    }

    /// <summary>Writes the calls of a message, and its cache marker on whatever block is its last.</summary>
    private void WriteCalls(ChatMessage message, int index)
    {
        var (hasCalls, isMarked) = (false, false);
        foreach (var call in message.ToolCalls.Items)
        {
            _calls.Write(call, index, _turns);
            (hasCalls, isMarked) = (true, request.Mark(call["cache_control"u8]));
        }

        if (message.FunctionCall.IsObject)
        {
            _calls.WriteFunction(message.FunctionCall, index, _turns);
            (hasCalls, isMarked) = (true, false);
        }

        if (!hasCalls) _blocks.End(message.CacheControl);
        else if (!isMarked) request.Mark(message.CacheControl);
    }

    /// <summary>Looks for what the model thought in a turn, under any of its calls.</summary>
    private readonly bool TryRecall(ChatMessage message, out JsonView thinking)
    {
        thinking = default;
        if (request.Recall(message, out thinking)) return request.Plan.Mode != ThinkingMode.Disabled || HasServerBlocks(thinking);
        var spoken = message.ReasoningContent;
        if (spoken.IsString && !spoken.IsEmpty) request.Lose(ChatLosses.ReasoningContent);
        if (request.Plan.Thinks && !message.ToolCalls.IsEmpty) request.Lose(ChatLosses.ThinkingState);
        return false;
    }

    private static bool HasServerBlocks(JsonView thinking)
    {
        foreach (var block in thinking.Items)
        {
            if (!ThinkingState.IsThinking(block) && !block["type"u8].Is("text"u8)) return true;
        }

        return false;
    }

    /// <summary>Writes a turn with the thinking that was remembered, at its places among the texts.</summary>
    private void WriteThought(JsonView thinking, ChatMessage message, int index)
    {
        var content = message.Content;
        var rest = content.Escaped;
        _blocks.Begin(index, content, BlockPlace.Assistant);
        foreach (var block in thinking.Items)
        {
            if (request.Plan.Mode == ThinkingMode.Disabled && ThinkingState.IsThinking(block)) continue;
            _turns.Open(ChatRole.Assistant);
            if (!block["type"u8].Is("text"u8))
            {
                writer.Raw(block);
                continue;
            }

            var length = block["length"u8].TryInteger(out var characters) ? ChatText.Prefix(rest, characters) : 0;
            if (!ChatText.IsBlank(rest[..length])) _blocks.WriteText(rest[..length]);
            rest = rest[length..];
            // The empty line that the client was sent between two texts.
            if (rest.StartsWith("\\n\\n"u8)) rest = rest[4..];
        }

        if (!content.IsString)
            WriteContent(ChatRole.Assistant, message, index);
        else if (!ChatText.IsBlank(rest))
        {
            _turns.Open(ChatRole.Assistant);
            _blocks.WriteText(rest);
        }
    }

    /// <summary>A result whose call is gone, by compaction perhaps, is told as text: Anthropic refuses it as a result.</summary>
    private void WriteLooseResult(ChatMessage message, int index)
    {
        if (history.CallOf(index) >= 0) return;
        request.Lose(ChatLosses.LooseResult);
        _blocks.Begin(index, message.Content, BlockPlace.User);
        foreach (var part in new ChatParts(message.Content))
        {
            if (!_blocks.IsText(part, out var text)) continue;
            _turns.Open(ChatRole.User);
            _blocks.WriteLooseResult(text, part);
        }

        _blocks.End(message.CacheControl);
    }
}
