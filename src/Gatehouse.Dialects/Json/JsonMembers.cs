using System.Runtime.CompilerServices;
using Gatehouse.Dialects.Envelope;

namespace Gatehouse.Dialects.Json;

/// <summary>A member of an object: its name as it stands and its value.</summary>
internal readonly ref struct JsonMember(ReadOnlySpan<byte> escapedName, JsonView value)
{
    /// <summary>The name between its quotes, still escaped.</summary>
    public ReadOnlySpan<byte> EscapedName { get; } = escapedName;

    /// <summary>The value.</summary>
    public JsonView Value { get; } = value;

    /// <summary>Whether the name, unescaped, is this text.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Is(ReadOnlySpan<byte> name) => JsonText.Is(EscapedName, name);
}

/// <summary>Walks the members of an object that was checked before.</summary>
internal ref struct JsonMembers
{
    private const int Indexed = -1;

    private readonly ReadOnlySpan<byte> _object;
    private readonly int _start;
    private ReadOnlySpan<JsonIndex.Entry> _rest;
    private ReadOnlySpan<JsonIndex.Entry> _own;
    private ByteRange _name;
    private ByteRange _value;
    private int _position;

    internal JsonMembers(ReadOnlySpan<byte> whole, ReadOnlySpan<JsonIndex.Entry> entries)
    {
        _object = whole;
        _position = 1;
        if (entries.IsEmpty) return;
        (_start, _position) = (entries[0].Start, Indexed);
        _rest = entries[1..];
    }

    /// <summary>The member at hand.</summary>
    public readonly JsonMember Current =>
        new(_object.Slice(_name.Start, _name.Length), new JsonView(_object.Slice(_value.Start, _value.Length), _own));

    /// <summary>Itself, for <c>foreach</c>.</summary>
    public readonly JsonMembers GetEnumerator() => this;

    /// <summary>Takes the next member; false behind the last.</summary>
    public bool MoveNext()
    {
        if (_position != Indexed) return !_object.IsEmpty && JsonView.TryName(_object, ref _position, out _name) && JsonView.TryValue(_object, ref _position, out _value);
        var rest = _rest;
        if (rest.Length < 2) return false;
        var (name, value, start) = (rest[0], rest[1], _start);
        _name = new ByteRange(name.Start + 1 - start, name.End - name.Start - 2);
        _value = new ByteRange(value.Start - start, value.End - value.Start);
        _own = rest.Slice(1, value.Size);
        _rest = rest[(1 + value.Size)..];
        return true;
    }
}

/// <summary>Walks the elements of an array that was checked before.</summary>
internal ref struct JsonItems
{
    private const int Indexed = -1;

    private readonly ReadOnlySpan<byte> _array;
    private readonly int _start;
    private ReadOnlySpan<JsonIndex.Entry> _rest;
    private ReadOnlySpan<JsonIndex.Entry> _own;
    private ByteRange _value;
    private int _position;

    internal JsonItems(ReadOnlySpan<byte> whole, ReadOnlySpan<JsonIndex.Entry> entries)
    {
        _array = whole;
        _position = 1;
        if (entries.IsEmpty) return;
        (_start, _position) = (entries[0].Start, Indexed);
        _rest = entries[1..];
    }

    /// <summary>The element at hand.</summary>
    public readonly JsonView Current => new(_array.Slice(_value.Start, _value.Length), _own);

    /// <summary>Itself, for <c>foreach</c>.</summary>
    public readonly JsonItems GetEnumerator() => this;

    /// <summary>Takes the next element; false behind the last.</summary>
    public bool MoveNext()
    {
        if (_position != Indexed) return Scan();
        var rest = _rest;
        if (rest.IsEmpty) return false;
        var (value, start) = (rest[0], _start);
        _value = new ByteRange(value.Start - start, value.End - value.Start);
        _own = rest[..value.Size];
        _rest = rest[value.Size..];
        return true;
    }

    private bool Scan()
    {
        if (_array.IsEmpty) return false;
        while (_position < _array.Length && _array[_position] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t' or (byte)',') _position++;
        return _position < _array.Length - 1 && JsonView.TryValue(_array, ref _position, out _value);
    }
}
