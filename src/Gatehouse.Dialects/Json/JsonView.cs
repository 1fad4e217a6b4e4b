using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gatehouse.Dialects.Envelope;

namespace Gatehouse.Dialects.Json;

/// <summary>
/// One JSON value where it lies in memory: no DOM, nothing copied, nothing allocated. A document is checked once, whole, by
/// <see cref="TryParse(ReadOnlySpan{byte}, out JsonView)"/>; after that walking it cannot fail. With an index, steps over strings and containers cost the
/// same however long these are; without one, their bytes are scanned. A member or element that is not there is a view with <see cref="Exists"/> false,
/// and every question to it answers "no", so that lookups chain without checks.
/// </summary>
internal readonly ref struct JsonView
{
    /// <summary>How deep a document may nest. Tool schemas of agents nest about ten deep.</summary>
    public const int DeepestNesting = 256;

    // Four plain fields in place of two spans: the compiler keeps these in registers, and copied two spans through memory, with a stall each time.
    private readonly ref readonly byte _raw;
    private readonly int _length;
    private readonly ref readonly JsonIndex.Entry _entry;
    private readonly int _count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal JsonView(ReadOnlySpan<byte> raw, ReadOnlySpan<JsonIndex.Entry> entries = default)
    {
        _raw = ref MemoryMarshal.GetReference(raw);
        _length = raw.Length;
        _entry = ref MemoryMarshal.GetReference(entries);
        _count = entries.Length;
    }

    /// <summary>The value's bytes as they stand: a string with its quotes, a container with its brackets. Empty when there is no value.</summary>
    public ReadOnlySpan<byte> Raw
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => MemoryMarshal.CreateReadOnlySpan(in _raw, _length);
    }

    /// <summary>Its own entry of the document's index and those of all that it holds; empty without an index.</summary>
    private ReadOnlySpan<JsonIndex.Entry> Entries
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => MemoryMarshal.CreateReadOnlySpan(in _entry, _count);
    }

    /// <summary>Whether there is a value.</summary>
    public bool Exists => _length > 0;

    /// <summary>What the value is.</summary>
    public JsonKind Kind => _length == 0 ? JsonKind.None : _raw switch
    {
        (byte)'"' => JsonKind.String,
        (byte)'{' => JsonKind.Object,
        (byte)'[' => JsonKind.Array,
        (byte)'t' => JsonKind.True,
        (byte)'f' => JsonKind.False,
        (byte)'n' => JsonKind.Null,
        _ => JsonKind.Number,
    };

    /// <summary>Whether it is a string.</summary>
    public bool IsString
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _length > 0 && _raw == '"';
    }

    /// <summary>Whether it is an object.</summary>
    public bool IsObject
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _length > 0 && _raw == '{';
    }

    /// <summary>Whether it is an array.</summary>
    public bool IsArray
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _length > 0 && _raw == '[';
    }

    /// <summary>Whether it is <c>true</c>.</summary>
    public bool IsTrue => _length > 0 && _raw == 't';

    /// <summary>Whether it is <c>false</c>.</summary>
    public bool IsFalse => _length > 0 && _raw == 'f';

    /// <summary>Whether it is absent or <c>null</c>: fields set to null mean the same as absent ones in all three dialects.</summary>
    public bool IsNullOrAbsent => _length == 0 || _raw == 'n';

    /// <summary>A string's content between its quotes, still escaped; empty for anything else.</summary>
    public ReadOnlySpan<byte> Escaped => IsString ? Raw[1..^1] : default;

    /// <summary>Whether it is a container without members or elements, or an empty string.</summary>
    public bool IsEmpty => Kind switch
    {
        JsonKind.String => Raw.Length == 2,
        JsonKind.Object => !Members.MoveNext(),
        JsonKind.Array => !Items.MoveNext(),
        _ => true,
    };

    /// <summary>The members of an object, in order; none for anything else. Use it in <c>foreach</c>.</summary>
    public JsonMembers Members => IsObject ? new(Raw, Entries) : default;

    /// <summary>The elements of an array, in order; none for anything else. Use it in <c>foreach</c>.</summary>
    public JsonItems Items => IsArray ? new(Raw, Entries) : default;

    /// <summary>The first member with this name. For more than two or three of them walk <see cref="Members"/> once instead.</summary>
    public JsonView this[ReadOnlySpan<byte> name]
    {
        get
        {
            if (!IsObject) return default;
            if (_count > 0) return Find(name);
            foreach (var member in Members)
            {
                if (member.Is(name)) return member.Value;
            }

            return default;
        }
    }

    /// <summary>Checks a whole document, up to and with its last byte. False when it is not JSON, or nests too deep.</summary>
    public static bool TryParse(ReadOnlySpan<byte> document, out JsonView view) => TryParse(document, JsonIndex.None, out view);

    /// <summary>Checks a whole document and notes where its values lie, which pays for those that are walked more than once, or have long strings.</summary>
    /// <param name="document">The document.</param>
    /// <param name="index">Gets the places; must live as long as views of the document do.</param>
    /// <param name="view">The document's value.</param>
    public static bool TryParse(ReadOnlySpan<byte> document, JsonIndex index, out JsonView view)
    {
        view = default;
        if (!JsonIndexer.TryRead(document, index)) return false;
        view = Of(document, index);
        return true;
    }

    /// <summary>The value of a document that was read into the index before.</summary>
    public static JsonView Of(ReadOnlySpan<byte> document, JsonIndex index) =>
        new(document.Trim(" \t\r\n"u8), index.IsWhole ? index.Of(0) : default);

    /// <summary>A value that was found before.</summary>
    public static JsonView At(ReadOnlySpan<byte> document, JsonIndex index, JsonSpot spot) =>
        new(document.Slice(spot.Start, spot.Length), spot.Entry < 0 ? default : index.Of(spot.Entry));

    /// <summary>Where the value lies in its document.</summary>
    public JsonSpot In(ReadOnlySpan<byte> document, JsonIndex index)
    {
        _ = document.Overlaps(Raw, out var start);
        return new JsonSpot(start, Raw.Length, _count == 0 ? -1 : index.PlaceOf(Entries));
    }

    /// <summary>The number of its own entry in the document's index, which must be whole; 0 when there is no value.</summary>
    public int EntryIn(JsonIndex index) => Exists ? Math.Max(0, index.PlaceOf(Entries)) : 0;

    /// <summary>A view of a value that is known to be well-formed, such as one written by <see cref="JsonWriter"/> or kept from a checked document.</summary>
    public static JsonView Trusted(ReadOnlySpan<byte> raw) => new(raw);

    /// <summary>Whether it is a string with this plain text.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Is(ReadOnlySpan<byte> text) => IsString && JsonText.Is(Escaped, text);

    /// <summary>Whether it is a string that begins with this plain text.</summary>
    public bool StartsWith(ReadOnlySpan<byte> text) => IsString && JsonText.StartsWith(Escaped, text);

    /// <summary>A string's text; null for anything else. Allocates.</summary>
    public string? Text() => IsString ? JsonText.Read(Escaped, escaped: true) : null;

    /// <summary>A string's plain bytes appended to a buffer; false when it is no string or its escapes are bad (nothing is appended then).</summary>
    public bool TryAppendPlain(PooledBuffer output)
    {
        if (!IsString) return false;
        var escaped = Escaped;
        if (!JsonText.TryUnescape(escaped, output.GetSpan(escaped.Length), out var written)) return false;
        output.Advance(written);
        return true;
    }

    /// <summary>A whole number that fits; false for anything else. <c>1.0</c> and <c>1e3</c> are whole numbers too.</summary>
    public bool TryInteger(out long value)
    {
        value = 0;
        if (Kind != JsonKind.Number) return false;
        if (Utf8Parser.TryParse(Raw, out value, out var used) && used == Raw.Length) return true;
        if (!TryNumber(out var real) || real != Math.Floor(real) || Math.Abs(real) > 1L << 53) return false;
        value = (long)real;
        return true;
    }

    /// <summary>A number; false for anything else.</summary>
    public bool TryNumber(out double value)
    {
        value = 0;
        return Kind == JsonKind.Number && Utf8Parser.TryParse(Raw, out value, out var used) && used == Raw.Length;
    }

    /// <summary>Whether the bytes of two values are the same.</summary>
    public bool SameBytes(JsonView other) => Raw.SequenceEqual(other.Raw);

    private JsonView Find(ReadOnlySpan<byte> name)
    {
        var raw = Raw;
        var entries = Entries;
        var start = entries[0].Start;
        for (var at = 1; at + 1 < entries.Length; at += 1 + entries[at + 1].Size)
        {
            ref readonly var found = ref entries[at];
            var length = found.End - found.Start - 2;
            // Escaped names are longer than what they stand for.
            if (length < name.Length || !JsonText.Is(raw.Slice(found.Start + 1 - start, length), name)) continue;
            ref readonly var value = ref entries[at + 1];
            return new JsonView(raw.Slice(value.Start - start, value.End - value.Start), entries.Slice(at + 1, value.Size));
        }

        return default;
    }

    internal static bool TryValue(ReadOnlySpan<byte> body, ref int position, out ByteRange value) =>
        Blocks512.IsSupported ? TryValue<Blocks512>(body, ref position, out value)
        : Blocks256.IsSupported ? TryValue<Blocks256>(body, ref position, out value)
        : TryValue<Blocks128>(body, ref position, out value);

    private static bool TryValue<TBlocks>(ReadOnlySpan<byte> body, ref int position, out ByteRange value)
        where TBlocks : struct, IBlockReader
    {
        var cursor = new JsonCursor<TBlocks>(body) { Position = position };
        _ = cursor.SkipWhite();
        if (!cursor.TryValue(out _, out value)) return false;
        position = cursor.Position;
        return true;
    }

    internal static bool TryName(ReadOnlySpan<byte> body, ref int position, out ByteRange name)
    {
        var cursor = new JsonCursor<Blocks128>(body) { Position = position };
        var opener = cursor.SkipWhite();
        name = default;
        if (opener == ',')
        {
            cursor.Position++;
            _ = cursor.SkipWhite();
        }

        if (!cursor.TryString(out name) || cursor.SkipWhite() != ':') return false;
        cursor.Position++;
        position = cursor.Position;
        return true;
    }
}
