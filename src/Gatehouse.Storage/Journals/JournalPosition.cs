namespace Gatehouse.Storage.Journals;

/// <summary>
/// A place in the journal of this process; the place after a record is where the next one begins. Meaningless in another process.
/// </summary>
/// <param name="Segment">The segment's number in this process, ascending in the order of appending.</param>
/// <param name="Offset">Bytes from the segment's start.</param>
public readonly record struct JournalPosition(long Segment, int Offset) : IComparable<JournalPosition>
{
    /// <inheritdoc/>
    public int CompareTo(JournalPosition other) =>
        Segment != other.Segment ? Segment.CompareTo(other.Segment) : Offset.CompareTo(other.Offset);

    /// <summary>Earlier.</summary>
    public static bool operator <(JournalPosition left, JournalPosition right) => left.CompareTo(right) < 0;

    /// <summary>Later.</summary>
    public static bool operator >(JournalPosition left, JournalPosition right) => left.CompareTo(right) > 0;

    /// <summary>Not later.</summary>
    public static bool operator <=(JournalPosition left, JournalPosition right) => left.CompareTo(right) <= 0;

    /// <summary>Not earlier.</summary>
    public static bool operator >=(JournalPosition left, JournalPosition right) => left.CompareTo(right) >= 0;
}
