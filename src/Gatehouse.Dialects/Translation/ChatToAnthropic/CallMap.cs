using System.Buffers.Text;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Chat;

namespace Gatehouse.Dialects.Translation.ChatToAnthropic;

/// <summary>Writes the calls of a chat history as Anthropic's <c>tool_use</c> blocks, and behind each turn the results of its calls. One per request, not thread-safe.</summary>
internal sealed class CallMap(ChatHistory history, ChatToAnthropicRequest request, JsonWriter writer, BlockMap blocks, PooledBuffer ids)
{
    private readonly List<PendingCall> _pending = [];
    private readonly HashSet<ulong> _seenIds = [];
    private int _functionCalls;
    private int _calls;

    /// <summary>Writes a call as a <c>tool_use</c> block.</summary>
    public void Write(JsonView call, int index, TurnWriter turns)
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
        BeginToolUse(id, called["name"u8], isCustom ? ToolKind.Custom : ToolKind.Function, turns);
        if (isCustom) ToolInput.WriteCustom(writer, called["input"u8]);
        else ToolInput.WriteFunction(request, writer, called["arguments"u8]);
        writer.EndObject();
    }

    /// <summary>Writes a call in the form from before tools.</summary>
    public void WriteFunction(JsonView call, int index, TurnWriter turns)
    {
        if (!call["name"u8].IsString)
        {
            request.Refuse($"messages[{index}].function_call.name", "A function call needs the function's name.");
            return;
        }

        var id = ids.Length;
        // These calls have no ids: their place among their like tells them apart, on every turn the same.
        AppendNumber("call_function_"u8, ++_functionCalls);
        BeginToolUse(id, call["name"u8], ToolKind.Function, turns);
        ToolInput.WriteFunction(request, writer, call["arguments"u8]);
        writer.EndObject();
    }

    /// <summary>Begins a call whose client id lies at the end of the memory of ids; what stays there is the id that the upstream gets.</summary>
    private void BeginToolUse(int id, JsonView name, ToolKind kind, TurnWriter turns)
    {
        var result = history.ResultOf(_calls++);
        // Some hosts number the calls of each turn from 0; Anthropic wants each id once in a conversation.
        while (!_seenIds.Add(ChatHistory.Hash(ids.Written[id..]))) AppendNumber("_"u8, _calls);
        var sent = ids.Length;
        request.Scratch.Clear();
        request.Scratch.Append(ids.Written[id..]);
        ToolIds.ToUpstream(Dialect.Anthropic, request.Scratch.Written, exactLength: null, ids);
        _pending.Add(new PendingCall(sent, ids.Length - sent, result));
        turns.Open(ChatRole.Assistant);
        writer.BeginObject();
        writer.String("type"u8, "tool_use"u8);
        writer.String("id"u8, ids.Written[sent..]);
        writer.String("name"u8, request.Names.Add(request.Plain(name), default, kind).Sent);
        writer.Name("input"u8);
    }

    /// <summary>All results of a turn, in the order of their calls, first in the turn behind it.</summary>
    public void WriteResults(ReadOnlySpan<byte> body, TurnWriter turns)
    {
        foreach (var call in _pending)
        {
            turns.Open(ChatRole.User);
            writer.BeginObject();
            writer.String("type"u8, "tool_result"u8);
            writer.String("tool_use_id"u8, ids.Written.Slice(call.IdStart, call.IdLength));
            if (call.Result >= 0)
            {
                var message = history.Message(body, call.Result);
                blocks.EndResult(call.Result, message);
            }
            else
            {
                request.Lose(ChatLosses.MissingResult);
                writer.String("content"u8, "No result was recorded for this call."u8);
                writer.Bool("is_error"u8, true);
                blocks.Close(BlockPlace.User);
            }
        }

        _pending.Clear();
    }

    private void AppendNumber(ReadOnlySpan<byte> word, int number)
    {
        ids.Append(word);
        Span<byte> digits = stackalloc byte[10];
        _ = Utf8Formatter.TryFormat(number, digits, out var written);
        ids.Append(digits[..written]);
    }

    private readonly record struct PendingCall(int IdStart, int IdLength, int Result);
}
