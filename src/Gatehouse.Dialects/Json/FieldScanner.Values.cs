namespace Gatehouse.Dialects.Json;

/// <summary>The part of the scanner that keeps what it finds.</summary>
internal sealed partial class FieldScanner
{
    /// <summary>A wanted string is an id, a model's name or a machine word; a longer one than this is passed over.</summary>
    private const int LongestString = 1024;

    private const int LongestKey = 64;
    private const int MostServerTools = 16;

    private readonly JsonKind[] _kinds = new JsonKind[(int)Field.Count];
    private readonly long[] _numbers = new long[(int)Field.Count];
    private readonly (int Start, int Length, bool Escaped)[] _strings = new (int, int, bool)[(int)Field.Count];
    private readonly (int Start, int Length, long Number)[] _serverTools = new (int, int, long)[MostServerTools];
    private readonly byte[] _scratch = new byte[4 * LongestString];
    private readonly byte[] _key = new byte[LongestKey];
    private readonly byte[] _scalar = new byte[32];
    private int _scratchLength;
    private int _serverToolCount;
    private int _keyLength;
    private int _scalarLength;
    private int _stringStart;
    private int _stringLength;
    private bool _hasEscapes;
    private Field _stopAt;
    private bool _stopped;

    /// <summary>How many server tools were reported.</summary>
    public int ServerTools => _serverToolCount;

    /// <summary>Whether <see cref="Field.Content"/> was a string that is not empty, an object or an array.</summary>
    public bool HasContent { get; private set; }

    /// <summary>What stood at a field's place. Null never replaces another kind.</summary>
    public JsonKind Kind(Field field) => _kinds[(int)field];

    /// <summary>The number of a field, or null when it was absent or no number.</summary>
    public long? Number(Field field) => _kinds[(int)field] == JsonKind.Number ? _numbers[(int)field] : null;

    /// <summary>The content of a field's string, still escaped; empty when it was absent, no string, or too long.</summary>
    public ReadOnlySpan<byte> Text(Field field, out bool escaped)
    {
        if (_kinds[(int)field] != JsonKind.String)
        {
            escaped = false;
            return default;
        }

        (var start, var length, escaped) = _strings[(int)field];
        return _scratch.AsSpan(start, length);
    }

    /// <summary>The key and the count of one server tool.</summary>
    public ReadOnlySpan<byte> ServerTool(int index, out long number)
    {
        (var start, var length, number) = _serverTools[index];
        return _scratch.AsSpan(start, length);
    }

    private void ClearValues()
    {
        _kinds.AsSpan().Clear();
        _scratchLength = 0;
        _serverToolCount = 0;
        HasContent = false;
    }

    private void Note(JsonKind kind)
    {
        if (_path is not { Field: not Field.None and var field })
            return;
        if (field == Field.Content && kind is (JsonKind.Object or JsonKind.Array))
            HasContent = true;
        if (kind != JsonKind.Null || _kinds[(int)field] == JsonKind.None)
            _kinds[(int)field] = kind;
    }

    private void Keep(long number)
    {
        var field = _path!.Field;
        _numbers[(int)field] = number;
        _kinds[(int)field] = JsonKind.Number;
        _stopped = field == _stopAt;
        if (field != Field.ServerTool || _serverToolCount == MostServerTools || _keyLength > LongestKey
            || _scratchLength + _keyLength > _scratch.Length)
        {
            return;
        }

        _key.AsSpan(0, _keyLength).CopyTo(_scratch.AsSpan(_scratchLength));
        _serverTools[_serverToolCount++] = (_scratchLength, _keyLength, number);
        _scratchLength += _keyLength;
    }

    private void BeginKey()
    {
        _keyLength = 0;
        _hasEscapes = false;
        _state = State.Key;
    }

    private void ReadKey(ReadOnlySpan<byte> bytes, ref int at)
    {
        var piece = ReadStringPiece(bytes, ref at, out var ended);
        var container = _containers[_level]!;
        if (ended && _keyLength == 0 && !_hasEscapes && container.Others is null)
        {
            // The usual case: the whole key lies in this piece and need not be copied.
            _path = container.Find(piece);
            _state = State.Colon;
            return;
        }

        if (_keyLength + piece.Length <= LongestKey)
            piece.CopyTo(_key.AsSpan(_keyLength));
        _keyLength = Math.Min(_keyLength + piece.Length, LongestKey + 1);
        if (ended)
            EndKey(container);
    }

    private void EndKey(FieldPath container)
    {
        _state = State.Colon;
        _path = null;
        if (_keyLength > LongestKey)
            return;
        Span<byte> plain = stackalloc byte[LongestKey];
        if (!_hasEscapes)
            _path = container.Find(_key.AsSpan(0, _keyLength));
        else if (JsonText.TryUnescape(_key.AsSpan(0, _keyLength), plain, out var length))
            _path = container.Find(plain[..length]);
    }

    private void BeginString()
    {
        _hasEscapes = false;
        _stringLength = 0;
        _stringStart = _scratchLength;
        // The first string at a place stays: of several choices the first one's finish_reason counts.
        var wanted = _path is { Field: not (Field.None or Field.Ignored or Field.Content) and var field } && _kinds[(int)field] is JsonKind.None or JsonKind.Null;
        _state = wanted ? State.String : State.SkippedString;
    }

    private void ReadString(ReadOnlySpan<byte> bytes, ref int at)
    {
        var piece = ReadStringPiece(bytes, ref at, out var ended);
        if (!piece.IsEmpty && _path is { Field: Field.Content })
            HasContent = true;
        if (_state == State.String)
        {
            var room = Math.Min(LongestString - _stringLength, _scratch.Length - _stringStart - _stringLength);
            if (piece.Length <= room)
                piece.CopyTo(_scratch.AsSpan(_stringStart + _stringLength));
            _stringLength = piece.Length <= room ? _stringLength + piece.Length : int.MaxValue / 2;
            if (ended)
                EndString(_path!.Field);
        }

        if (ended)
            EndValue();
    }

    private void EndString(Field field)
    {
        var fits = _stringLength <= LongestString;
        _kinds[(int)field] = JsonKind.String;
        _strings[(int)field] = fits ? (_stringStart, _stringLength, _hasEscapes) : (0, 0, false);
        if (fits)
            _scratchLength += _stringLength;
    }

    private void BeginScalar(byte first)
    {
        _scalar[0] = first;
        _scalarLength = 1;
        _state = State.Scalar;
    }

    /// <summary>The bytes up to the string's closing quote, or all there are. The quote is used up, but not part of the piece.</summary>
    private ReadOnlySpan<byte> ReadStringPiece(ReadOnlySpan<byte> bytes, ref int at, out bool ended)
    {
        var start = at;
        ended = false;
        if (_escapeNext)
        {
            _escapeNext = false;
            at++;
        }

        while (at < bytes.Length)
        {
            var next = bytes[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (next < 0)
            {
                at = bytes.Length;
                break;
            }

            at += next;
            if (bytes[at] == '"')
            {
                ended = true;
                at++;
                return bytes[start..(at - 1)];
            }

            _hasEscapes = true;
            _escapeNext = at + 1 == bytes.Length;
            at = Math.Min(at + 2, bytes.Length);
        }

        return bytes[start..at];
    }
}
