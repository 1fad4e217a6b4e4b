using System.Runtime.InteropServices;

namespace Gatehouse.Storage.Journals;

/// <summary>
/// A segment that an earlier process left behind, loaded with what can still be read of it: a torn tail ends it, a harmed record is
/// skipped and counted, and what follows is found again.
/// </summary>
internal sealed unsafe class RecoveredSegment : JournalSegment
{
    private readonly string _path;

    private RecoveredSegment(string path, byte* memory, int capacity, uint seed, int committed, int damaged)
        : base(memory, capacity, seed, committed)
    {
        _path = path;
        Damaged = damaged;
    }

    public override string Path => _path;

    /// <summary>How many stretches were unreadable.</summary>
    public int Damaged { get; }

    /// <summary>Loads a file; null when it has no readable header.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static RecoveredSegment? Load(string path)
    {
        using var handle = File.OpenHandle(path);
        var length = (int)Math.Min(RandomAccess.GetLength(handle), int.MaxValue);
        var memory = (byte*)NativeMemory.AllocZeroed((nuint)Math.Max(length, 1));
        try
        {
            var bytes = new Span<byte>(memory, length);
            for (int at = 0, read; at < length && (read = RandomAccess.Read(handle, bytes[at..], at)) > 0; at += read)
            {
            }

            if (SegmentHeader.TryRead(bytes, out var seed))
            {
                var committed = Compact(bytes, seed, out var damaged);
                return new RecoveredSegment(path, memory, length, seed, committed, damaged);
            }
        }
        catch
        {
            NativeMemory.Free(memory);
            throw;
        }

        NativeMemory.Free(memory);
        return null;
    }

    /// <summary>Moves the readable records together at the front; returns their end.</summary>
    private static int Compact(Span<byte> bytes, uint seed, out int damaged)
    {
        int from = SegmentHeader.Size, to = SegmentHeader.Size;
        damaged = 0;
        while (from < bytes.Length)
        {
            if (JournalFrame.TryRead(bytes[from..], seed, out var record))
            {
                var size = JournalFrame.Size(record.Length);
                var frame = bytes.Slice(from, Math.Min(size, bytes.Length - from));
                if (to != from) frame.CopyTo(bytes[to..]);
                from += size;
                to += size;
                continue;
            }

            // After a power loss pages may be missing in the middle: look for the next record beyond them. Records begin at multiples of 8.
            var next = NextRecord(bytes, from, seed);
            if (next < 0)
            {
                if (bytes[from..].ContainsAnyExcept((byte)0)) damaged++;
                break;
            }

            damaged++;
            from = next;
        }

        return to;
    }

    private static int NextRecord(ReadOnlySpan<byte> bytes, int from, uint seed)
    {
        for (var at = from + 8; at < bytes.Length; at += 8)
        {
            var zeros = bytes[at..].IndexOfAnyExcept((byte)0);
            if (zeros < 0) return -1;
            at += zeros & ~7;
            if (JournalFrame.TryRead(bytes[at..], seed, out _)) return at;
        }

        return -1;
    }
}
