namespace Gatehouse.Dialects.Json;

/// <summary>A member of an object: its name as it stands and its value.</summary>
internal readonly ref struct JsonMember(ReadOnlySpan<byte> escapedName, JsonView value)
{
    /// <summary>The name between its quotes, still escaped.</summary>
    public ReadOnlySpan<byte> EscapedName { get; } = escapedName;

    /// <summary>The value.</summary>
    public JsonView Value { get; } = value;

    /// <summary>Whether the name, unescaped, is this text.</summary>
    public bool Is(ReadOnlySpan<byte> name) => JsonText.Is(EscapedName, name);
}

/// <summary>Walks the members of an object that was checked before.</summary>
internal ref struct JsonMembers
{
    private readonly ReadOnlySpan<byte> _object;
    private int _position;

    internal JsonMembers(ReadOnlySpan<byte> whole)
    {
        _object = whole;
        _position = 1;
        Current = default;
    }

    /// <summary>The member at hand.</summary>
    public JsonMember Current { get; private set; }

    /// <summary>Itself, for <c>foreach</c>.</summary>
    public readonly JsonMembers GetEnumerator() => this;

    /// <summary>Takes the next member; false behind the last.</summary>
    public bool MoveNext()
    {
        if (_object.IsEmpty || !JsonView.TryName(_object, ref _position, out var name)) return false;
        var value = JsonView.At(_object, ref _position);
        Current = new JsonMember(_object.Slice(name.Start, name.Length), value);
        return value.Exists;
    }
}

/// <summary>Walks the elements of an array that was checked before.</summary>
internal ref struct JsonItems
{
    private readonly ReadOnlySpan<byte> _array;
    private int _position;

    internal JsonItems(ReadOnlySpan<byte> whole)
    {
        _array = whole;
        _position = 1;
        Current = default;
    }

    /// <summary>The element at hand.</summary>
    public JsonView Current { get; private set; }

    /// <summary>Itself, for <c>foreach</c>.</summary>
    public readonly JsonItems GetEnumerator() => this;

    /// <summary>Takes the next element; false behind the last.</summary>
    public bool MoveNext()
    {
        if (_array.IsEmpty) return false;
        while (_position < _array.Length && _array[_position] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t' or (byte)',') _position++;
        if (_position >= _array.Length - 1) return false;
        Current = JsonView.At(_array, ref _position);
        return Current.Exists;
    }
}
