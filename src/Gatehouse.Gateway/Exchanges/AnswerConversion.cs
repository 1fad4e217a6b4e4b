using Gatehouse.Dialects;
using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>Makes a client's document of the one that was collected; false when it can't be made.</summary>
/// <param name="document">The collected document.</param>
/// <param name="answer">Gets the client's.</param>
internal delegate bool DocumentFinish(ReadOnlySpan<byte> document, PooledBuffer answer);

/// <summary>
/// Turns an upstream's answer, in whichever form it comes, into the form and dialect that the client asked for: replay (JSON → events) where the upstream
/// sent a document, the edge's stream map, collector (events → JSON) where the client wants a document. Events go from one to the next as they are;
/// only a client's stream is framed as one. One per attempt, used by the relay's loop alone. What it gives out are whole events, or one whole document at the end.
/// </summary>
internal sealed class AnswerConversion : IDisposable
{
    private const int LargestDocument = 64 * 1024 * 1024;

    /// <summary>Twice as much: a stream says the same in more words. What a client is told at its end is held until then, and no model writes as much.</summary>
    internal const int LargestStream = 2 * LargestDocument;

    private readonly Dialect _client;
    private readonly Dialect _upstream;
    private readonly DocumentFinish? _finish;
    private readonly TurnCapture? _capture;
    private readonly StreamMap _map;

    /// <summary>Reads the upstream's stream; null where it sends a document.</summary>
    private readonly EventFeed? _feed;

    /// <summary>The upstream's document as far as it has come; null where it sends a stream.</summary>
    private readonly PooledBuffer? _received;

    /// <summary>The client's stream as far as it is not written; null where it wants a document.</summary>
    private readonly PooledBuffer? _events;

    /// <summary>What the client's events make together: for a client that wants a document, and for the capture; null where nobody wants one.</summary>
    private readonly PooledBuffer? _document;
    private readonly StreamMap? _collector;
    private DialectError? _unfinished;
    private long _streamed;

    /// <summary>Prepares for one answer.</summary>
    /// <param name="client">The caller's dialect.</param>
    /// <param name="request">The translated request that the answer belongs to.</param>
    /// <param name="upstream">The dialect of the answer.</param>
    /// <param name="upstreamStreams">Whether the answer is an event stream.</param>
    /// <param name="capture">Keeps the answer, or null.</param>
    /// <param name="finish">Makes the client's document of the collected one; null when that is the client's.</param>
    public AnswerConversion(
        Dialect client, EdgeRequest request, Dialect upstream, bool upstreamStreams, TurnCapture? capture = null, DocumentFinish? finish = null)
    {
        (_client, _upstream, _capture, _finish) = (client, upstream, capture, finish);
        if (!request.Context.ClientStreams || capture is not null)
        {
            _document = new PooledBuffer();
            _collector = AnswerForms.Collector(client, _document);
        }

        if (request.Context.ClientStreams) _events = new PooledBuffer();
        _map = _events is null ? request.BeginAnswer(_collector!) : request.BeginAnswer(_events, _collector);
        if (upstreamStreams) _feed = new EventFeed(_map);
        else _received = new PooledBuffer();
    }

    /// <summary>Whether the client gets events as they come.</summary>
    public bool ClientStreams => _events is not null;

    /// <summary>Whether the upstream sends a document, of which nothing is made before its end.</summary>
    public bool ReadsDocument => _received is not null;

    /// <summary>Whether the client's answer is at its end, good or bad.</summary>
    public bool Ended => _map.Ended;

    /// <summary>Whether the client's answer is whole: it has its good end, or, for a client that wants a document, all that this is made of.</summary>
    public bool IsWhole => Ended && Failure is null && (ClientStreams || _collector!.Ended);

    /// <summary>Why it ended badly, or null.</summary>
    public DialectError? Failure => _map.Failure ?? (ClientStreams ? null : _collector!.Failure) ?? _unfinished;

    /// <summary>Whether the client's stream ended badly, but by its dialect's own last event.</summary>
    public bool IsFailureClosed => ClientStreams && _map.IsFailureClosed;

    /// <summary>What can be written to the client now. Valid until the next call.</summary>
    public ReadOnlyMemory<byte> Ready => (_events ?? _document!).WrittenMemory;

    /// <summary>Forgets what was written.</summary>
    public void Taken() => (_events ?? _document!).Clear();

    /// <summary>Reads the next piece of the upstream's answer.</summary>
    public void Read(ReadOnlySpan<byte> piece)
    {
        if (_feed is not null)
        {
            _feed.Read(piece);
            _streamed += piece.Length;
            if (_streamed > LargestStream) Fail(new DialectError(ErrorKind.BadGateway, "The provider's answer is larger than 128 MiB.", "upstream_bad_answer"));
            Keep();
        }
        else if (_received!.Length + piece.Length <= LargestDocument)
            _received.Append(piece);
        else
            Fail(new DialectError(ErrorKind.BadGateway, "The provider's answer is larger than 64 MiB.", "upstream_bad_answer"));
    }

    /// <summary>The upstream's answer ended in good order.</summary>
    public void End()
    {
        if (_feed is not null) _feed.End();
        else if (!Ended) Replay(_received!.Written);
        if (!ClientStreams) _collector!.Finish();
        Keep();
        Finish();
    }

    /// <summary>Ends the client's answer badly.</summary>
    public void Fail(DialectError error) => _map.Fail(error);

    /// <inheritdoc/>
    public void Dispose()
    {
        _feed?.Dispose();
        (_collector as IDisposable)?.Dispose();
        _events?.Dispose();
        _received?.Dispose();
        _document?.Dispose();
    }

    private void Replay(ReadOnlySpan<byte> received)
    {
        if (AnswerForms.TryReplay(_upstream, received, _map)) _map.Finish();
        else _map.Fail(UpstreamErrors.OfDocument(_client, received));
    }

    /// <summary>What the client saw is kept before it sees the end, so that it may continue at once.</summary>
    private void Keep()
    {
        if (_capture is not null) _capture.Keep(_collector!, _document!);
    }

    private void Finish()
    {
        if (_finish is null || ClientStreams || _collector is not { Ended: true, Failure: null }) return;
        using var answer = new PooledBuffer();
        if (_finish(_document!.Written, answer))
        {
            _document.Clear();
            _document.Append(answer.Written);
        }
        else
            _unfinished = new DialectError(ErrorKind.BadGateway, "The model gave no summary of the conversation. Trying again may help.", "no_summary");
    }
}
