using System.Buffers.Binary;

namespace Gatehouse.Storage.Journals;

/// <summary>
/// The first 64 bytes of a segment: magic, format version, the instance that wrote it, its number there, when it was made (microseconds
/// since the Unix epoch), and their CRC32C, which seeds the records' own.
/// </summary>
internal readonly record struct SegmentHeader(Guid Instance, long Sequence, long CreatedMicros)
{
    /// <summary>Bytes taken by the header.</summary>
    public const int Size = 64;

    /// <summary>The format that this program writes and reads.</summary>
    public const ushort Version = 1;

    private const int ChecksumAt = 60;
    private static ReadOnlySpan<byte> Magic => "GHJL"u8;

    /// <summary>Writes the header and returns the records' seed.</summary>
    public uint Write(Span<byte> target)
    {
        target[..Size].Clear();
        Magic.CopyTo(target);
        BinaryPrimitives.WriteUInt16LittleEndian(target[4..], Version);
        Instance.TryWriteBytes(target[8..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt64LittleEndian(target[24..], Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(target[32..], CreatedMicros);
        var seed = JournalFrame.Checksum(target[..ChecksumAt], 0);
        BinaryPrimitives.WriteUInt32LittleEndian(target[ChecksumAt..], seed);
        return seed;
    }

    /// <summary>Whether the bytes begin with an unharmed header of this format.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out uint seed)
    {
        seed = 0;
        if (source.Length < Size || !source.StartsWith(Magic)) return false;
        if (BinaryPrimitives.ReadUInt16LittleEndian(source[4..]) != Version) return false;
        seed = JournalFrame.Checksum(source[..ChecksumAt], 0);
        return BinaryPrimitives.ReadUInt32LittleEndian(source[ChecksumAt..]) == seed;
    }
}
