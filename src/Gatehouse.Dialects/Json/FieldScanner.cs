namespace Gatehouse.Dialects.Json;

/// <summary>
/// Reads wanted fields from one JSON document that comes in pieces of any size, without keeping the document: it walks a tree of
/// <see cref="FieldPath"/>, skips everything else by counting brackets, and copies only wanted strings and numbers into a small
/// scratch buffer. Allocates nothing after construction; never throws. Not thread-safe.
/// </summary>
internal sealed class FieldScanner
{
    private const int DeepestPath = 8;
    private const int LongestKey = 64;

    private readonly FieldPath?[] _containers = new FieldPath?[DeepestPath];
    private readonly bool[] _isArray = new bool[DeepestPath];
    private readonly byte[] _key = new byte[LongestKey];
    private readonly JsonScalarReader _scalar = new();
    private int _level;
    private FieldPath? _path;
    private State _state;
    private int _keyLength;
    private ContainerSkip _skip;
    private JsonStringReader _string;
    private Field _stopAt;
    private bool _stopped;

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

    /// <summary>What was found in the document so far.</summary>
    public FieldValues Values { get; } = new();

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
        Values.Clear();
        _level = -1;
        _path = root;
        _state = State.Value;
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
                Values.Note(_path, JsonKind.Object);
                Open(isArray: false, _path is { HasMembers: true }, State.FirstKey);
                break;
            case (byte)'[':
                Values.Note(_path, JsonKind.Array);
                Open(isArray: true, _path is { Element: not null }, State.FirstElement);
                break;
            case (byte)'"' when _level >= 0:
                BeginString();
                break;
            case (byte)'-' or (byte)'t' or (byte)'f' or (byte)'n' or (>= (byte)'0' and <= (byte)'9') when _level >= 0:
                _scalar.Begin(value);
                _state = State.Scalar;
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
        if (!_scalar.Read(bytes, ref at))
            return;
        var kind = _scalar.End();
        _state = kind == JsonKind.None ? State.Broken : State.AfterValue;
        if (kind != JsonKind.Number)
            Values.Note(_path, kind);
        else if (_path is { Field: not Field.None and var field, Words: null } && _scalar.TryCount(out var count))
        {
            Values.Keep(field, count, _key.AsSpan(0, Math.Min(_keyLength, LongestKey)));
            _stopped = field == _stopAt;
        }
    }

    private void BeginString()
    {
        _string.Begin();
        _state = Values.BeginString(_path) ? State.String : State.SkippedString;
    }

    private void ReadString(ReadOnlySpan<byte> bytes, ref int at)
    {
        var piece = _string.Read(bytes, ref at, out var ended);
        if (_state == State.String)
            Values.AddToString(piece);
        else
            Values.NoteContent(_path, piece);
        if (!ended)
            return;
        if (_state == State.String)
            Values.EndString(_path!, _string.HasEscapes);
        _state = State.AfterValue;
    }

    private void BeginKey()
    {
        _keyLength = 0;
        _string.Begin();
        _state = State.Key;
    }

    private void ReadKey(ReadOnlySpan<byte> bytes, ref int at)
    {
        var piece = _string.Read(bytes, ref at, out var ended);
        var container = _containers[_level]!;
        if (ended && _keyLength == 0 && !_string.HasEscapes && container.Others is null)
        {
            // The usual case: the whole key lies in this piece and need not be copied.
            _path = container.Find(piece);
            _state = State.Colon;
            return;
        }

        if (_keyLength + piece.Length <= LongestKey)
            piece.CopyTo(_key.AsSpan(_keyLength));
        _keyLength = Math.Min(_keyLength + piece.Length, LongestKey + 1);
        if (!ended)
            return;
        _path = _keyLength > LongestKey ? null : FindKey(container);
        _state = State.Colon;
    }

    private FieldPath? FindKey(FieldPath container)
    {
        Span<byte> plain = stackalloc byte[LongestKey];
        if (!_string.HasEscapes)
            return container.Find(_key.AsSpan(0, _keyLength));
        return JsonText.TryUnescape(_key.AsSpan(0, _keyLength), plain, out var length) ? container.Find(plain[..length]) : null;
    }
}
