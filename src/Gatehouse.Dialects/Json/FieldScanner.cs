using System.Buffers;
using System.Buffers.Text;

namespace Gatehouse.Dialects.Json;

/// <summary>
/// Reads wanted fields from one JSON document that comes in pieces of any size, without keeping the document: it walks a tree of
/// <see cref="FieldPath"/>, skips everything else by counting brackets, and copies only wanted strings and numbers into a small
/// scratch buffer. Allocates nothing after construction; never throws. Not thread-safe.
/// </summary>
internal sealed partial class FieldScanner
{
    private const int DeepestPath = 8;

    private static readonly SearchValues<byte> NumberBytes = SearchValues.Create("0123456789+-.eE"u8);

    private readonly FieldPath?[] _containers = new FieldPath?[DeepestPath];
    private readonly bool[] _isArray = new bool[DeepestPath];
    private int _level;
    private FieldPath? _path;
    private State _state;
    private ContainerSkip _skip;
    private bool _escapeNext;

    private enum State : byte
    {
        Value,
        FirstElement,
        FirstKey,
        NextKey,
        Key,
        Colon,
        AfterValue,
        String,
        SkippedString,
        Scalar,
        SkippedContainer,
        Done,
        Broken,
    }

    /// <summary>Whether the document was read to its last bracket.</summary>
    public bool IsComplete => _state == State.Done;

    /// <summary>Whether the bytes turned out not to be a JSON object or array.</summary>
    public bool IsBroken => _state == State.Broken;

    /// <summary>Whether nothing more will be read: complete, broken, or the field to stop at was found.</summary>
    public bool IsFinished => _state >= State.Done || _stopped;

    /// <summary>Starts a document.</summary>
    /// <param name="root">The paths that are wanted.</param>
    /// <param name="stopAt">A number after which nothing else matters, or None.</param>
    public void Begin(FieldPath root, Field stopAt = Field.None)
    {
        ClearValues();
        _level = -1;
        _path = root;
        _state = State.Value;
        _escapeNext = false;
        _stopAt = stopAt;
        _stopped = false;
    }

    /// <summary>Reads the next piece; what follows the end of the document is passed over.</summary>
    public void Read(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (at < bytes.Length && !IsFinished)
        {
            switch (_state)
            {
                case State.SkippedContainer:
                    ReadSkippedContainer(bytes, ref at);
                    break;
                case State.SkippedString or State.String:
                    ReadString(bytes, ref at);
                    break;
                case State.Scalar:
                    ReadScalar(bytes, ref at);
                    break;
                case State.Key:
                    ReadKey(bytes, ref at);
                    break;
                default:
                    ReadToken(bytes[at++]);
                    break;
            }
        }
    }

    private void ReadToken(byte value)
    {
        if (value is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
            return;
        switch (_state)
        {
            case State.FirstKey when value == '}':
            case State.FirstElement when value == ']':
                Close();
                break;
            case State.FirstKey or State.NextKey when value == '"':
                BeginKey();
                break;
            case State.Colon when value == ':':
                _state = State.Value;
                break;
            case State.AfterValue when value == ',':
                _state = _isArray[_level] ? State.Value : State.NextKey;
                _path = _isArray[_level] ? _containers[_level]!.Element : null;
                break;
            case State.AfterValue when value == (_isArray[_level] ? ']' : '}'):
                Close();
                break;
            case State.Value or State.FirstElement:
                BeginValue(value);
                break;
            default:
                _state = State.Broken;
                break;
        }
    }

    private void BeginValue(byte value)
    {
        switch (value)
        {
            case (byte)'{':
                Note(JsonKind.Object);
                Open(isArray: false, _path is { HasMembers: true }, State.FirstKey);
                break;
            case (byte)'[':
                Note(JsonKind.Array);
                Open(isArray: true, _path is { Element: not null }, State.FirstElement);
                break;
            case (byte)'"' when _level >= 0:
                BeginString();
                break;
            case (byte)'-' or (byte)'t' or (byte)'f' or (byte)'n' or (>= (byte)'0' and <= (byte)'9') when _level >= 0:
                BeginScalar(value);
                break;
            default:
                _state = State.Broken;
                break;
        }
    }

    private void Open(bool isArray, bool wanted, State inside)
    {
        if (!wanted || _level + 1 == DeepestPath)
        {
            _skip = ContainerSkip.Behind(isArray ? (byte)'[' : (byte)'{');
            _state = State.SkippedContainer;
            return;
        }

        _level++;
        _containers[_level] = _path;
        _isArray[_level] = isArray;
        _path = isArray ? _path!.Element : null;
        _state = inside;
    }

    private void Close()
    {
        _level--;
        _state = _level < 0 ? State.Done : State.AfterValue;
    }

    private void EndValue() => _state = State.AfterValue;

    private void ReadSkippedContainer(ReadOnlySpan<byte> bytes, ref int at)
    {
        at += Blocks512.IsSupported ? _skip.Read<Blocks512>(bytes[at..])
            : Blocks256.IsSupported ? _skip.Read<Blocks256>(bytes[at..])
            : _skip.Read<Blocks128>(bytes[at..]);
        if (!_skip.IsDone)
            return;
        _state = !_skip.IsBalanced ? State.Broken : _level < 0 ? State.Done : State.AfterValue;
    }

    private void ReadScalar(ReadOnlySpan<byte> bytes, ref int at)
    {
        for (; at < bytes.Length; at++)
        {
            var value = bytes[at];
            if (value is (byte)',' or (byte)'}' or (byte)']' or (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
            {
                EndScalar();
                return;
            }

            if (_scalarLength < _scalar.Length)
                _scalar[_scalarLength] = value;
            _scalarLength++;
        }
    }

    private void EndScalar()
    {
        var text = _scalar.AsSpan(0, Math.Min(_scalarLength, _scalar.Length));
        EndValue();
        switch (text[0])
        {
            case (byte)'n' when text.SequenceEqual("null"u8):
                Note(JsonKind.Null);
                break;
            case (byte)'t' when text.SequenceEqual("true"u8):
                Note(JsonKind.True);
                break;
            case (byte)'f' when text.SequenceEqual("false"u8):
                Note(JsonKind.False);
                break;
            case (byte)'-' or (>= (byte)'0' and <= (byte)'9') when text.IndexOfAnyExcept(NumberBytes) < 0:
                EndNumber(text);
                break;
            default:
                _state = State.Broken;
                break;
        }
    }

    private void EndNumber(ReadOnlySpan<byte> text)
    {
        if (_path is null || _path.Field == Field.None)
            return;
        // All wanted numbers are counts: a negative or an absurd one is as good as none.
        if (Utf8Parser.TryParse(text, out long number, out var used) && used == text.Length && number >= 0)
            Keep(number);
        else if (Utf8Parser.TryParse(text, out double real, out used) && used == text.Length && real is >= 0 and < 1e15)
            Keep((long)real);
    }
}
