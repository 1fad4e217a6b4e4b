namespace Gatehouse.Dialects.Json;

/// <summary>
/// The wanted values of one document: kinds, counts, and short strings in a scratch buffer of fixed size. Filled by
/// <see cref="FieldScanner"/>, valid until its next document. Not thread-safe.
/// </summary>
internal sealed class FieldValues
{
    /// <summary>A wanted string is an id, a model's name or a machine word; a longer one than this is passed over.</summary>
    private const int LongestString = 512;

    /// <summary>The provider has few tools; what more is named is made up.</summary>
    internal const int MostServerTools = 16;

    private readonly JsonKind[] _kinds = new JsonKind[(int)Field.Count];
    private readonly long[] _numbers = new long[(int)Field.Count];
    private readonly (int Start, int Length, bool Escaped)[] _strings = new (int, int, bool)[(int)Field.Count];
    private readonly (int Start, int Length, long Number)[] _serverTools = new (int, int, long)[MostServerTools];
    private readonly byte[] _scratch = new byte[3 * LongestString];
    private int _used;
    private int _stringLength;

    /// <summary>How many server tools were reported.</summary>
    public int ServerTools { get; private set; }

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

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _kinds.AsSpan().Clear();
        _used = 0;
        ServerTools = 0;
        HasContent = false;
    }

    /// <summary>Notes that a value without a text or count of its own stands at a place.</summary>
    public void Note(FieldPath? path, JsonKind kind)
    {
        if (path is not { Field: not Field.None and var field })
            return;
        if (field == Field.Content && kind is (JsonKind.Object or JsonKind.Array))
            HasContent = true;
        if (kind != JsonKind.Null || _kinds[(int)field] == JsonKind.None)
            _kinds[(int)field] = kind;
    }

    /// <summary>Keeps a count; for a server tool, with its key.</summary>
    public void Keep(Field field, long number, ReadOnlySpan<byte> key)
    {
        _numbers[(int)field] = number;
        _kinds[(int)field] = JsonKind.Number;
        if (field != Field.ServerTool || ServerTools == MostServerTools || !key.TryCopyTo(_scratch.AsSpan(_used)))
            return;
        _serverTools[ServerTools++] = (_used, key.Length, number);
        _used += key.Length;
    }

    /// <summary>
    /// Starts a string; false when it is not to be kept. The first string at a place stays: of several choices the first one's
    /// <c>finish_reason</c> counts.
    /// </summary>
    public bool BeginString(FieldPath? path)
    {
        _stringLength = 0;
        return path is { Field: not (Field.None or Field.Ignored or Field.Content) and var field }
            && (path.Words is not null || _kinds[(int)field] is JsonKind.None or JsonKind.Null);
    }

    /// <summary>Adds a piece to the string that was started.</summary>
    public void AddToString(ReadOnlySpan<byte> piece)
    {
        var fits = piece.Length <= LongestString - _stringLength && piece.TryCopyTo(_scratch.AsSpan(_used + _stringLength));
        _stringLength = fits ? _stringLength + piece.Length : LongestString + 1;
    }

    /// <summary>Ends the string; an overlong one keeps its kind and reads as empty.</summary>
    public void EndString(FieldPath path, bool escaped)
    {
        if (path.Words is { } words)
        {
            Count(words);
            return;
        }

        var field = path.Field;
        _kinds[(int)field] = JsonKind.String;
        var length = _stringLength <= LongestString ? _stringLength : 0;
        _strings[(int)field] = (_used, length, escaped);
        _used += length;
    }

    /// <summary>Counts the string that was read, if it is one of the words, as a server tool.</summary>
    private void Count(byte[][] words)
    {
        if (_stringLength > LongestString) return;
        var said = _scratch.AsSpan(_used, _stringLength);
        foreach (var word in words)
        {
            if (!said.SequenceEqual(word)) continue;
            for (var i = 0; i < ServerTools; i++)
            {
                if (!ServerTool(i, out var counted).SequenceEqual(word)) continue;
                _serverTools[i].Number = counted + 1;
                return;
            }

            Keep(Field.ServerTool, 1, word);
            return;
        }
    }

    /// <summary>Notes a piece of a string that counts as content when it is not empty.</summary>
    public void NoteContent(FieldPath? path, ReadOnlySpan<byte> piece) => HasContent |= path is { Field: Field.Content } && !piece.IsEmpty;
}
