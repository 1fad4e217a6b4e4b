using System.Runtime.CompilerServices;
using Gatehouse.Storage.Journals;

namespace Gatehouse.Gateway.Metering;

/// <summary>
/// Exchanges that were admitted and not settled, as far as the drain has read, each with the place of its admit record in the journal. A
/// segment can't be deleted while an admit in it may be all that will ever be known of an exchange, so long-running ones are written again
/// further on. Used by the drain's loop alone.
/// </summary>
internal sealed class OpenExchanges(Journal journal)
{
    /// <summary>About what an admit takes in the journal.</summary>
    private const int AdmitBytes = 512;

    private readonly Dictionary<Guid, JournalPosition> _admits = [];
    private readonly HashSet<long> _segments = [];
    private long _carriedTo;

    /// <summary>How many there are.</summary>
    public int Count => _admits.Count;

    /// <summary>The places of the admit records.</summary>
    public IEnumerable<JournalPosition> Places => _admits.Values;

    /// <summary>The segments that hold them; the set is the same object at every call.</summary>
    public IReadOnlySet<long> Segments
    {
        get
        {
            _segments.Clear();
            foreach (var (_, place) in _admits) _segments.Add(place.Segment);
            return _segments;
        }
    }

    /// <summary>An exchange began.</summary>
    public void Add(Guid id, JournalPosition place) => _admits[id] = place;

    /// <summary>An exchange ended.</summary>
    public void Remove(Guid id) => _admits.Remove(id);

    /// <summary>Forgets all of them.</summary>
    public void Clear() => _admits.Clear();

    /// <summary>
    /// Writes the admits in segments before <paramref name="segment"/> again at the journal's end, so that those segments can go. While that
    /// end is in memory, only those that are no safer where they are.
    /// </summary>
    public void CarryBefore(long segment)
    {
        var inMemory = journal.State.MemoryRecords > 0;
        if (_admits.Count == 0 || (segment == _carriedTo && !inMemory)) return;
        var durable = journal.IsDurable;
        // With very many open exchanges, carrying them would fill the next segment, and so on without end: some more segments stay instead.
        var keep = (long)_admits.Count * AdmitBytes * 4 / journal.SegmentBytes;
        foreach (var (id, place) in _admits)
        {
            if (place.Segment >= segment) continue;
            if ((durable && place.Segment < segment - keep) || (inMemory && journal.IsInMemory(place))) Carry(id, place);
        }

        _carriedTo = segment;
    }

    [SkipLocalsInit]
    private void Carry(Guid id, JournalPosition place)
    {
        Span<byte> buffer = stackalloc byte[ExchangeFields.LargestRecord];
        if (!journal.TryRead(ref place, out var bytes) || bytes.Length > buffer.Length) return;
        bytes.CopyTo(buffer);
        buffer[0] = (byte)LedgerRecordKind.Carried;
        // Changing the value of a key that is there does not disturb an enumeration.
        if (journal.Append(buffer[..bytes.Length], out var carried)) _admits[id] = carried;
    }
}
