using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Facts;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Anthropic;

namespace Gatehouse.Dialects.Translation.AnthropicToResponses;

/// <summary>
/// Turns the events of a Responses stream into those of a Messages stream. One item is written as it comes; one that begins before the last has
/// ended is written whole when it is done, for a Messages stream has one block at a time.
/// </summary>
internal sealed class AnswerMap : StreamMap, IDisposable
{
    private readonly ResponsesAttempt _attempt;
    private readonly MessagesStream _stream;
    private readonly StopWatch _stops;
    private readonly ItemWriter _items;
    private readonly PooledBuffer _waiting = new();
    private readonly HashSet<long> _begun = [];
    private readonly HashSet<long> _done = [];
    private Usage _usage;

    public AnswerMap(ResponsesAttempt attempt, EventWriter events)
    {
        _attempt = attempt;
        _stream = new MessagesStream(events, attempt.Context);
        _stops = new StopWatch(attempt.WatchedStops, _stream);
        _items = new ItemWriter(attempt, _stream, _stops);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stops.Dispose();
        _items.Dispose();
        _waiting.Dispose();
    }

    /// <inheritdoc/>
    private protected override void OnEvent(ReadOnlySpan<byte> name, JsonView data)
    {
        var type = data["type"u8];
        var word = type.IsString ? type.Escaped : name;
        if (word.StartsWith("response."u8)) Read(word["response."u8.Length..], data);
        else if (word.SequenceEqual("error"u8) || !data["error"u8].IsNullOrAbsent) Fail(UpstreamErrors.OfEvent(Dialect.Anthropic, data));
        else if (!word.SequenceEqual("ping"u8) && !word.SequenceEqual("keepalive"u8)) _attempt.Lose(MessagesLosses.UnknownPart);
        if (_stops.Found is not null && !Ended) EndEarly();
    }

    /// <inheritdoc/>
    protected override void OnFinish() =>
        Fail(new DialectError(ErrorKind.BadGateway, "The provider's answer broke off before its end.", "upstream_incomplete"));

    /// <inheritdoc/>
    protected override void OnFail(DialectError error) => _stream.Fail(error);

    private void Read(ReadOnlySpan<byte> word, JsonView data)
    {
        if (word.EndsWith(".delta"u8)) ReadDelta(word, data);
        else if (word.SequenceEqual("output_item.added"u8)) Add(data);
        else if (word.SequenceEqual("output_item.done"u8)) Done(Index(data), data["item"u8]);
        else if (word.SequenceEqual("output_text.annotation.added"u8))
        {
            if (IsLive(data)) _items.Annotate(data["annotation"u8]);
        }
        else if (word.SequenceEqual("completed"u8) || word.SequenceEqual("incomplete"u8) || word.SequenceEqual("done"u8)) End(data["response"u8]);
        else if (word.SequenceEqual("failed"u8) || word.SequenceEqual("cancelled"u8)) Fail(UpstreamErrors.OfEvent(Dialect.Anthropic, data));
        else if (word.SequenceEqual("created"u8) || word.SequenceEqual("in_progress"u8) || word.SequenceEqual("queued"u8)) _stream.Start();
        // The other events repeat what deltas said, or say how far the provider's own tools are.
    }

    private void ReadDelta(ReadOnlySpan<byte> word, JsonView data)
    {
        var delta = data["delta"u8];
        if (!delta.IsString) return;
        // A host that says nothing of items sends nothing but text.
        if (_items.Live is null && word.SequenceEqual("output_text.delta"u8) && !_done.Contains(Index(data))) _items.Begin(Index(data), default);
        if (!IsLive(data)) return;
        if (word.SequenceEqual("output_text.delta"u8)) _items.Text(delta, data["content_index"u8]);
        else if (word.SequenceEqual("refusal.delta"u8)) _items.Refusal(delta);
        else if (word.SequenceEqual("function_call_arguments.delta"u8)) _items.Arguments(delta);
        else if (word.SequenceEqual("reasoning_summary_text.delta"u8)) _items.Thinking(delta, data["summary_index"u8], isSummary: true);
        else if (word.SequenceEqual("reasoning_text.delta"u8)) _items.Thinking(delta, data["content_index"u8], isSummary: false);
    }

    private void Add(JsonView data)
    {
        _stream.Start();
        var index = Index(data);
        if (!data["item"u8].IsObject || _done.Contains(index)) return;
        _begun.Add(index);
        if (_items.Live is null) _items.Begin(index, data["item"u8]);
    }

    private void Done(long index, JsonView item)
    {
        if (!item.IsObject || _done.Contains(index)) return;
        _stream.Start();
        _done.Add(index);
        if (_items.Live is { } live && live != index)
        {
            if (_waiting.Length > 0) _waiting.Append((byte)',');
            _waiting.Append(item.Raw);
            return;
        }

        _items.End(item);
        WriteWaiting();
    }

    private void WriteWaiting()
    {
        if (_waiting.Length == 0) return;
        using var array = new PooledBuffer();
        array.Append((byte)'[');
        array.Append(_waiting.Written);
        array.Append((byte)']');
        _waiting.Clear();
        foreach (var item in JsonView.Trusted(array.Written).Items)
        {
            if (_stops.Found is null) _items.End(item);
        }
    }

    private void End(JsonView response)
    {
        _stream.Start();
        EndUndone(response["output"u8]);
        _items.Abandon();
        WriteWaiting();
        // A host that sends no events but the last has the whole answer in it.
        if (!_stream.HasBlocks && _done.Count == 0)
        {
            foreach (var item in response["output"u8].Items)
            {
                if (_stops.Found is null) _items.End(item);
            }
        }

        if (_stops.Found is not null) return;
        _stops.Flush();
        _usage = UsageText.Read(Dialect.OpenAiResponses, response["usage"u8], _usage);
        if (_usage.IsEmpty) _attempt.Lose(MessagesLosses.EstimatedUsage);
        var reason = StopReasons.FromResponses(response, _items.CallsTools);
        if (_items.Refused && reason == StopReason.EndTurn) reason = StopReason.Refusal;
        _stream.Finish(reason, default, _usage);
        MarkEnded();
    }

    /// <summary>A host that does not say when items are done repeats them in its last event: those that waited are told of it, and the one at hand gets its state.</summary>
    private void EndUndone(JsonView output)
    {
        var index = 0L;
        foreach (var item in output.Items)
        {
            if (_begun.Contains(index) && _stops.Found is null) Done(index, item);
            index++;
        }

        foreach (var begun in _begun)
        {
            if (begun != _items.Live && !_done.Contains(begun)) _attempt.Lose(MessagesLosses.UnknownPart);
        }
    }

    private void EndEarly()
    {
        _attempt.Lose(MessagesLosses.EstimatedUsage);
        _stream.Finish(StopReason.StopSequence, _stops.Found, _usage);
        MarkEnded();
    }

    private bool IsLive(JsonView data) => _items.Live is { } live && live == Index(data);

    private static long Index(JsonView data) => data["output_index"u8].TryInteger(out var index) ? index : 0;
}
