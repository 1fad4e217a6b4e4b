using System.Buffers.Text;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Chat;

namespace Gatehouse.Dialects.Translation.ChatToResponses;

/// <summary>
/// Writes the messages of a chat request as the items of <c>input</c>: a message, and behind it an item for each of its calls. System and developer
/// messages keep their places. Writes the same bytes for the same messages, and a longer conversation begins as the shorter one did.
/// </summary>
internal ref struct InputMap(ReadOnlySpan<byte> body, ChatHistory history, ChatToResponsesRequest request, JsonWriter writer, PooledBuffer ids)
{
    private readonly ReadOnlySpan<byte> _body = body;
    private readonly PartMap _parts = new(request, writer);
    private readonly List<(int Start, int Length, bool IsCustom)> _calls = [];
    private readonly HashSet<ulong> _seenIds = [];
    private int _functionCalls;
    private int _answered;

    /// <summary>Writes <c>input</c>.</summary>
    public void Write()
    {
        writer.BeginArray("input"u8);
        for (var i = 0; i < history.Count && !request.IsRefused; i++)
        {
            var message = history.Message(_body, i);
            if (!message.Name.IsNullOrAbsent && history.Role(i) != ChatRole.Function) request.Lose(ChatLosses.MessageName);
            if (message.HasUnknown) request.Lose(ChatLosses.Unknown);
            if (message.CacheControl.IsObject) request.Lose(ChatLosses.CacheMarkers);
            switch (history.Role(i))
            {
                case ChatRole.System: _parts.WriteMessage("system"u8, message.Content, i); break;
                case ChatRole.Developer: _parts.WriteMessage("developer"u8, message.Content, i); break;
                case ChatRole.User: _parts.WriteMessage("user"u8, message.Content, i); break;
                case ChatRole.Assistant: WriteAssistant(message, i); break;
                default: WriteResult(message, i); break;
            }
        }

        writer.EndArray();
    }

    private void WriteAssistant(ChatMessage message, int index)
    {
        var spoken = false;
        var calls = message.ToolCalls.Items;
        if (request.Recall(message, out var state))
            WriteRemembered(state, message, index, ref calls, ref spoken);
        else
            NoteMiss(message);
        if (!spoken) _parts.WriteAnswer(message, index);
        while (calls.MoveNext()) WriteCall(calls.Current, index);
        if (message.FunctionCall.IsObject) WriteFunctionCall(message.FunctionCall, index);
        request.LoseIfSet(message.Audio, ChatLosses.MessageAudio);
        if (!message.Annotations.IsEmpty) request.Lose(ChatLosses.MessageAnnotations);
        if (index + 1 == history.Count || history.Role(index + 1) != ChatRole.Assistant) WriteMissing();
    }

    private readonly void NoteMiss(ChatMessage message)
    {
        if (message.ReasoningContent is { IsString: true, IsEmpty: false }) request.Lose(ChatLosses.ReasoningContent);
        if (request.Thinks && !message.ToolCalls.IsEmpty) request.Lose(ChatLosses.ThinkingState);
    }

    /// <summary>Writes the reasoning items that were remembered, each in front of what it led to.</summary>
    private void WriteRemembered(JsonView state, ChatMessage message, int index, ref JsonItems calls, ref bool spoken)
    {
        foreach (var part in state.Items)
        {
            if (part.IsObject)
                writer.Raw(part);
            else if (part.Raw.SequenceEqual("0"u8) && !spoken)
            {
                _parts.WriteAnswer(message, index);
                spoken = true;
            }
            else if (part.Raw.SequenceEqual("1"u8) && calls.MoveNext())
                WriteCall(calls.Current, index);
        }
    }

    private void WriteCall(JsonView call, int index)
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
        var isNative = isCustom && request.Context.Traits.CustomTools;
        BeginCall(id, isNative, called["name"u8], isCustom ? ToolKind.Custom : ToolKind.Function);
        if (isNative) writer.EscapedString("input"u8, called["input"u8].Escaped);
        else if (isCustom) WriteCustomArguments(called["input"u8]);
        else WriteArguments(called["arguments"u8]);
        writer.EndObject();
    }

    private void WriteFunctionCall(JsonView call, int index)
    {
        if (!call["name"u8].IsString)
        {
            request.Refuse($"messages[{index}].function_call.name", "A function call needs the function's name.");
            return;
        }

        var id = ids.Length;
        // These calls have no ids: their place among their like tells them apart, on every turn the same.
        AppendNumber("call_function_"u8, ++_functionCalls);
        BeginCall(id, isNative: false, call["name"u8], ToolKind.Function);
        WriteArguments(call["arguments"u8]);
        writer.EndObject();
    }

    private void BeginCall(int id, bool isNative, JsonView name, ToolKind kind)
    {
        // Some hosts number the calls of each turn from 0; a result must name one call.
        while (!_seenIds.Add(ChatHistory.Hash(ids.Written[id..]))) AppendNumber("_"u8, _calls.Count + 1);
        var sent = ids.Length;
        request.Scratch.Clear();
        request.Scratch.Append(ids.Written[id..]);
        ToolIds.ToUpstream(Dialect.OpenAiResponses, request.Scratch.Written, exactLength: null, ids);
        _calls.Add((sent, ids.Length - sent, isNative));
        writer.BeginObject();
        writer.String("type"u8, isNative ? "custom_tool_call"u8 : "function_call"u8);
        writer.String("call_id"u8, ids.Written[sent..]);
        writer.String("name"u8, request.Names.Add(request.Plain(name), default, kind).Sent);
    }

    private readonly void WriteArguments(JsonView arguments)
    {
        if (arguments.IsObject)
        {
            writer.Name("arguments"u8);
            writer.String(arguments.Raw);
        }
        else
            writer.EscapedString("arguments"u8, ChatText.IsBlank(arguments.Escaped) ? "{}"u8 : arguments.Escaped);
    }

    private readonly void WriteCustomArguments(JsonView input)
    {
        writer.Name("arguments"u8);
        writer.BeginString();
        writer.AppendPlain("{\"input\":\""u8);
        writer.AppendPlain(input.Escaped);
        writer.AppendPlain("\"}"u8);
        writer.EndString();
    }

    /// <summary>A result stands where the client has it; one whose call is gone is told as text: the provider refuses it as a result.</summary>
    private readonly void WriteResult(ChatMessage message, int index)
    {
        var call = history.CallOf(index);
        if (call < 0 || call >= _calls.Count)
        {
            request.Lose(ChatLosses.LooseResult);
            _parts.WriteLooseResult(message.Content, index);
            return;
        }

        var (start, length, isCustom) = _calls[call];
        writer.BeginObject();
        writer.String("type"u8, isCustom ? "custom_tool_call_output"u8 : "function_call_output"u8);
        writer.String("call_id"u8, ids.Written.Slice(start, length));
        _parts.WriteOutput(message.Content, index);
        writer.EndObject();
    }

    /// <summary>Calls of the turn that never get a result get one that says so: the provider refuses to go on without.</summary>
    private void WriteMissing()
    {
        for (; _answered < _calls.Count; _answered++)
        {
            if (history.ResultOf(_answered) >= 0) continue;
            request.Lose(ChatLosses.MissingResult);
            var (start, length, isCustom) = _calls[_answered];
            writer.BeginObject();
            writer.String("type"u8, isCustom ? "custom_tool_call_output"u8 : "function_call_output"u8);
            writer.String("call_id"u8, ids.Written.Slice(start, length));
            writer.String("output"u8, "No result was recorded for this call."u8);
            writer.EndObject();
        }
    }

    private readonly void AppendNumber(ReadOnlySpan<byte> word, int number)
    {
        ids.Append(word);
        Span<byte> digits = stackalloc byte[10];
        _ = Utf8Formatter.TryFormat(number, digits, out var written);
        ids.Append(digits[..written]);
    }
}
