using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Gatehouse.Storage.Journals;

/// <summary>
/// How a record stands in a segment: length (4 bytes), CRC32C (4), the record, zeros up to a multiple of 8; little-endian. A length of 0 is
/// the end. The CRC is seeded with the segment's own, so that bytes inside a record can never pass for a record.
/// </summary>
internal static class JournalFrame
{
    /// <summary>Bytes in front of a record.</summary>
    public const int Prefix = 8;

    /// <summary>The largest record, bytes.</summary>
    public const int LargestRecord = 64 * 1024;

    /// <summary>Bytes that a record takes in all.</summary>
    public static int Size(int recordLength) => (Prefix + recordLength + 7) & ~7;

    /// <summary>
    /// Writes a record. The length goes last and with release order: a process that is killed in between leaves the end mark standing.
    /// </summary>
    public static void Write(Span<byte> target, ReadOnlySpan<byte> record, uint seed)
    {
        record.CopyTo(target[Prefix..]);
        BinaryPrimitives.WriteUInt32LittleEndian(target[4..], Checksum(record, seed));
        Volatile.Write(ref MemoryMarshal.Cast<byte, int>(target)[0], record.Length);
    }

    /// <summary>Finds the record at the start of <paramref name="source"/>; false when there is none that is whole and unharmed.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, uint seed, out ReadOnlySpan<byte> record)
    {
        record = default;
        if (source.Length < Prefix) return false;
        var length = BinaryPrimitives.ReadInt32LittleEndian(source);
        if (length is <= 0 or > LargestRecord || length > source.Length - Prefix) return false;
        record = source.Slice(Prefix, length);
        return Checksum(record, seed) == BinaryPrimitives.ReadUInt32LittleEndian(source[4..]);
    }

    /// <summary>CRC32C of the length and the bytes.</summary>
    public static uint Checksum(ReadOnlySpan<byte> bytes, uint seed)
    {
        var crc = BitOperations.Crc32C(seed, (uint)bytes.Length);
        while (bytes.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }

        foreach (var b in bytes) crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }
}
