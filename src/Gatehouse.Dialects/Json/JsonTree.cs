using System.Runtime.CompilerServices;

namespace Gatehouse.Dialects.Json;

/// <summary>
/// A document with its whole index, its values known by the numbers of their entries: numbers stay in registers, where views are copied through memory. What
/// walks a whole conversation goes by numbers, and makes views of what is rare. 0 is the document itself, and so stands for "not there" wherever a member is
/// looked for. Bounds-checked as views are; valid as long as the index is.
/// </summary>
internal readonly ref struct JsonTree
{
    private readonly ReadOnlySpan<byte> _document;
    private readonly ReadOnlySpan<JsonIndex.Entry> _entries;

    /// <summary>A tree over a document that was read into the index, which must be whole.</summary>
    public JsonTree(ReadOnlySpan<byte> document, ReadOnlySpan<JsonIndex.Entry> entries)
    {
        _document = document;
        _entries = entries;
    }

    /// <summary>A value's first byte, which tells its kind.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte First(int at) => _document[_entries[at].Start];

    /// <summary>The bytes of a value as they stand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> Raw(int at)
    {
        ref readonly var entry = ref _entries[at];
        return _document.Slice(entry.Start, entry.End - entry.Start);
    }

    /// <summary>What stands between the quotes of a name or of what is known to be a string.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> Inside(int at)
    {
        ref readonly var entry = ref _entries[at];
        return _document.Slice(entry.Start + 1, entry.End - entry.Start - 2);
    }

    /// <summary>A string's content, still escaped; empty for anything else and for what is not there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> Escaped(int at) => IsString(at) ? Inside(at) : default;

    /// <summary>The entry behind a value and all that it holds. Children of a value begin at the entry behind its own, and end here.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Behind(int at) => at + _entries[at].Size;

    /// <summary>Whether a value is there and a string.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsString(int at) => at != 0 && First(at) == '"';

    /// <summary>Whether a value is there and an object.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsObject(int at) => at != 0 && First(at) == '{';

    /// <summary>Whether a value is there and an array.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsArray(int at) => at != 0 && First(at) == '[';

    /// <summary>Whether a value is there and a string with this plain text, a word without a backslash.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Is(int at, ReadOnlySpan<byte> text) => IsString(at) && JsonText.IsWord(Inside(at), text);

    /// <summary>A view of a value; of nothing for what is not there.</summary>
    public JsonView View(int at) => at == 0 ? default : new(Raw(at), _entries.Slice(at, _entries[at].Size));
}
