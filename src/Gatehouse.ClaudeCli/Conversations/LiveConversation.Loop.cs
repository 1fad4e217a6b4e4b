using System.ComponentModel;
using System.Text.Json;
using Gatehouse.ClaudeCli.Agents;
using Gatehouse.ClaudeCli.Answers;
using Gatehouse.ClaudeCli.Protocol;
using Gatehouse.ClaudeCli.Workbench;
using Gatehouse.Dialects.Json;

namespace Gatehouse.ClaudeCli.Conversations;

/// <content>The program's own loop: its calls are run here, and its turns become one answer.</content>
internal sealed partial class LiveConversation
{
    private readonly CancellationTokenSource _stopped = new();
    private readonly List<Task> _work = [];
    private SpentTokens _spent;

    // Called under the lock, when the call is open.
    private void Work(JsonView call)
    {
        if (call["_meta"u8]["claudecode/toolUseId"u8].Text() is not { } id) return;
        _work.RemoveAll(one => one.IsCompleted);
        _work.Add(WorkAsync(id, call.Raw.ToArray()));
    }

    private async Task WorkAsync(string id, byte[] call)
    {
        // The pump goes on meanwhile.
        await Task.Yield();
        ToolOutcome outcome;
        try
        {
            outcome = await _tools!.RunAsync(call, _stopped.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Win32Exception)
        {
            outcome = ToolOutcome.Failed(e.Message);
        }

        using var line = new PooledBuffer();
        lock (_lock) _server.TryAnswer(id, JsonView.Trusted(JsonSerializer.SerializeToUtf8Bytes(outcome.Text)), outcome.IsError, line);
        try
        {
            if (line.Length > 0) await _process.WriteLineAsync(line.WrittenMemory, _stopped.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // It is ending, and its output says so.
        }
    }

    // Called under the lock. What comes out goes at once: there is work behind it.
    private byte[]? TakeLoopEvent(Turn turn, LoopEvents events, JsonView said, PooledBuffer output, out TurnBody? body)
    {
        body = null;
        if (events.Ended)
        {
            State = ConversationState.Over;
            return null;
        }

        events.Write(said, output);
        if (events.IsBroken) return BreakOff(turn, "The program's work was lost in the middle of what it said.");
        if (events.Started) turn.Begun.TrySetResult(null);
        body = turn.Body;
        return output.Written.ToArray();
    }

    // What the model itself says came in events already.
    private void TakeAgent(JsonView said)
    {
        if (said["parent_tool_use_id"u8].IsNullOrAbsent) return;
        lock (_lock)
        {
            if (_turn?.Events is LoopEvents { Ended: false } events) events.TakeAgent(said["message"u8]);
        }
    }

    // The name of an agent that the model wants to start is put right before the program looks for it.
    private void AnswerHook(string id, JsonView request, PooledBuffer reply)
    {
        var input = request["input"u8]["tool_input"u8];
        AgentNames agents;
        lock (_lock) agents = _turn?.Request.Agents ?? AgentNames.None;
        InputLine.HookSays(reply, id, AgentCall.Corrected(input.Raw.ToArray(), agents));
    }

    // Called under the lock. The end of an answer that the program worked for; null when it is none, or said nothing.
    private byte[]? TakeLoopEnd(JsonView said, out TurnBody? body)
    {
        body = null;
        var wasStopped = said["subtype"u8].Is("error_max_turns"u8);
        if (_turn is not { Events: LoopEvents { Started: true, Ended: false, HasContent: true } events } turn || (said["is_error"u8].IsTrue && !wasStopped)) return null;
        var now = SpentTokens.OfProcess(said["modelUsage"u8]);
        using var output = new PooledBuffer();
        events.End(wasStopped, now - _spent, output);
        _spent = now;
        EndTurn(turn);
        // It exits after that.
        State = wasStopped ? ConversationState.Over : ConversationState.Ready;
        body = turn.Body;
        return output.Written.ToArray();
    }
}
