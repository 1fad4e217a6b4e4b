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
    private readonly ReadOnlySpan<byte> _object;
    private readonly ReadOnlySpan<JsonIndex.Entry> _entries;
    private ByteRange _name;

    /// <summary>The member at hand: with an index its name's entry, without one the offset of its value.</summary>
    private int _at;

    /// <summary>Where to go on: with an index an entry, without one an offset.</summary>
    private int _next;

    internal JsonMembers(ReadOnlySpan<byte> whole, ReadOnlySpan<JsonIndex.Entry> entries)
    {
        _object = whole;
        _entries = entries;
        _next = 1;
    }

    /// <summary>The member at hand.</summary>
    public readonly JsonMember Current
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if (_entries.IsEmpty) return new(_object.Slice(_name.Start, _name.Length), new JsonView(_object[_at.._next]));
            ref readonly var name = ref _entries[_at];
            ref readonly var value = ref _entries[_at + 1];
            var start = _entries[0].Start;
            return new(
                _object.Slice(name.Start + 1 - start, name.End - name.Start - 2),
                new JsonView(_object.Slice(value.Start - start, value.End - value.Start), _entries.Slice(_at + 1, value.Size)));
        }
    }

    /// <summary>Itself, for <c>foreach</c>.</summary>
    public readonly JsonMembers GetEnumerator() => this;

    /// <summary>Takes the next member; false behind the last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MoveNext()
    {
        if (_entries.IsEmpty) return Scan();
        _at = _next;
        if (_at + 1 >= _entries.Length) return false;
        _next = _at + 1 + _entries[_at + 1].Size;
        return true;
    }

    private bool Scan()
    {
        if (_object.IsEmpty || !JsonView.TryName(_object, ref _next, out _name) || !JsonView.TryValue(_object, ref _next, out var value)) return false;
        _at = value.Start;
        return true;
    }
}

/// <summary>Walks the elements of an array that was checked before.</summary>
internal ref struct JsonItems
{
    private readonly ReadOnlySpan<byte> _array;
    private readonly ReadOnlySpan<JsonIndex.Entry> _entries;

    /// <summary>The element at hand: with an index its entry, without one its offset.</summary>
    private int _at;

    /// <summary>Where to go on: likewise.</summary>
    private int _next;

    internal JsonItems(ReadOnlySpan<byte> whole, ReadOnlySpan<JsonIndex.Entry> entries)
    {
        _array = whole;
        _entries = entries;
        _next = 1;
    }

    /// <summary>The element at hand.</summary>
    public readonly JsonView Current
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if (_entries.IsEmpty) return new(_array[_at.._next]);
            ref readonly var value = ref _entries[_at];
            return new(_array.Slice(value.Start - _entries[0].Start, value.End - value.Start), _entries.Slice(_at, value.Size));
        }
    }

    /// <summary>Itself, for <c>foreach</c>.</summary>
    public readonly JsonItems GetEnumerator() => this;

    /// <summary>Takes the next element; false behind the last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MoveNext()
    {
        if (_entries.IsEmpty) return Scan();
        _at = _next;
        if (_at >= _entries.Length) return false;
        _next = _at + _entries[_at].Size;
        return true;
    }

    private bool Scan()
    {
        if (_array.IsEmpty) return false;
        while (_next < _array.Length && _array[_next] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t' or (byte)',') _next++;
        if (_next >= _array.Length - 1 || !JsonView.TryValue(_array, ref _next, out var value)) return false;
        _at = value.Start;
        return true;
    }
}
