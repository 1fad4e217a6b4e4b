using System.Buffers;
using System.Runtime.CompilerServices;

namespace Gatehouse.Dialects.Json;

/// <summary>
/// Where the values of a document lie: one entry for each value and each member's name, in the order of their bytes, and with each the entry behind it and all
/// that it holds. A large document is read into it once, checked on the way, and from then on <see cref="JsonView"/> steps over strings and containers without
/// looking at their bytes again. The memory is from the shared pool: disposing gives it back, after which the index is empty and may be used again.
/// Views of the document must not be used after that. Not thread-safe.
/// </summary>
internal sealed class JsonIndex : IDisposable
{
    /// <summary>Keeps nothing: for documents that are only to be checked, or so small that walking them byte by byte is cheaper. May be shared.</summary>
    public static readonly JsonIndex None = new(keeps: false);

    /// <summary>Entries that are kept however small the document is: 12 MB. No model's window holds so many values.</summary>
    public const int MostAnyway = 1_000_000;

    /// <summary>Bytes of a larger document to one entry that is kept. Agents' bodies have thirty to a hundred; a body of nothing but small numbers has two.</summary>
    private const int FewestBytes = 8;
    private const int ExpectedBytes = 32;
    private const int Smallest = 256;

    private readonly bool _keeps;
    private Entry[] _entries = [];
    private int _most;
    private int _expected;

    /// <summary>Makes an empty one; memory is taken when a document comes.</summary>
    public JsonIndex()
        : this(keeps: true)
    {
    }

    private JsonIndex(bool keeps) => _keeps = keeps;

    /// <summary>The next of those that lie idle; see <see cref="IndexLoan"/>.</summary>
    public JsonIndex? Next { get; set; }

    /// <summary>Number of entries.</summary>
    public int Count { get; private set; }

    /// <summary>Number of entries that it has memory for.</summary>
    public int Capacity => _entries.Length;

    /// <summary>
    /// Whether every value has its entry. A document that consists of little else than brackets and digits has none, because its index would be many times its
    /// size: such a document is walked byte by byte.
    /// </summary>
    public bool IsWhole => Count < _most;

    /// <summary>All entries.</summary>
    public ReadOnlySpan<Entry> All => _entries.AsSpan(0, Count);

    /// <summary>The entries of a value and of all that it holds.</summary>
    /// <param name="at">The place of the value's own entry.</param>
    public ReadOnlySpan<Entry> Of(int at) => _entries.AsSpan(at, _entries[at].Size);

    /// <summary>The place of a value's own entry, from the entries that <see cref="Of"/> gave; -1 for those of another index.</summary>
    public int PlaceOf(ReadOnlySpan<Entry> entries) => _entries.AsSpan(0, Count).Overlaps(entries, out var place) ? place : -1;

    /// <summary>Looks up where the value ends that begins at an offset; false where none does.</summary>
    public static bool TryFind(ReadOnlySpan<Entry> entries, int start, out int end)
    {
        var (low, high) = (0, entries.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) >> 1;
            ref readonly var entry = ref entries[middle];
            end = entry.End;
            if (entry.Start == start) return true;
            if (entry.Start < start) low = middle + 1;
            else high = middle - 1;
        }

        end = 0;
        return false;
    }

    /// <summary>Starts a document; gives the room for entries that there is.</summary>
    /// <param name="bytes">Its length.</param>
    public Span<Entry> Begin(int bytes)
    {
        if (!_keeps) return default;
        Count = 0;
        _most = Math.Max(MostAnyway, bytes / FewestBytes);
        _expected = bytes / ExpectedBytes;
        return _entries;
    }

    /// <summary>Makes room for more than a number of entries that are there; gives the same room when the document is not to have so many.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public Span<Entry> Grow(int count)
    {
        if (_entries.Length >= _most) return _entries;
        var larger = ArrayPool<Entry>.Shared.Rent(Math.Clamp(Math.Max(count * 2, _expected), Smallest, _most));
        _entries.AsSpan(0, count).CopyTo(larger);
        if (_entries.Length > 0) ArrayPool<Entry>.Shared.Return(_entries);
        _entries = larger;
        return larger;
    }

    /// <summary>Ends a document that has so many entries. As many as may be means that there were more.</summary>
    public void End(int count)
    {
        if (_keeps) Count = count;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_entries.Length > 0) ArrayPool<Entry>.Shared.Return(_entries);
        _entries = [];
        Count = _most = 0;
    }

    /// <summary>A value or a name: offsets of its first byte and of the one behind it, quotes and brackets included, and how many entries are its own.</summary>
    internal readonly record struct Entry(int Start, int End, int Size);
}
