using System.Buffers;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Sse;

namespace Gatehouse.Dialects.Tap;

/// <summary>
/// Keeps from a chat client the usage chunk that it did not ask for: the one event whose <c>choices</c> is an empty array and whose
/// <c>usage</c> is an object. All other bytes pass unchanged and in order. An event is held back only until it is known not to be that
/// chunk, and never beyond 64 KiB. Reusable; allocates nothing per piece once its buffer has grown. Not thread-safe.
/// </summary>
public sealed class UsageChunkFilter
{
    private const int MostHeld = 64 * 1024;

    private static readonly FieldPath Paths = FieldPath.Object(
        Field.None,
        ("choices", FieldPath.Array(Field.Choices, FieldPath.Leaf(Field.Choice))),
        ("usage", FieldPath.Leaf(Field.Usage)));

    private readonly SseReader _events = new();
    private readonly FieldScanner _fields = new();
    private readonly ArrayBufferWriter<byte> _held = new(2048);
    private bool _passing;
    private bool _judging;
    private bool _atEnd;
    private bool _dropsLineEnd;
    private bool _leftPart;

    /// <summary>How many chunks were kept from the client.</summary>
    public long Dropped { get; private set; }

    /// <summary>
    /// Whether the client stands between two events: all of an event that has begun is held back. An event of the gateway's own may go out then, also where the
    /// upstream is in the middle of one.
    /// </summary>
    public bool IsAtBoundary => !_passing && !_leftPart;

    /// <summary>Makes the filter ready for another stream.</summary>
    public void Reset()
    {
        _events.Reset();
        _held.ResetWrittenCount();
        _passing = _judging = _atEnd = _dropsLineEnd = _leftPart = false;
        Dropped = 0;
    }

    /// <summary>Reads the next piece and writes what may go on.</summary>
    public void Write(ReadOnlySpan<byte> piece, IBufferWriter<byte> output)
    {
        while (!piece.IsEmpty)
        {
            if (_atEnd && EndLine(ref piece, output))
                continue;
            var step = _events.Next(piece, out var used, out var data);
            if (step == SseStep.Data && !_passing)
                Judge(data);
            Take(piece[..used], output, ends: step == SseStep.Blank);
            piece = piece[used..];
        }
    }

    /// <summary>
    /// Call it when the upstream has ended: writes what is still held, unless it is, or may be the beginning of, the chunk that the client did not ask for.
    /// </summary>
    public void End(IBufferWriter<byte> output)
    {
        if (_passing || _held.WrittenCount == 0)
            return;
        if (_judging ? !_fields.IsComplete || IsUsageChunk() : BeginsData(_held.WrittenSpan))
        {
            Dropped++;
            _held.ResetWrittenCount();
            return;
        }

        _leftPart = true;
        Release(output);
    }

    /// <summary>Whether the last line may become one of data.</summary>
    private static bool BeginsData(ReadOnlySpan<byte> held)
    {
        var line = held[(held.LastIndexOfAny((byte)'\n', (byte)'\r') + 1)..];
        return !line.IsEmpty && (line.Length < 5 ? "data:"u8.StartsWith(line) : line.StartsWith("data:"u8));
    }

    private void Release(IBufferWriter<byte> output)
    {
        output.Write(_held.WrittenSpan);
        _held.ResetWrittenCount();
    }

    /// <summary>The LF behind the CR that ended an event shares that event's fate at once; it is not held with the next one.</summary>
    private bool EndLine(ref ReadOnlySpan<byte> piece, IBufferWriter<byte> output)
    {
        _atEnd = false;
        if (!_events.InsideLineEnd || piece[0] != '\n')
            return false;
        _ = _events.Next(piece[..1], out _, out _);
        if (!_dropsLineEnd)
            output.Write(piece[..1]);
        piece = piece[1..];
        return true;
    }

    private void Judge(ReadOnlySpan<byte> data)
    {
        if (!_judging)
            _fields.Begin(Paths);
        else if (_events.StartsDataLine)
            _fields.Read("\n"u8);
        _judging = true;
        _fields.Read(data);
        _passing = _fields.IsBroken
            || _fields.Values.Kind(Field.Choice) != JsonKind.None
            || _fields.Values.Kind(Field.Choices) is not (JsonKind.None or JsonKind.Array)
            || _fields.Values.Kind(Field.Usage) is not (JsonKind.None or JsonKind.Object);
    }

    private void Take(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output, bool ends)
    {
        if (_passing || _held.WrittenCount + bytes.Length > MostHeld)
        {
            _passing = true;
            Release(output);
            output.Write(bytes);
        }
        else
            _held.Write(bytes);
        if (ends)
            EndEvent(output);
    }

    private void EndEvent(IBufferWriter<byte> output)
    {
        _dropsLineEnd = !_passing && _judging && IsUsageChunk();
        if (_dropsLineEnd)
        {
            Dropped++;
            _held.ResetWrittenCount();
        }

        Release(output);
        _events.EndEvent();
        _passing = _judging = false;
        _atEnd = true;
    }

    private bool IsUsageChunk() =>
        _fields.IsComplete && _fields.Values.Kind(Field.Choices) == JsonKind.Array && _fields.Values.Kind(Field.Usage) == JsonKind.Object;
}
