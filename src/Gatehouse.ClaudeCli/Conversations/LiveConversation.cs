using Gatehouse.ClaudeCli.Answers;
using Gatehouse.ClaudeCli.Programs;
using Gatehouse.ClaudeCli.Protocol;
using Gatehouse.ClaudeCli.Requests;
using Gatehouse.ClaudeCli.Workbench;
using Gatehouse.Dialects.Json;

namespace Gatehouse.ClaudeCli.Conversations;

/// <summary>Takes what the vendor says of an account's limits.</summary>
/// <param name="info">The member <c>rate_limit_info</c> of the program's line.</param>
internal delegate void LimitsSaid(JsonView info);

/// <summary>
/// One conversation with one running process. A turn is one request of the client's and the one message that answers it. While the model's tools are run by the
/// client the program is held: its calls stay open, and the results answer them. What the process must do is written by whoever claimed the conversation; what it says
/// is read by the pump. Thread-safe.
/// </summary>
internal sealed partial class LiveConversation : IAsyncDisposable
{
    private readonly ClaudeProcess _process;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly ProgramInput _input;
    private readonly WorkTools? _tools;
    private ToolServer _server = new("[]"u8.ToArray());
    private ToolResults? _results;
    private List<MessageKey> _history = [];
    private string _setup = "";
    private Turn? _turn;
    private CliFault? _gone;
    private Task _pumping = Task.CompletedTask;

    private LiveConversation(ClaudeProcess process, LaunchFlags flags, WorkTools? tools, TimeProvider time)
    {
        (_process, _input, Flags, _tools, _time) = (process, new ProgramInput(process), flags, tools, time);
        Begun = LastUsed = time.GetTimestamp();
    }

    /// <summary>How its process was started.</summary>
    public LaunchFlags Flags { get; }

    /// <summary>The id of its process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Told what the vendor says of the account's limits; set before the first turn.</summary>
    public LimitsSaid? Limited { get; set; }

    /// <summary>Where it stands.</summary>
    public ConversationState State { get; private set; }

    /// <summary>The id that its client knows it by.</summary>
    public Guid Id { get; set; }

    /// <summary>Told of the whole history at the end of each turn, before the client sees that end.</summary>
    public Action<IReadOnlyList<MessageKey>, Guid>? Ended { get; set; }

    /// <summary>Time stamp of its beginning.</summary>
    public long Begun { get; }

    /// <summary>Time stamp of its last turn's beginning or end.</summary>
    public long LastUsed { get; private set; }

    /// <summary>How much memory its process takes, in bytes.</summary>
    public long Memory => _process.Memory();

    /// <summary>Begins to listen to a process.</summary>
    /// <param name="process">The process.</param>
    /// <param name="flags">How it was started.</param>
    /// <param name="tools">What it works with by itself; null where the tools are the client's.</param>
    /// <param name="time">The clock.</param>
    public static LiveConversation Over(ClaudeProcess process, LaunchFlags flags, WorkTools? tools, TimeProvider time)
    {
        var conversation = new LiveConversation(process, flags, tools, time);
        conversation._pumping = conversation.PumpAsync();
        return conversation;
    }

    /// <summary>
    /// Takes the conversation for a request that goes on with it: the same set-up, the whole history as it was, and behind it one message that the process can be given as
    /// it stands. False leaves it as it is.
    /// </summary>
    public bool TryClaim(CliRequest request)
    {
        lock (_lock)
        {
            if (State is not (ConversationState.Waiting or ConversationState.Ready) || _process.HasExited) return false;
            if (request.Flags != Flags || request.Setup != _setup || request.Messages.Count != _history.Count + 1) return false;
            for (var i = 0; i < _history.Count; i++)
            {
                if (request.Messages[i].Key != _history[i]) return false;
            }

            var last = JsonView.Trusted(request.Messages[^1].Content.Span);
            var results = ToolResults.Read(last);
            // That there is one for each call and none for another was seen when the request was read.
            if (State == ConversationState.Waiting && results is null) return false;
            if (State == ConversationState.Ready && HasResults(last)) return false;
            _results = results;
            State = ConversationState.Running;
            return true;
        }
    }

    /// <summary>
    /// Runs a turn on a claimed conversation. Returns when the answer has begun, with null; or with the reason why there is none, and the conversation is over then.
    /// </summary>
    /// <param name="request">The request that it was claimed for.</param>
    /// <param name="body">Where the answer goes.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<CliFault?> ContinueAsync(CliRequest request, TurnBody body, CancellationToken cancellation)
    {
        var turn = Begin(request, body);
        return await RunAsync(turn, () => _results is null ? _input.SayAsync(request, turn.Begun.Task, cancellation) : AnswerAsync(), cancellation);
    }

    /// <summary>Runs the first turn of a process: tells it its set-up, feeds it the history, and asks. Returns as <see cref="ContinueAsync"/>.</summary>
    public async Task<CliFault?> BeginAsync(CliRequest request, TurnBody body, CancellationToken cancellation)
    {
        _setup = request.Setup;
        _server = new ToolServer(request.Tools.Listed);
        var turn = Begin(request, body);
        return await RunAsync(turn, () => _input.BeginAsync(request, turn.Begun.Task, cancellation), cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        TurnBody? body;
        bool isBusy;
        lock (_lock)
        {
            isBusy = State is not ConversationState.Ready;
            State = ConversationState.Over;
            body = _turn?.Body;
        }

        // The pump may wait for a reader that has gone.
        body?.Abandon();
        if (!_stopped.IsCancellationRequested) await _stopped.CancelAsync();
        using var last = new PooledBuffer();
        if (isBusy) InputLine.Interrupt(last, "gatehouse-interrupt");
        await _process.EndAsync(last.WrittenMemory);
        await _pumping;
        Task[] work;
        lock (_lock) work = [.. _work];
        await Task.WhenAll(work);
        _stopped.Dispose();
    }

    private static bool HasResults(JsonView content)
    {
        foreach (var block in content.Items)
        {
            if (block["type"u8].Is("tool_result"u8)) return true;
        }

        return false;
    }

    private Turn Begin(CliRequest request, TurnBody body)
    {
        lock (_lock)
        {
            LastUsed = _time.GetTimestamp();
            _turn = new Turn(request, body);
            // Between being claimed and this its process may have gone, and nobody else would tell.
            if (_gone is { } gone) _turn.Begun.TrySetResult(gone);
            return _turn;
        }
    }

    private static async Task<CliFault?> RunAsync(Turn turn, Func<Task> tell, CancellationToken cancellation)
    {
        try
        {
            await tell();
            return await turn.Begun.Task.WaitAsync(cancellation);
        }
        catch (IOException)
        {
            // It closed its input: what it says in its last lines is the reason.
            return await turn.Begun.Task.WaitAsync(cancellation);
        }
    }

    // Calls that are open are answered now, those that the program has not made yet when it makes them.
    private async Task AnswerAsync()
    {
        foreach (var id in Open()) await _input.WriteAsync(line => AnswerOpen(id, line));
    }

    private string[] Open()
    {
        lock (_lock) return [.. _server.Waiting];
    }

    private void AnswerOpen(string id, PooledBuffer line)
    {
        lock (_lock)
        {
            if (_results is { } results && results.TryTake(id, out var content, out var isError)) _server.TryAnswer(id, JsonView.Trusted(content), isError, line);
        }
    }
}
