using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Gatehouse.Dialects.Json;

/// <summary>Escapes text for JSON strings into memory that has room for all of it.</summary>
internal static class Escaping
{
    /// <summary>Bytes of the longest escape.</summary>
    public const int Longest = 6;

    private const int AtOnce = 32;

    /// <summary>The room that text of a length needs: for the longest escapes and a vector behind them.</summary>
    public static int RoomFor(int length) => (length * Longest) + (2 * AtOnce);

    /// <summary>Escapes text; gives the length.</summary>
    public static int Write(ReadOnlySpan<byte> text, Span<byte> room) => Avx512Vbmi2.IsSupported ? WriteInPairs(text, room) : WriteInRuns(text, room);

    /// <summary>
    /// Each byte with a backslash before it, thirty-two at once, of which one instruction leaves away those that are not needed: calls' arguments are JSON that
    /// becomes a string, in which every few bytes need one.
    /// </summary>
    public static int WriteInPairs(ReadOnlySpan<byte> text, Span<byte> room)
    {
        if (text.Length < AtOnce) return WriteInRuns(text, room);
        var (at, written) = (0, 0);
        while (at < text.Length)
        {
            // The last ones are looked at together with some before them, which were written already and are left out.
            var again = Math.Max(0, at + AtOnce - text.Length);
            var bytes = Vector256.Create(text[(at - again)..]);
            if (Vector256.LessThanAny(bytes, Vector256.Create((byte)0x20)))
            {
                written += WriteInRuns(text.Slice(at, AtOnce - again), room[written..]);
            }
            else
            {
                var must = Vector256.Equals(bytes, Vector256.Create((byte)'"')) | Vector256.Equals(bytes, Vector256.Create((byte)'\\'));
                var pairs = (Avx512BW.ConvertToVector512UInt16(bytes) << 8) | Vector512.Create((ushort)'\\');
                var stays = Avx512BW.ConvertToVector512Int16(must.AsSByte()).AsUInt16() | Vector512.Create((ushort)0xFF00);
                if (again > 0) stays &= Vector512.GreaterThanOrEqual(Vector512<ushort>.Indices, Vector512.Create((ushort)again));
                Avx512Vbmi2.Compress(Vector512<byte>.Zero, stays.AsByte(), pairs.AsByte()).CopyTo(room[written..]);
                written += AtOnce - again + BitOperations.PopCount(must.ExtractMostSignificantBits() >> again);
            }

            at += AtOnce - again;
        }

        return written;
    }

    /// <summary>
    /// Sixteen bytes are looked at and copied at once, up to the first that needs an escape: what is escaped is mostly short JSON, in which every few bytes do.
    /// </summary>
    public static int WriteInRuns(ReadOnlySpan<byte> text, Span<byte> room)
    {
        var (at, written) = (0, 0);
        while (text.Length - at >= Vector128<byte>.Count)
        {
            var bytes = Vector128.Create(text[at..]);
            bytes.CopyTo(room[written..]);
            var must = (Vector128.LessThan(bytes, Vector128.Create((byte)0x20)) | Vector128.Equals(bytes, Vector128.Create((byte)'"'))
                | Vector128.Equals(bytes, Vector128.Create((byte)'\\'))).ExtractMostSignificantBits();
            var run = must == 0 ? Vector128<byte>.Count : BitOperations.TrailingZeroCount(must);
            (at, written) = (at + run, written + run);
            if (must != 0) written += Write(text[at++], room[written..]);
        }

        for (; at < text.Length; at++)
        {
            var value = text[at];
            if (value is >= 0x20 and not (byte)'"' and not (byte)'\\') room[written++] = value;
            else written += Write(value, room[written..]);
        }

        return written;
    }

    /// <summary>Writes the escape of a byte that may not stand bare; gives its length.</summary>
    public static int Write(byte value, Span<byte> output)
    {
        output[0] = (byte)'\\';
        output[1] = value switch
        {
            (byte)'"' or (byte)'\\' => value,
            (byte)'\n' => (byte)'n',
            (byte)'\r' => (byte)'r',
            (byte)'\t' => (byte)'t',
            _ => (byte)'u',
        };
        if (output[1] != 'u') return 2;
        ReadOnlySpan<byte> hex = "0123456789abcdef"u8;
        (output[2], output[3], output[4], output[5]) = ((byte)'0', (byte)'0', hex[value >> 4], hex[value & 15]);
        return Longest;
    }
}
