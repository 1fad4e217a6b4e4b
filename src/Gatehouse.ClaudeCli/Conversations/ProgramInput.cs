using Gatehouse.ClaudeCli.Programs;
using Gatehouse.ClaudeCli.Protocol;
using Gatehouse.ClaudeCli.Requests;
using Gatehouse.Dialects.Json;

namespace Gatehouse.ClaudeCli.Conversations;

/// <summary>
/// What a running program is told: its set-up, the history, the message to answer. What it must take before the next line makes sense is waited for. Only whoever claimed
/// the conversation tells it something; what it answers is handed in by the pump. Thread-safe.
/// </summary>
/// <param name="process">The program.</param>
internal sealed class ProgramInput(ClaudeProcess process)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, TaskCompletionSource> _asked = new(StringComparer.Ordinal);
    private TaskCompletionSource? _fed;
    private int _requests;
    private long _thinking = -1;

    private delegate void ContentWriter(ReadOnlySpan<byte> content);

    /// <summary>Tells a fresh program its set-up and the whole history, and asks the last message.</summary>
    /// <param name="request">The request.</param>
    /// <param name="begun">Done when the turn has an answer or an end: then nothing more is waited for.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="IOException">The program has closed its input.</exception>
    public async Task BeginAsync(CliRequest request, Task begun, CancellationToken cancellation)
    {
        await AskAsync((line, id) => InputLine.Initialize(line, id, request), begun, cancellation);
        for (var i = 0; i < request.Messages.Count - 1; i++)
        {
            var message = request.Messages[i];
            if (message.IsAssistant)
            {
                await WriteAsync(line => WriteContent(
                    message, content => InputLine.Assistant(line, $"msg_{i:D6}{message.Key.Low:x16}", request.Flags.Model, content)));
                continue;
            }

            var fed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_lock) _fed = fed;
            await WriteAsync(line => WriteContent(message, content => InputLine.User(line, content, asks: false)));
            await Task.WhenAny(fed.Task, begun).WaitAsync(cancellation);
            if (!fed.Task.IsCompleted) return;
        }

        await SayAsync(request, begun, cancellation);
    }

    /// <summary>Asks the last message of a request, all before it being known. Parameters and errors as <see cref="BeginAsync"/>.</summary>
    public async Task SayAsync(CliRequest request, Task begun, CancellationToken cancellation)
    {
        if (!request.Flags.Adaptive && _thinking != request.ThinkingTokens)
        {
            _thinking = request.ThinkingTokens;
            await AskAsync((line, id) => InputLine.ThinkingBudget(line, id, request.ThinkingTokens), begun, cancellation);
        }

        await WriteAsync(line => WriteContent(request.Messages[^1], content => InputLine.User(line, content, asks: true)));
    }

    /// <summary>Writes a whole line, whoever stops waiting meanwhile: half of one would spoil the next. Nothing where none is made.</summary>
    /// <param name="write">Makes the line.</param>
    /// <exception cref="IOException">The program has closed its input.</exception>
    public async Task WriteAsync(Action<PooledBuffer> write)
    {
        using var line = new PooledBuffer();
        write(line);
        if (line.Length > 0) await process.WriteLineAsync(line.WrittenMemory);
    }

    /// <summary>Takes the program's word that it is done with something; false where nothing of the history was given to it.</summary>
    public bool TryTakeFed()
    {
        lock (_lock)
        {
            if (_fed is not { } fed) return false;
            _fed = null;
            return fed.TrySetResult();
        }
    }

    /// <summary>Takes its answer to something asked; one that nobody waits for passes by.</summary>
    /// <param name="requestId">The id that was asked with.</param>
    public void TakeAnswer(string requestId)
    {
        lock (_lock)
        {
            if (_asked.Remove(requestId, out var answered)) answered.TrySetResult();
        }
    }

    /// <summary>Lets go whoever waits for an answer: none will come.</summary>
    public void Release()
    {
        lock (_lock)
        {
            foreach (var one in _asked.Values) one.TrySetResult();
            _asked.Clear();
        }
    }

    private async Task AskAsync(Action<PooledBuffer, string> write, Task begun, CancellationToken cancellation)
    {
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var id = $"gatehouse-{Interlocked.Increment(ref _requests)}";
        lock (_lock) _asked[id] = answered;
        await WriteAsync(line => write(line, id));
        // Whatever ends the turn early ends the wait too.
        await Task.WhenAny(answered.Task, begun).WaitAsync(cancellation);
    }

    private static void WriteContent(CliMessage message, ContentWriter write)
    {
        using var content = new PooledBuffer();
        HistoryContent.Write(JsonView.Trusted(message.Content.Span), content);
        write(content.Written);
    }
}
