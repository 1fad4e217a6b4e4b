using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Tap;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Upstream;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>
/// Carries one 2xx answer to the client: bytes go on as they arrive, one flush per read, past a tap that reads their facts. One loop owns the
/// client's writer; reads and the clock only wake it. Per piece our code allocates nothing. The exchange is settled before the bytes that end
/// the answer are flushed.
/// </summary>
internal sealed class AnswerRelay : IDisposable
{
    private readonly Exchange _exchange;
    private readonly UpstreamAnswer _answer;
    private readonly AnswerReader _reader;
    private readonly UsageChunkFilter? _filter;
    private readonly AnswerConversion? _conversion;
    private readonly RelayClock _clock;
    private readonly WakeSignal _signal = new();
    private readonly Action _onRead;
    private readonly PipeWriter _client;
    private readonly long? _declared;
    private readonly long? _promised;
    private readonly PieceStream _body;
    private ConfiguredValueTaskAwaitable<int>.ConfiguredValueTaskAwaiter _read;
    private RelayEnd? _stoppedBy;
    private bool _waited;
    private volatile bool _clientStalled;

    public AnswerRelay(
        Exchange exchange, UpstreamAnswer answer, AnswerReader reader, UsageChunkFilter? filter, RelayClockSettings clock,
        AnswerConversion? conversion = null)
    {
        _conversion = conversion;
        _exchange = exchange;
        _answer = answer;
        _reader = reader;
        _filter = filter;
        _client = exchange.Http.Response.BodyWriter;
        _body = answer.Body as PieceStream ?? new BufferedPieces(answer.Body, exchange.Aborted);
        _declared = answer.ContentLength;
        // A translated document gets its length when it is written.
        _promised = conversion is null ? Http.Response.ContentLength : null;
        _onRead = () => _signal.Signal(Wake.Read);
        _clock = new RelayClock(clock, () => _signal.Signal(Wake.Tick), OnClientStalled);
    }

    private HttpContext Http => _exchange.Http;

    /// <summary>Writes down what is known only when the answer is whole, before it is settled: what its translation lost.</summary>
    public Action? Describe { private get; init; }

    /// <summary>
    /// Whether the client has as many bytes as the head of its answer declared. Whatever is wrong with them, nothing is left to break off, and the client's next call may be under
    /// way on this connection.
    /// </summary>
    public bool IsDelivered => _conversion is null && Http.Response.ContentLength == _exchange.Record.ResponseBytes;

    /// <summary>Whether the event, or the bracket, that ends an answer was there: whatever the upstream does after it, or leaves undone, takes nothing away from the answer.</summary>
    private bool IsWhole => _conversion is null ? _reader.SawEnd && !IsShort : _conversion.IsWhole || (_conversion.ReadsDocument && _reader.SawTerminal);

    /// <summary>Whether the client was promised more bytes than have come: its message is no whole one, whatever stands in it.</summary>
    private bool IsShort => _exchange.Record.ResponseBytes < _promised;

    /// <summary>A conversion writes whole events only, so that one of ours may stand anywhere between its writes.</summary>
    private bool MayInsert => _conversion is null ? IsAtBoundary && !_reader.SawTerminal : _conversion is { ClientStreams: true, Ended: false };

    /// <summary>Whether the client stands between two events, also where the upstream broke off in one that is held back from it.</summary>
    private bool IsAtBoundary => _filter?.IsAtBoundary ?? _reader.MayInsert;

