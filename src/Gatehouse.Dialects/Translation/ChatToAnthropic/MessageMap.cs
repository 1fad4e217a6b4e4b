using System.Buffers.Text;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Anthropic;
using Gatehouse.Dialects.Translation.Chat;

namespace Gatehouse.Dialects.Translation.ChatToAnthropic;

/// <summary>
/// Writes the messages of a chat request as Anthropic's <c>system</c> and <c>messages</c>: neighbours of one role are one turn, the results of a
/// turn's calls stand together and first, what is left without its other half is repaired. Writes the same bytes for the same messages, and a
/// longer conversation begins as the shorter one did.
/// </summary>
internal ref struct MessageMap(ReadOnlySpan<byte> body, ChatHistory history, ChatToAnthropicRequest request, JsonWriter writer, PooledBuffer ids)
{
    private readonly ReadOnlySpan<byte> _body = body;
    private readonly BlockMap _blocks = new(request, writer);
    private readonly List<PendingCall> _pending = [];
    private readonly HashSet<ulong> _seenIds = [];
    private ChatRole? _open;
    private int _first;
    private int _functionCalls;
    private int _calls;

    /// <summary>Writes the system messages at the beginning as <c>system</c>; nothing when there are none.</summary>
    public void WriteSystem()
    {
        var begun = false;
        for (; _first < history.Count && IsSystem(_first); _first++)
        {
            var message = history.Message(_body, _first);
            LoseName(message);
            _blocks.Begin(_first, message["content"u8], BlockPlace.System);
            foreach (var part in new ChatParts(message["content"u8]))
            {
                if (_blocks.Classify(part, out var text) != PartKind.Text) continue;
                if (!begun) writer.BeginArray("system"u8);
                begun = true;
                _blocks.WriteText(text, part);
            }

            _blocks.End(message["cache_control"u8]);
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
            LoseName(message);
            switch (history.Role(i))
            {
                case ChatRole.User: WriteContent(ChatRole.User, message, i); break;
                case ChatRole.Assistant: WriteAssistant(message, i); break;
                case ChatRole.Tool or ChatRole.Function: WriteLooseResult(message, i); break;
                default: WriteLateSystem(message, i); break;
            }
        }

        if (_open != ChatRole.User && !request.IsRefused)
        {
            var isFirst = _open is null;
            Close();
            // Newer models refuse to go on with a turn of their own; a chat model answers it with another.
            if (isFirst) WriteFiller("Begin."u8, ChatToAnthropicLosses.FirstMessage);
            else WriteFiller("Go on."u8, ChatToAnthropicLosses.LastMessage);
        }

        Close();
        writer.EndArray();
    }

    private readonly bool IsSystem(int index) => history.Role(index) is ChatRole.System or ChatRole.Developer;

    private readonly void LoseName(JsonView message)
    {
        if (!message["name"u8].IsNullOrAbsent && !message["role"u8].Is("function"u8)) request.Lose(ChatLosses.MessageName);
    }

    /// <summary>Opens a turn unless it is open. A conversation must begin with the user.</summary>
    private void Open(ChatRole role)
    {
        if (_open == role) return;
        if (_open is null && role == ChatRole.Assistant) WriteFiller("Begin."u8, ChatToAnthropicLosses.FirstMessage);
        Close();
        BeginTurn(role);
    }

    private void BeginTurn(ChatRole role)
    {
        writer.BeginObject();
        writer.String("role"u8, role == ChatRole.User ? "user"u8 : "assistant"u8);
        writer.BeginArray("content"u8);
        _open = role;
    }

    /// <summary>Writes a turn of the user's where the dialect demands one and the client has none.</summary>
    private void WriteFiller(ReadOnlySpan<byte> text, Loss loss)
    {
        request.Lose(loss);
        BeginTurn(ChatRole.User);
        _blocks.Begin(0, default, BlockPlace.User);
        _blocks.WriteText(text);
    }

    private void Close()
    {
        if (_open is null) return;
        if (_open == ChatRole.User) request.Marks.AfterUserTurn();
        writer.EndArray();
        writer.EndObject();
        _open = null;
    }

    private void WriteContent(ChatRole role, JsonView message, int index)
    {
        _blocks.Begin(index, message["content"u8], role == ChatRole.User ? BlockPlace.User : BlockPlace.Assistant);
        foreach (var part in new ChatParts(message["content"u8]))
        {
            var kind = _blocks.Classify(part, out var text);
            if (kind == PartKind.None) continue;
            Open(role);
            if (kind == PartKind.Text) _blocks.WriteText(text, part);
            else _blocks.WriteMedia(part, kind);
        }

        _blocks.End(message["cache_control"u8]);
    }

    /// <summary>System messages in between keep their place: moved to the front they would change the prefix that is cached.</summary>
    private void WriteLateSystem(JsonView message, int index)
    {
        request.Lose(ChatToAnthropicLosses.LateSystem);
        _blocks.Begin(index, message["content"u8], BlockPlace.User);
        foreach (var part in new ChatParts(message["content"u8]))
        {
            if (_blocks.Classify(part, out var text) != PartKind.Text) continue;
            Open(ChatRole.User);
            _blocks.WriteReminder(text, part);
        }

        _blocks.End(message["cache_control"u8]);
    }

    private void WriteAssistant(JsonView message, int index)
    {
        if (TryRecall(message, out var thinking)) WriteThought(thinking, message, index);
        else WriteContent(ChatRole.Assistant, message, index);
        var refusal = message["refusal"u8];
        if (refusal.IsString && !ChatText.IsBlank(refusal.Escaped))
        {
            Open(ChatRole.Assistant);
            _blocks.WriteText(refusal.Escaped);
        }

        request.LoseIfSet(message["audio"u8], ChatLosses.MessageAudio);
        if (!message["annotations"u8].IsEmpty) request.Lose(ChatLosses.MessageAnnotations);
        foreach (var call in message["tool_calls"u8].Items) WriteToolCall(call, index);
        if (message["function_call"u8].IsObject) WriteFunctionCall(message["function_call"u8]);
        if (index + 1 == history.Count || history.Role(index + 1) != ChatRole.Assistant) WriteResults();
    }

    /// <summary>Looks for what the model thought in a turn, under any of its calls.</summary>
    private readonly bool TryRecall(JsonView message, out JsonView thinking)
    {
        thinking = default;
        if (request.Recall(message, out thinking)) return request.Plan.Mode != ThinkingMode.Disabled;
        var spoken = message["reasoning_content"u8];
        if (spoken.IsString && !spoken.IsEmpty) request.Lose(ChatLosses.ReasoningContent);
        if (request.Plan.Thinks && !message["tool_calls"u8].IsEmpty) request.Lose(ChatLosses.ThinkingState);
        return false;
    }

    /// <summary>Writes a turn with the thinking that was remembered, at its places among the texts.</summary>
    private void WriteThought(JsonView thinking, JsonView message, int index)
    {
        var content = message["content"u8];
        var rest = content.Escaped;
        _blocks.Begin(index, content, BlockPlace.Assistant);
        foreach (var block in thinking.Items)
        {
            Open(ChatRole.Assistant);
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
            Open(ChatRole.Assistant);
            _blocks.WriteText(rest);
        }
    }

    private void WriteToolCall(JsonView call, int index)
    {
        var isCustom = call["type"u8].Is("custom"u8);
        var called = call[isCustom ? "custom"u8 : "function"u8];
        if (!called["name"u8].IsString)
        {
            request.Refuse($"messages[{index}].tool_calls", "A tool call needs an id, a type ('function' or 'custom') and the object of that name with the tool's name.");
            return;
        }

        var id = ids.Length;
        ids.Append(request.Plain(call["id"u8]));
        BeginToolUse(id, called["name"u8], isCustom ? ToolKind.Custom : ToolKind.Function);
        if (isCustom) ToolInput.WriteCustom(writer, called["input"u8]);
        else ToolInput.WriteFunction(request, writer, called["arguments"u8]);
        writer.EndObject();
        request.Mark(call["cache_control"u8]);
    }

    private void WriteFunctionCall(JsonView call)
    {
        var id = ids.Length;
        // These calls have no ids: their place among their like tells them apart, on every turn the same.
        AppendNumber("call_function_"u8, ++_functionCalls);
        BeginToolUse(id, call["name"u8], ToolKind.Function);
        ToolInput.WriteFunction(request, writer, call["arguments"u8]);
        writer.EndObject();
    }

    /// <summary>Begins a call whose client id lies at the end of the memory of ids; what stays there is the id that the upstream gets.</summary>
    private void BeginToolUse(int id, JsonView name, ToolKind kind)
    {
        var result = history.ResultOf(_calls++);
        // Some hosts number the calls of each turn from 0; Anthropic wants each id once in a conversation.
        while (!_seenIds.Add(ChatHistory.Hash(ids.Written[id..]))) AppendNumber("_"u8, _calls);
        var sent = ids.Length;
        request.Scratch.Clear();
        request.Scratch.Append(ids.Written[id..]);
        ToolIds.ToUpstream(Dialect.Anthropic, request.Scratch.Written, exactLength: null, ids);
        _pending.Add(new PendingCall(sent, ids.Length - sent, result));
        Open(ChatRole.Assistant);
        writer.BeginObject();
        writer.String("type"u8, "tool_use"u8);
        writer.String("id"u8, ids.Written[sent..]);
        writer.String("name"u8, request.Names.Add(request.Plain(name), default, kind).Sent);
        writer.Name("input"u8);
    }

    /// <summary>All results of a turn, in the order of their calls, first in the turn behind it.</summary>
    private void WriteResults()
    {
        foreach (var call in _pending)
        {
            Open(ChatRole.User);
            writer.BeginObject();
            writer.String("type"u8, "tool_result"u8);
            writer.String("tool_use_id"u8, ids.Written.Slice(call.IdStart, call.IdLength));
            if (call.Result >= 0)
            {
                var message = history.Message(_body, call.Result);
                _blocks.EndResult(call.Result, message);
            }
            else
            {
                request.Lose(ChatLosses.MissingResult);
                writer.String("content"u8, "No result was recorded for this call."u8);
                writer.Bool("is_error"u8, true);
                _blocks.Close(BlockPlace.User);
            }
        }

        _pending.Clear();
    }

    /// <summary>A result whose call is gone, by compaction perhaps, is told as text: Anthropic refuses it as a result.</summary>
    private void WriteLooseResult(JsonView message, int index)
    {
        if (history.CallOf(index) >= 0) return;
        request.Lose(ChatLosses.LooseResult);
        _blocks.Begin(index, message["content"u8], BlockPlace.User);
        foreach (var part in new ChatParts(message["content"u8]))
        {
            if (_blocks.Classify(part, out var text) != PartKind.Text) continue;
            Open(ChatRole.User);
            _blocks.WriteLooseResult(text, part);
        }

        _blocks.End(message["cache_control"u8]);
    }

    private readonly void AppendNumber(ReadOnlySpan<byte> word, int number)
    {
        ids.Append(word);
        Span<byte> digits = stackalloc byte[10];
        _ = Utf8Formatter.TryFormat(number, digits, out var written);
        ids.Append(digits[..written]);
    }

    private readonly record struct PendingCall(int IdStart, int IdLength, int Result);
}
