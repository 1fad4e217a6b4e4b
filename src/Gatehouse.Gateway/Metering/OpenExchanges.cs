using Gatehouse.Storage.Journals;

namespace Gatehouse.Gateway.Metering;

/// <summary>
/// Exchanges that were admitted and not settled, as far as the drain has read, each with the place of its admit record in the journal. A
/// segment can't be deleted while an admit in it may be all that will ever be known of an exchange, so long-running ones are written again
/// further on. Used by the drain's loop alone.
/// </summary>
internal sealed class OpenExchanges(Journal journal)
{
    private readonly Dictionary<Guid, JournalPosition> _admits = [];

    /// <summary>How many there are.</summary>
    public int Count => _admits.Count;

    /// <summary>The places of the admit records.</summary>
    public IEnumerable<JournalPosition> Places => _admits.Values;

    /// <summary>The place of the oldest admit record; null when there is none.</summary>
    public JournalPosition? Oldest
    {
        get
        {
            JournalPosition? oldest = null;
            foreach (var (_, place) in _admits)
            {
                if (oldest is not { } least || place < least) oldest = place;
            }

            return oldest;
        }
    }

    /// <summary>An exchange began.</summary>
    public void Add(Guid id, JournalPosition place) => _admits[id] = place;

    /// <summary>An exchange ended.</summary>
    public void Remove(Guid id) => _admits.Remove(id);

    /// <summary>Forgets all of them.</summary>
    public void Clear() => _admits.Clear();

    /// <summary>
    /// Writes the admits in segments before <paramref name="segment"/> again at the journal's end; while that end is in memory, only those
    /// that are no safer where they are.
    /// </summary>
    public void CarryBefore(long segment)
    {
        if (_admits.Count == 0 || Oldest is not { } oldest || oldest.Segment >= segment) return;
        if (journal.State.Degraded is not null && !journal.IsInMemory(oldest)) return;
        Span<byte> buffer = stackalloc byte[ExchangeFields.LargestRecord];
        foreach (var (id, place) in _admits)
        {
            var at = place;
            if (place.Segment >= segment || !journal.TryRead(ref at, out var bytes) || bytes.Length > buffer.Length) continue;
            bytes.CopyTo(buffer);
            buffer[0] = (byte)LedgerRecordKind.Carried;
            // Changing the value of a key that is there does not disturb the enumeration.
            if (journal.Append(buffer[..bytes.Length], out var carried)) _admits[id] = carried;
        }
    }
}