    /// <summary>Relays until the end and says which end it was. Does not throw.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<RelayEnd> RunAsync()
    {
        try
        {
            while (true)
            {
                if (!_body.TryPiece(out var piece))
                {
                    var pending = _body.FillAsync();
                    if (!pending.IsCompleted && !_waited) await BeginWaitingAsync();
                    _read = pending.ConfigureAwait(false).GetAwaiter();
                    if (!_read.IsCompleted)
                    {
                        // Here and in no method of its own: one loop less to wake for each event.
                        _read.UnsafeOnCompleted(_onRead);
                        while ((await _signal.WaitAsync() & Wake.Read) == 0) await TickedAsync();
                    }

                    _body.Filled(_read.GetResult());
                    continue;
                }

                if (piece.IsEmpty) return _stoppedBy is { } broken && !IsWhole ? broken : await EndAsync();
                var now = _clock.Heard();
                if (!await PassOnAsync(piece, now)) return GoneOrStalled();
                if (_conversion?.Failure is not null) return RelayEnd.ErrorEvent;
                // The client has its end before the upstream came to its own: at a stop string that only the translation knows.
                if (_conversion is { Ended: true } done && !_reader.SawTerminal) return await LeaveAsync(done);
                if (_clock.Stopped(now) is { } stopped) return IsWhole ? await EndAsync() : stopped;
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException or ObjectDisposedException)
        {
            var isGone = _exchange.Aborted.IsCancellationRequested;
            if (IsWhole && !isGone) return await EndAsync();
            if (_stoppedBy is { } why) return why;
            return isGone ? GoneOrStalled() : RelayEnd.UpstreamBroke;
        }
    }

    /// <summary>Writes the error event that ends a stream badly, where the dialect and the place in the stream allow one.</summary>
    public async ValueTask WriteErrorEventAsync(DialectError error)
    {
        if (_conversion is not null)
        {
            _conversion.Fail(error);
            WriteConverted();
            await FlushAsync();
            return;
        }

        if (!MayInsert || _reader.SawError) return;
        var dialect = _exchange.Route.Dialect;
        DialectErrors.WriteStreamError(_client, dialect, error, "req_" + _exchange.Record.Id.ToString("N"), _reader.LastSequenceNumber + 1);
        await FlushAsync();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _clock.Dispose();
        if (_body is BufferedPieces buffered) buffered.Dispose();
    }

    /// <summary>The first time the status and headers go out now; a client should not wait for the first token to see that it was let in.</summary>
    private ValueTask<bool> BeginWaitingAsync()
    {
        _waited = true;
        _clock.Start();
        return Http.Response.HasStarted || _conversion is { ClientStreams: false } ? ValueTask.FromResult(true) : FlushAsync();
    }

    private async ValueTask TickedAsync()
    {
        if (_stoppedBy is not null) return;
        switch (_clock.Check())
        {
            case Due.KeepAlive when IsWhole:
                // A provider that leaves its message open is not waited for longer than a client is left without a sign.
                await StopAsync(RelayEnd.Complete);
                break;
            case Due.KeepAlive when _conversion is null && _reader.SawError:
                // Nor one that has told why there will be no more.
                await StopAsync(RelayEnd.ErrorEvent);
                break;
            case Due.KeepAlive when MayInsert:
                _client.Write(DialectErrors.KeepAlive(_exchange.Route.Dialect).Span);
                await FlushAsync();
                break;
            case Due.Idle:
                await StopAsync(RelayEnd.IdleTimeout);
                break;
            case Due.Total:
                await StopAsync(RelayEnd.TotalTimeout);
                break;
            case Due.TokenEnded:
                await StopAsync(RelayEnd.TokenEnded);
                break;
            case Due.Stopping:
                await StopAsync(RelayEnd.Stopping);
                break;
        }
    }

    /// <summary>Ends the upstream's call; the pending read then comes back by itself, and only after that its memory may be reused.</summary>
    private ValueTask StopAsync(RelayEnd reason)
    {
        _stoppedBy = reason;
        // Nothing is wrong with a provider whose answer we no longer want.
        if (reason is not (RelayEnd.TokenEnded or RelayEnd.Stopping) && !IsWhole) _answer.BrokeOff(UpstreamFailure.Of(reason, "").Type);
        return _answer.DisposeAsync();
    }

    private ValueTask<bool> PassOnAsync(ReadOnlyMemory<byte> piece, long now)
    {
        var record = _exchange.Record;
        record.FirstByteMicros ??= _exchange.ElapsedMicros(now);
        record.ResponseBytes += piece.Length;
        _reader.Read(piece.Span);
        if (_conversion is not null) return PassOnConvertedAsync(_conversion, piece.Span);
        if (!_exchange.IsSettled) SettleAtEnd();

        // In one call, which the server takes straight into what it sends: asked for memory first, it would copy once more.
        if (_filter is null) return FlushedAsync(_client.WriteAsync(piece), now);
        _filter.Write(piece.Span, _client);
        return FlushedAsync(_client.FlushAsync(), now);
    }

    /// <summary>Flushes; false when the client is gone.</summary>
    private ValueTask<bool> FlushAsync() => FlushedAsync(_client.FlushAsync(), null);

    /// <summary>Waits for a flush; false when the client is gone. What was heard just now and is taken at once counts as written then.</summary>
    private ValueTask<bool> FlushedAsync(ValueTask<FlushResult> pending, long? now)
    {
        if (!pending.IsCompletedSuccessfully) return FlushSlowlyAsync(pending);
#pragma warning disable RS0030 // It is done, so that nothing waits here.
        var flushed = pending.Result;
#pragma warning restore RS0030
        if (now is { } stamp) _clock.Written(stamp);
        else _clock.Written();
        return new(!flushed.IsCompleted && !flushed.IsCanceled);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> FlushSlowlyAsync(ValueTask<FlushResult> pending)
    {
        // A client that does not read must be bounded also while the upstream never lets a read wait.
        _clock.Writing();
        var flushed = await pending;
        _clock.Written();
        return !flushed.IsCompleted && !flushed.IsCanceled;
    }

    private ValueTask<bool> PassOnConvertedAsync(AnswerConversion conversion, ReadOnlySpan<byte> piece)
    {
        conversion.Read(piece);
        if (!conversion.ClientStreams || conversion.Ready.IsEmpty) return ValueTask.FromResult(true);
        if (conversion is { Ended: true, Failure: null } && !_exchange.IsSettled) SettleWhole();
        WriteConverted();
        return FlushAsync();
    }

    private void WriteConverted()
    {
        if (_conversion is null) return;
        if (_conversion.ClientStreams) _client.Write(_conversion.Ready.Span);
        _conversion.Taken();
    }

    /// <summary>Ends the upstream's call, whose rest nobody would read, and gives the client what is left for it.</summary>
    private async ValueTask<RelayEnd> LeaveAsync(AnswerConversion conversion)
    {
        await _answer.DisposeAsync();
        return await EndConvertedAsync(conversion, upstreamEnded: false);
    }

    private async ValueTask<RelayEnd> EndConvertedAsync(AnswerConversion conversion, bool upstreamEnded)
    {
        conversion.End();
        var whole = conversion is { Ended: true, Failure: null };
        if (whole && !_exchange.IsSettled) SettleWhole(upstreamEnded);
        if (!whole && !conversion.ClientStreams) return RelayEnd.ErrorEvent;
        if (!conversion.ClientStreams) Http.Response.ContentLength = conversion.Ready.Length;
        if (!conversion.Ready.IsEmpty)
        {
            _client.Write(conversion.Ready.Span);
            conversion.Taken();
            if (!await FlushAsync()) return GoneOrStalled();
        }

        return whole ? RelayEnd.Complete : RelayEnd.ErrorEvent;
    }

    private async ValueTask<RelayEnd> EndAsync()
    {
        if (_conversion is not null) return await EndConvertedAsync(_conversion, upstreamEnded: true);
        if (_filter is not null)
        {
            _filter.End(_client);
            if (!await FlushAsync()) return GoneOrStalled();
        }

        if (IsShort) return RelayEnd.UpstreamBroke;
        if (_reader.SawTerminal || _reader.IsUnjudged)
        {
            SettleWhole();
            return RelayEnd.Complete;
        }

        return _reader.SawError ? RelayEnd.ErrorEvent : RelayEnd.NoTerminal;
    }

    /// <summary>Settles when this piece ends the answer: by what it says, or because its declared length is reached.</summary>
    private void SettleAtEnd()
    {
        if (IsWhole)
        {
            SettleWhole();
            return;
        }

        if (_exchange.Record.ResponseBytes != _declared) return;
        if (_reader.SawTerminal || _reader.IsUnjudged)
        {
            SettleWhole();
            return;
        }

        var record = _exchange.Record;
        _exchange.TakeFacts(_reader.Facts, complete: false);
        record.Events = _reader.Events;
        var failure = UpstreamFailure.Of(_reader.SawError ? RelayEnd.ErrorEvent : RelayEnd.NoTerminal, record.Provider!);
        record.ErrorType ??= failure.Type;
        _exchange.Settle(failure.End);
    }

    /// <summary>Settles a whole answer. What a translated one took is known whole where its upstream was not left early: some chat hosts end without <c>[DONE]</c>.</summary>
    private void SettleWhole(bool upstreamEnded = false)
    {
        Describe?.Invoke();
        var record = _exchange.Record;
        _exchange.TakeFacts(_reader.Facts, complete: _conversion is null || _reader.SawTerminal || upstreamEnded);
        record.Events = _reader.Events;
        _exchange.Settle(_reader.SawError ? ExchangeEnd.UpstreamError : ExchangeEnd.Ok);
    }

    private RelayEnd GoneOrStalled() => _clientStalled ? RelayEnd.ClientStalled : RelayEnd.ClientGone;

    private void OnClientStalled()
    {
        _clientStalled = true;
        Http.Abort();
    }
}
