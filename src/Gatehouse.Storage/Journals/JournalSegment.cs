using System.Runtime.InteropServices;

namespace Gatehouse.Storage.Journals;

/// <summary>
/// A stretch of the journal in memory that records are appended to and read from: a mapped file, a copy of a file, or memory alone.
/// One appender at a time (the journal's lock); readers see every record below <see cref="Committed"/>. Whoever frees it makes sure that
/// nobody reads it any more.
/// </summary>
internal abstract unsafe class JournalSegment : IDisposable
{
    private readonly uint _seed;
    private byte* _memory;
    private int _committed = SegmentHeader.Size;

    /// <summary>Takes over memory that holds a header, and records up to <paramref name="committed"/>.</summary>
    protected JournalSegment(byte* memory, int capacity, uint seed, int committed)
    {
        _memory = memory;
        _seed = seed;
        _committed = committed;
        Capacity = capacity;
    }

    /// <summary>The number of the segment in this process; set once when the journal takes it in.</summary>
    public long Ordinal { get; set; }

    /// <summary>Bytes in all.</summary>
    public int Capacity { get; }

    /// <summary>Where the next record will begin.</summary>
    public int Committed => Volatile.Read(ref _committed);

    /// <summary>The file behind it; null when there is none.</summary>
    public virtual string? Path => null;

    /// <summary>Whether records here survive the death of the process.</summary>
    public bool IsDurable => Path is not null;

    /// <summary>A segment in memory alone, for the time in which no file can be made.</summary>
    public static JournalSegment InMemory(int capacity)
    {
        var memory = (byte*)NativeMemory.AllocZeroed((nuint)capacity);
        var seed = new SegmentHeader(Guid.Empty, 0, 0).Write(new Span<byte>(memory, capacity));
        return new MemorySegment(memory, capacity, seed);
    }

    /// <summary>Appends a record; false when there is no room for it.</summary>
    public bool TryAppend(ReadOnlySpan<byte> record, out int offset)
    {
        offset = _committed;
        var size = JournalFrame.Size(record.Length);
        if (size > Capacity - offset) return false;
        var target = new Span<byte>(_memory + offset, size);
        JournalFrame.Write(target, record, _seed);
        Written(offset, target);
        Volatile.Write(ref _committed, offset + size);
        return true;
    }

    /// <summary>The record at <paramref name="offset"/>, which moves behind it; false at the end.</summary>
    public bool TryRead(scoped ref int offset, out ReadOnlySpan<byte> record)
    {
        var committed = Committed;
        record = default;
        if (offset >= committed) return false;
        // Own memory, so the CRC needs no second look: what was read from a file was checked when it was loaded.
        var length = *(int*)(_memory + offset);
        record = new ReadOnlySpan<byte>(_memory + offset + JournalFrame.Prefix, length);
        offset += JournalFrame.Size(length);
        return true;
    }

    /// <summary>Brings what was appended to the disk, for the case of a power loss. May take long.</summary>
    public virtual void Flush()
    {
    }

    /// <summary>Frees the memory; the file stays.</summary>
    public void Dispose()
    {
        if (_memory == null) return;
        Free(_memory);
        _memory = null;
        GC.SuppressFinalize(this);
    }

    /// <summary>Called after a record was written to memory, with the bytes that changed.</summary>
    protected virtual void Written(int offset, ReadOnlySpan<byte> frame)
    {
    }

    /// <summary>Gives the memory back.</summary>
    protected virtual void Free(byte* memory) => NativeMemory.Free(memory);

    private sealed class MemorySegment(byte* memory, int capacity, uint seed) : JournalSegment(memory, capacity, seed, SegmentHeader.Size);
}
