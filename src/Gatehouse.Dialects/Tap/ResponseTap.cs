using Gatehouse.Dialects.Facts;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Sse;

namespace Gatehouse.Dialects.Tap;

/// <summary>How the body of an answer is framed.</summary>
public enum BodyFraming : byte
{
    /// <summary>Server-sent events.</summary>
    EventStream,

    /// <summary>One JSON document.</summary>
    Json,
}

/// <summary>
/// Reads the facts of an answer off the upstream's own bytes as they pass, in pieces of any size. It never changes or keeps the bytes and
/// allocates nothing per piece. One tap serves one attempt at a time and is not thread-safe; <see cref="Reset"/> makes it ready for the next.
/// </summary>
public sealed class ResponseTap
{
    private readonly SseReader _events = new();
    private readonly FieldScanner _fields = new();
    private readonly JsonStart _documentStart = new();
    private readonly byte[] _head = new byte[DoneMarker.Length];
    private int _headLength = -1;
    private bool _skipsData;
    private bool _isJson;
    private bool _readAny;
    private Dialect _dialect;

    /// <summary>What has been read so far.</summary>
    public ResponseFacts Facts { get; } = new();

    /// <summary>
    /// Whether the bytes so far end exactly between two events (true before the first byte, and between CR and LF of a blank line).
    /// A JSON document has no boundary after its first byte.
    /// </summary>
    public bool AtEventBoundary => _isJson ? !_readAny : _events.AtBoundary;

    /// <summary>
    /// Whether the answer is complete: <c>message_stop</c>, <c>[DONE]</c> (Chat), or <c>response.completed|incomplete|failed</c> was seen;
    /// for JSON, the document is closed.
    /// </summary>
    public bool SawTerminal { get; private set; }

    /// <summary>
    /// Whether the upstream itself reported an error (Anthropic <c>error</c>, Chat <c>data: {"error":…}</c>, Responses <c>error</c> or
    /// <c>response.failed</c>; for JSON, a document with an error in it).
    /// </summary>
    public bool SawError { get; private set; }

    /// <summary>Whether an event that carries model output has been seen (for time to first token). Never set for JSON.</summary>
    public bool SawContent { get; private set; }

    /// <summary>Number of complete events so far (0 for JSON). Comments are not events.</summary>
    public long Events { get; private set; }

    /// <summary>The highest <c>sequence_number</c> seen (Responses), or -1.</summary>
    public long LastSequenceNumber { get; private set; } = -1;

    private static ReadOnlySpan<byte> DoneMarker => "[DONE]"u8;

    /// <summary>Makes the tap ready for an answer in the given dialect and framing.</summary>
    public void Reset(Dialect dialect, BodyFraming framing)
    {
        _dialect = dialect;
        _isJson = framing == BodyFraming.Json;
        _readAny = SawTerminal = SawError = SawContent = _skipsData = false;
        Events = 0;
        LastSequenceNumber = -1;
        _headLength = -1;
        Facts.Clear();
        Facts.Usage.InputIncludesCache = dialect != Dialect.Anthropic;
        _events.Reset();
        _documentStart.Reset();
        if (_isJson)
            _fields.Begin(DocumentPaths(dialect));
    }

    /// <summary>Reads the next piece.</summary>
    public void Read(ReadOnlySpan<byte> piece)
    {
        _readAny |= !piece.IsEmpty;
        if (_isJson)
        {
            ReadDocument(piece);
            return;
        }

        while (!piece.IsEmpty)
        {
            switch (_events.Next(piece, out var used, out var data))
            {
                case SseStep.Data when !_skipsData:
                    ReadData(data);
                    break;
                case SseStep.Blank:
                    EndEvent();
                    break;
            }

            piece = piece[used..];
        }
    }

    private static FieldPath DocumentPaths(Dialect dialect) => dialect switch
    {
        Dialect.Anthropic => AnthropicPaths.Document,
        Dialect.OpenAiChat => ChatPaths.LaterChunks,
        _ => ResponsesPaths.Document,
    };

    private void ReadDocument(ReadOnlySpan<byte> piece)
    {
        if (SawTerminal)
            return;
        _fields.Read(_documentStart.SkipMark(piece));
        if (!_fields.IsComplete)
            return;
        SawTerminal = true;
        FactReading.TakeIdentity(Facts, _fields);
        FactReading.TakeUsage(Facts, _fields);
        TakeStopReason();
        if (FactReading.HasError(_fields))
            TakeError();
    }

