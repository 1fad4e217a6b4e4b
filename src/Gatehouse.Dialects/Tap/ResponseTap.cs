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
    private readonly TapState _state = new();
    private readonly byte[] _head = new byte[DoneMarker.Length];
    private int _headLength = -1;
    private bool _skipsData;
    private bool _isJson;
    private bool _readAny;
    private Dialect _dialect;

    /// <summary>What has been read so far.</summary>
    public ResponseFacts Facts => _state.Facts;

    /// <summary>
    /// Whether the bytes so far end exactly between two events (true before the first byte, and between CR and LF of a blank line).
    /// A JSON document has no boundary after its first byte.
    /// </summary>
    public bool AtEventBoundary => _isJson ? !_readAny : _events.AtBoundary;

    /// <summary>
    /// Whether the answer is complete: <c>message_stop</c>, <c>[DONE]</c> (Chat), or <c>response.completed|incomplete|failed</c> was seen;
    /// for JSON, the document is closed.
    /// </summary>
    public bool SawTerminal => _state.SawTerminal;

    /// <summary>
    /// Whether the upstream itself reported an error (Anthropic <c>error</c>, Chat <c>data: {"error":…}</c>, Responses <c>error</c> or
    /// <c>response.failed</c>; for JSON, a document with an error in it).
    /// </summary>
    public bool SawError => _state.SawError;

    /// <summary>Whether an event that carries model output has been seen (for time to first token). Never set for JSON.</summary>
    public bool SawContent => _state.SawContent;

    /// <summary>Number of complete events so far (0 for JSON). Comments are not events.</summary>
    public long Events { get; private set; }

    /// <summary>The highest <c>sequence_number</c> seen (Responses), or -1.</summary>
    public long LastSequenceNumber => _state.LastSequenceNumber;

    private static ReadOnlySpan<byte> DoneMarker => "[DONE]"u8;

    /// <summary>Makes the tap ready for an answer in the given dialect and framing.</summary>
    public void Reset(Dialect dialect, BodyFraming framing)
    {
        _dialect = dialect;
        _isJson = framing == BodyFraming.Json;
        _readAny = _skipsData = false;
        _headLength = -1;
        Events = 0;
        _state.Clear(dialect);
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
        Dialect.Anthropic => AnthropicAnswer.Document,
        Dialect.OpenAiChat => ChatAnswer.LaterChunks,
        _ => ResponsesAnswer.Document,
    };

    private void ReadDocument(ReadOnlySpan<byte> piece)
    {
        if (SawTerminal)
            return;
        _fields.Read(_documentStart.SkipMark(piece));
        if (!_fields.IsComplete)
            return;
        _state.SawTerminal = true;
        FactReading.TakeIdentity(Facts, _fields.Values);
        FactReading.TakeUsage(Facts, _fields.Values);
        FactReading.TakeStopReason(Facts, _fields.Values);
        if (FactReading.HasError(_fields.Values))
            FactReading.TakeError(_state, _fields.Values);
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
        switch (_dialect)
        {
            case Dialect.Anthropic:
                _skipsData = !AnthropicAnswer.IsWorthReading(_events.Name);
                _fields.Begin(AnthropicAnswer.Event);
                break;
            case Dialect.OpenAiChat:
                _fields.Begin(SawContent ? ChatAnswer.LaterChunks : ChatAnswer.FirstChunks);
                break;
            default:
                _fields.Begin(ResponsesAnswer.Event, ResponsesAnswer.IsBrief(_events.Name) ? Field.Sequence : Field.None);
                break;
        }
    }

    private void EndEvent()
    {
        if (_events.HasData)
        {
            Events++;
            TakeEvent(_events.Name, _fields.Values.Text(Field.Type, out _));
        }

        _events.EndEvent();
        _headLength = -1;
        _skipsData = false;
    }

    private void TakeEvent(ReadOnlySpan<byte> name, ReadOnlySpan<byte> type)
    {
        switch (_dialect)
        {
            case Dialect.Anthropic when _skipsData || _fields.IsComplete:
                AnthropicAnswer.TakeEvent(_state, _fields.Values, EventKinds.Anthropic(name.IsEmpty ? type : name));
                break;
            case Dialect.OpenAiChat:
                _state.SawTerminal |= _head.AsSpan(0, _headLength).SequenceEqual(DoneMarker);
                if (_fields.IsComplete)
                    ChatAnswer.TakeChunk(_state, _fields.Values);
                break;
            case Dialect.OpenAiResponses when !_fields.IsBroken:
                var kind = EventKinds.Responses(type.IsEmpty ? name : type);
                ResponsesAnswer.TakeEvent(_state, _fields.Values, kind, _fields.IsComplete);
                break;
        }
    }
}
