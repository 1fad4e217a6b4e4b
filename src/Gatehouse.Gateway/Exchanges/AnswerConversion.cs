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
/// sent a document, the edge's stream map, collector (events → JSON) where the client wants a document. One per attempt, used by the relay's loop
/// alone. What it gives out are whole events, or one whole document at the end.
/// </summary>
internal sealed class AnswerConversion : IDisposable
{
    private const int LargestDocument = 64 * 1024 * 1024;

    private readonly Dialect _client;
    private readonly Dialect _upstream;
    private readonly PooledBuffer _events = new();
    private readonly DocumentFinish? _finish;
    private readonly TurnCapture? _capture;
    private DialectError? _unfinished;
    private int _captured;
    private readonly PooledBuffer? _received;
    private readonly PooledBuffer? _document;
    private readonly StreamMap _map;
    private readonly StreamMap? _collector;
    private readonly EventFeed _feed;
    private readonly EventFeed? _collected;

    /// <summary>Prepares for one answer.</summary>
    /// <param name="client">The caller's dialect.</param>
    /// <param name="request">The translated request that the answer belongs to.</param>
    /// <param name="upstream">The dialect of the answer.</param>
    /// <param name="upstreamStreams">Whether the answer is an event stream.</param>
    /// <param name="capture">Takes the answer down, or null.</param>
    /// <param name="finish">Makes the client's document of the collected one; null when that is the client's.</param>
    public AnswerConversion(
        Dialect client, EdgeRequest request, Dialect upstream, bool upstreamStreams, TurnCapture? capture = null, DocumentFinish? finish = null)
    {
        _finish = finish;
        _capture = capture;
        _client = client;
        _upstream = upstream;
        ClientStreams = request.Context.ClientStreams;
        _map = request.BeginAnswer(_events);
        _feed = new EventFeed(_map);
        if (!upstreamStreams) _received = new PooledBuffer();
        if (ClientStreams) return;
        _document = new PooledBuffer();
        _collector = AnswerForms.Collector(client, _document);
        _collected = new EventFeed(_collector);
    }

    /// <summary>Whether the client gets events as they come.</summary>
    public bool ClientStreams { get; }

    /// <summary>Whether the client's answer is at its end, good or bad.</summary>
    public bool Ended => _map.Ended;

    /// <summary>Why it ended badly, or null.</summary>
    public DialectError? Failure => _map.Failure ?? _collector?.Failure ?? _unfinished;

    /// <summary>Whether the client's stream ended badly, but by its dialect's own last event.</summary>
    public bool IsFailureClosed => ClientStreams && _map.IsFailureClosed;

    /// <summary>What can be written to the client now. Valid until the next call.</summary>
    public ReadOnlyMemory<byte> Ready => (_document ?? _events).WrittenMemory;

    /// <summary>Forgets what was written.</summary>
    public void Taken()
    {
        (_document ?? _events).Clear();
        _captured = 0;
    }

    /// <summary>Reads the next piece of the upstream's answer.</summary>
    public void Read(ReadOnlySpan<byte> piece)
    {
        if (_received is null)
        {
            _feed.Read(piece);
            Collect();
        }
        else if (_received.Length + piece.Length <= LargestDocument)
            _received.Append(piece);
        else
            Fail(new DialectError(ErrorKind.BadGateway, "The provider's answer is larger than 64 MiB.", "upstream_bad_answer"));
    }

    /// <summary>The upstream's answer ended in good order.</summary>
    public void End()
    {
        if (_received is not null && !Ended) Replay(_received);
        _feed.End();
        Collect();
        _collected?.End();
        Finish();
    }

    /// <summary>Ends the client's answer badly.</summary>
    public void Fail(DialectError error)
    {
        _map.Fail(error);
        Collect();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _feed.Dispose();
        _collected?.Dispose();
        _events.Dispose();
        _received?.Dispose();
        _document?.Dispose();
    }

    private void Finish()
    {
        if (_finish is null || _document is null || _collector is not { Ended: true, Failure: null }) return;
        using var answer = new PooledBuffer();
        if (_finish(_document.Written, answer))
        {
            _document.Clear();
            _document.Append(answer.Written);
        }
        else
            _unfinished = new DialectError(ErrorKind.BadGateway, "The model gave no summary of the conversation. Trying again may help.", "no_summary");
    }

    private void Replay(PooledBuffer received)
    {
        using var replayed = new PooledBuffer();
        if (AnswerForms.TryReplay(_upstream, received.Written, replayed)) _feed.Read(replayed.Written);
        else _map.Fail(UpstreamErrors.OfDocument(_client, received.Written));
    }

    /// <summary>
    /// What the map wrote since the last time goes on: to whoever takes the answer down, and to the collector. The client's own share stays where it is until
    /// it was written.
    /// </summary>
    private void Collect()
    {
        _capture?.Read(_events.Written[_captured..]);
        _captured = _events.Length;
        if (_collected is null) return;
        _captured = 0;
        _collected.Read(_events.Written);
        _events.Clear();
    }
}
