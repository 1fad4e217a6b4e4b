using Gatehouse.Dialects;
using Gatehouse.Dialects.Facts;
using Gatehouse.Dialects.Tap;
using Gatehouse.Gateway.Upstream;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>Reads an answer's facts in whatever framing and coding the upstream chose. One per attempt, used by the relay's loop alone.</summary>
internal sealed class AnswerReader : IDisposable
{
    private readonly TapPool _taps;
    private readonly ResponseTap _tap;
    private readonly CompressedTap? _compressed;
    private readonly bool _isStream;
    private readonly bool _isOpaque;
    private readonly Dialect _dialect;
    private bool _isUntold;

    public AnswerReader(Dialect dialect, UpstreamAnswer answer, TapPool taps)
    {
        _taps = taps;
        _dialect = dialect;
        _tap = taps.Rent();
        _isStream = answer.MediaType == "text/event-stream";
        _tap.Reset(dialect, _isStream ? BodyFraming.EventStream : BodyFraming.Json);
        // Only these two have an end that can be seen; of anything else HTTP alone says whether it is whole.
        _isUntold = string.IsNullOrEmpty(answer.MediaType);
        _isOpaque = !_isStream && !_isUntold && !answer.MediaType!.Contains("json", StringComparison.Ordinal);
        if (_isOpaque || answer.ContentEncoding is not { } coding) return;
        // A coding that the tap can't decode was not asked for; the answer passes, unjudged and unmetered.
        _compressed = CompressedTap.TryCreate(coding, _tap);
        _isOpaque = _compressed is null;
    }

    /// <summary>What has been read so far.</summary>
    public ResponseFacts Facts => _tap.Facts;

    /// <summary>Whether the answer is an event stream, compressed or not.</summary>
    public bool IsStream => _isStream;

    /// <summary>Whether the answer is complete.</summary>
    public bool SawTerminal => _tap.SawTerminal;

    /// <summary>Whether the bytes themselves tell that the answer is complete, without the end of the message: of a compressed one, its coding has ended too.</summary>
    public bool SawEnd => _tap.SawTerminal && _compressed is null or { HasEnded: true };

    /// <summary>Whether the upstream reported an error inside the answer.</summary>
    public bool SawError => _tap.SawError;

    /// <summary>Complete events so far.</summary>
    public long Events => _tap.Events;

    /// <summary>The highest sequence number seen, or -1.</summary>
    public long LastSequenceNumber => _tap.LastSequenceNumber;

    /// <summary>Whether an event of our own may be put in here: an uncompressed event stream, between two events.</summary>
    public bool MayInsert => _isStream && _compressed is null && !_isOpaque && _tap.AtEventBoundary;

    /// <summary>Whether the bytes could not be read, so that nothing can be said about their completeness.</summary>
    public bool IsUnjudged => _isOpaque || _compressed is { IsBroken: true };

    /// <summary>Reads the next piece.</summary>
    public void Read(ReadOnlySpan<byte> piece)
    {
        if (_isOpaque) return;
        if (_isUntold && _compressed is null) Recognise(piece);
        if (_compressed is null) _tap.Read(piece);
        else _compressed.Read(piece);
    }

    /// <summary>Takes an answer that does not tell its kind for what it begins like: some hosts leave the kind of their streams out. Nothing is put into such a one.</summary>
    private void Recognise(ReadOnlySpan<byte> piece)
    {
        var text = piece.TrimStart(" \t\r\n\uFEFF"u8);
        if (text.IsEmpty) return;
        _isUntold = false;
        if (text[0] is not ((byte)'{' or (byte)'[')) _tap.Reset(_dialect, BodyFraming.EventStream);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _compressed?.Dispose();
        _taps.Return(_tap);
    }
}
