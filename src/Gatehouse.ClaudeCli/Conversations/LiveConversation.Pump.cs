using Gatehouse.ClaudeCli.Answers;
using Gatehouse.ClaudeCli.Protocol;
using Gatehouse.Dialects.Json;

namespace Gatehouse.ClaudeCli.Conversations;

/// <content>What the process says, line by line.</content>
internal sealed partial class LiveConversation
{
    private async Task PumpAsync()
    {
        // The first read would otherwise run on the caller's time.
        await Task.Yield();
        await _process.PumpAsync(TakeAsync);
        var fault = CliFault.Exited(_process.ExitCode, _process.Errors.ToString());
        lock (_lock) (State, _gone) = (ConversationState.Over, fault);
        Break(fault);
    }

    private async ValueTask TakeAsync(ReadOnlyMemory<byte> line)
    {
        using var reply = new PooledBuffer();
        var piece = Take(line.Span, reply, out var body);
        try
        {
            if (reply.Length > 0) await _process.WriteLineAsync(reply.WrittenMemory);
        }
        catch (IOException)
        {
            // It is ending, and its output says so next.
        }

        if (piece is null || body is null) return;
        // To its reader, a piece of nothing would be the end.
        if (piece.Length > 0) await body.AddAsync(piece);
        if (IsWhole(body)) body.Complete();
    }

    // Lines and members that are not known here pass by: new versions say more.
    private byte[]? Take(ReadOnlySpan<byte> line, PooledBuffer reply, out TurnBody? body)
    {
        body = null;
        if (!JsonView.TryParse(line, out var said)) return null;
        var type = said["type"u8];
        if (type.Is("stream_event"u8)) return TakeEvent(said, out body);
        if (type.Is("result"u8)) return TakeResult(said, out body);
        if (type.Is("assistant"u8)) TakeAgent(said);
        else if (type.Is("rate_limit_event"u8)) Limited?.Invoke(said["rate_limit_info"u8]);
        else if (type.Is("control_request"u8)) TakeRequest(said, reply);
        else if (type.Is("control_response"u8) && said["response"u8]["request_id"u8].Text() is { } answered) _input.TakeAnswer(answered);
        return null;
    }

    private byte[]? TakeEvent(JsonView said, out TurnBody? body)
    {
        body = null;
        // What an agent of the program's own says is not the answer.
        if (!said["parent_tool_use_id"u8].IsNullOrAbsent) return null;
        using var output = new PooledBuffer();
        lock (_lock)
        {
            if (_turn is not { } turn) return null;
            if (turn.Events is LoopEvents work) return TakeLoopEvent(turn, work, said["event"u8], output, out body);
            if (turn.Events.Started && said["event"u8]["type"u8].Is("message_start"u8) && !turn.Events.HasContent) turn.Restart();
            if (turn.Events.Ended)
            {
                // It goes on by itself, where the client sees an end: what it will know then is not what the client knows.
                State = ConversationState.Over;
                return TakeLast(turn, out body);
            }

            // It lost the vendor's stream and asks again. What the client has can't be taken back.
            var type = said["event"u8]["type"u8];
            if (turn.Events.Started && type.Is("message_start"u8)) return BreakOff(turn, "The claude program began its answer again after part of it had come.");
            // Measured with 2.1.329: it closes a message itself whose stream the vendor broke off, and half of it would be taken for the whole.
            if (turn.Events is { HasContent: true, HasReason: false } && type.Is("message_stop"u8)) return BreakOff(turn, "The vendor's stream ended in the middle of the answer.");
            turn.Events.Write(said["event"u8], output);
            if (turn.Events.Ended) EndTurn(turn);
            if (!turn.Events.HasContent)
            {
                turn.Head.Add(output.Written.ToArray());
                return null;
            }

            body = turn.Body;
            var piece = Whole(turn, output);
            if (!turn.Events.Ended || State != ConversationState.Running) return piece;
            // The end waits until the program is ready for the next message, which a quick client sends at once.
            turn.Last = piece;
            return null;
        }
    }

    // The first piece has what came before it in front.
    private static byte[] Whole(Turn turn, PooledBuffer output)
    {
        if (!turn.Begun.TrySetResult(null) || turn.Head.Count == 0) return output.Written.ToArray();
        byte[] whole = [.. turn.Head.SelectMany(piece => piece), .. output.Written];
        turn.Head.Clear();
        return whole;
    }

    private byte[]? BreakOff(Turn turn, string reason)
    {
        State = ConversationState.Over;
        turn.Body.Complete(reason);
        return null;
    }

    private static byte[]? TakeLast(Turn turn, out TurnBody? body)
    {
        (var last, turn.Last) = (turn.Last, null);
        body = last is null ? null : turn.Body;
        return last;
    }

    private void EndTurn(Turn turn)
    {
        LastUsed = _time.GetTimestamp();
        _history = [.. turn.Request.Messages.Select(m => m.Key), turn.Events.Key];
        Ended?.Invoke(_history, Id);
        _results = null;
        // Its own tool for structured output was called and is still to be answered by itself.
        if (turn.Request.Flags is { Schema: not null, Loop: null }) State = ConversationState.Over;
        else if (turn.Events.Calls.Count > 0) State = ConversationState.Waiting;
    }

    private bool IsWhole(TurnBody body)
    {
        lock (_lock) return _turn is { Events.Ended: true } turn && ReferenceEquals(turn.Body, body);
    }

    private void TakeRequest(JsonView said, PooledBuffer reply)
    {
        var id = said["request_id"u8].Text() ?? "";
        var request = said["request"u8];
        if (request["subtype"u8].Is("hook_callback"u8))
        {
            AnswerHook(id, request, reply);
            return;
        }

        if (!request["subtype"u8].Is("mcp_message"u8))
        {
            InputLine.Refuse(reply, id, "Not served here.");
            return;
        }

        lock (_lock)
        {
            if (_server.Take(id, request["message"u8], reply)) return;
            if (_tools is not null)
            {
                Work(request["message"u8]["params"u8]);
                return;
            }

            // The result may be there before the call.
            if (request["message"u8]["params"u8]["_meta"u8]["claudecode/toolUseId"u8].Text() is { } call && _results is { } results
                && results.TryTake(call, out var content, out var isError))
                _server.TryAnswer(call, JsonView.Trusted(content), isError, reply);
        }
    }

    private byte[]? TakeResult(JsonView said, out TurnBody? body)
    {
        body = null;
        var isError = said["is_error"u8].IsTrue;
        lock (_lock)
        {
            if (!isError && _input.TryTakeFed()) return null;
            if (_turn is { Events: { Ended: true, HasContent: true } } turn && !isError)
            {
                if (State == ConversationState.Running) State = ConversationState.Ready;
                return TakeLast(turn, out body);
            }

            if (TakeLoopEnd(said, out body) is { } end) return end;
            State = ConversationState.Over;
        }

        var text = said["result"u8].Text() ?? said["errors"u8].FirstText() ?? "";
        Break(isError
            ? CliFault.Said(said["api_error_status"u8].TryInteger(out var status) ? status : null, text)
            : CliFault.Empty);
        return null;
    }

    private void Break(CliFault fault)
    {
        Turn? turn;
        lock (_lock) turn = _turn;
        var hadBegun = turn is not null && !turn.Begun.TrySetResult(fault);
        // An answer that has begun says in its own dialect why it ends.
        if (hadBegun && !turn!.Events.Ended && turn.Body.TryAdd(fault.Event())) turn.Body.Complete();
        // A body that is whole already stays whole.
        turn?.Body.Complete(fault.Message);
        _input.Release();
    }
}