    private void ReadData(ReadOnlySpan<byte> data)
    {
        if (_headLength < 0)
            BeginData();
        else if (_events.StartsDataLine)
            _fields.Read("\n"u8);
        if (_headLength < _head.Length)
        {
            var room = Math.Min(data.Length, _head.Length - _headLength);
            data[..room].CopyTo(_head.AsSpan(_headLength));
            _headLength += room;
        }

        if (!_skipsData)
            _fields.Read(data);
    }

    /// <summary>Decides by the event's name how much of its data is worth reading; a nameless event is read whole.</summary>
    private void BeginData()
    {
        _headLength = 0;
        var name = _events.Name;
        switch (_dialect)
        {
            case Dialect.Anthropic:
                _skipsData = !name.IsEmpty && EventKinds.Anthropic(name) is EventKind.Content or EventKind.Other;
                _fields.Begin(AnthropicPaths.Event);
                break;
            case Dialect.OpenAiChat:
                _fields.Begin(SawContent ? ChatPaths.LaterChunks : ChatPaths.FirstChunks);
                break;
            default:
                var brief = !name.IsEmpty && EventKinds.Responses(name) is EventKind.Content or EventKind.Other;
                _fields.Begin(ResponsesPaths.Event, brief ? Field.Sequence : Field.None);
                break;
        }
    }

    private void EndEvent()
    {
        if (_events.HasData)
        {
            Events++;
            switch (_dialect)
            {
                case Dialect.Anthropic: EndAnthropicEvent(); break;
                case Dialect.OpenAiChat: EndChatEvent(); break;
                default: EndResponsesEvent(); break;
            }
        }

        _events.EndEvent();
        _headLength = -1;
        _skipsData = false;
    }

    private void EndAnthropicEvent()
    {
        if (_skipsData)
        {
            SawContent |= EventKinds.Anthropic(_events.Name) == EventKind.Content;
            return;
        }

        if (!_fields.IsComplete)
            return;
        switch (EventKinds.Anthropic(_events.Name is { IsEmpty: false } name ? name : _fields.Text(Field.Type, out _)))
        {
            case EventKind.Content:
                SawContent = true;
                break;
            case EventKind.Start:
                FactReading.TakeIdentity(Facts, _fields);
                FactReading.TakeUsage(Facts, _fields);
                break;
            case EventKind.Update:
                FactReading.TakeUsage(Facts, _fields);
                TakeStopReason();
                break;
            case EventKind.Terminal:
                SawTerminal = true;
                break;
            case EventKind.Error:
                TakeError();
                break;
        }
    }

    private void EndChatEvent()
    {
        SawTerminal |= _head.AsSpan(0, _headLength).SequenceEqual(DoneMarker);
        if (!_fields.IsComplete)
            return;
        SawContent |= _fields.HasContent;
        FactReading.TakeIdentity(Facts, _fields);
        FactReading.TakeUsage(Facts, _fields);
        if (Facts.StopReason is null)
            TakeStopReason();
        if (FactReading.HasError(_fields))
            TakeError();
    }

    private void EndResponsesEvent()
    {
        if (_fields.IsBroken)
            return;
        if (_fields.Number(Field.Sequence) is { } sequence)
            LastSequenceNumber = Math.Max(LastSequenceNumber, sequence);
        var type = _fields.Text(Field.Type, out _);
        var kind = EventKinds.Responses(type.IsEmpty ? _events.Name : type);
        SawContent |= kind == EventKind.Content;
        if (!_fields.IsComplete || kind is EventKind.Content or EventKind.Other)
            return;
        if (kind is not EventKind.Error)
        {
            FactReading.TakeIdentity(Facts, _fields);
            FactReading.TakeUsage(Facts, _fields);
        }

        if (kind is EventKind.Terminal or EventKind.Failed)
        {
            SawTerminal = true;
            TakeStopReason();
        }

        if (kind is EventKind.Failed or EventKind.Error)
            TakeError();
    }

    private void TakeStopReason() =>
        Facts.StopReason = FactReading.Latest(
            FactReading.Latest(FactReading.Latest(Facts.StopReason, _fields, Field.Status), _fields, Field.IncompleteReason),
            _fields,
            Field.StopReason);

    private void TakeError()
    {
        SawError = true;
        FactReading.TakeError(Facts, _fields);
    }
}
