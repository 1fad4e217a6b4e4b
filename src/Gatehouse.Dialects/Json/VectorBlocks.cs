using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using ArmAes = System.Runtime.Intrinsics.Arm.Aes;

namespace Gatehouse.Dialects.Json;

/// <summary>Blocks read in one 64-byte vector (AVX-512).</summary>
internal readonly struct Blocks512 : IBlockReader
{
    public static bool IsSupported => Avx512BW.IsSupported && Pclmulqdq.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Quotes(ref byte block, out ulong quote, out ulong backslash)
    {
        var bytes = Vector512.LoadUnsafe(ref block);
        quote = Vector512.Equals(bytes, Vector512.Create((byte)'"')).ExtractMostSignificantBits();
        backslash = Vector512.Equals(bytes, Vector512.Create((byte)'\\')).ExtractMostSignificantBits();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Brackets(ref byte block, out ulong open, out ulong close, out ulong curly)
    {
        var bytes = Vector512.LoadUnsafe(ref block);
        // '[' and ']' differ from '{' and '}' in one bit only: set it, and two comparisons find all four.
        var folded = bytes | Vector512.Create((byte)0x20);
        open = Vector512.Equals(folded, Vector512.Create((byte)'{')).ExtractMostSignificantBits();
        close = Vector512.Equals(folded, Vector512.Create((byte)'}')).ExtractMostSignificantBits();
        curly = Vector512.Equals(folded, bytes).ExtractMostSignificantBits();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Marks(ref byte block, out ulong mark, out ulong white)
    {
        var bytes = Vector512.LoadUnsafe(ref block);
        mark = Vector512.Equals(Avx512BW.Shuffle(NibbleTables.Table512(NibbleTables.MarkLow, NibbleTables.MarkHigh), bytes), bytes | Vector512.Create((byte)0x20)).ExtractMostSignificantBits();
        white = Vector512.Equals(Avx512BW.Shuffle(NibbleTables.Table512(NibbleTables.WhiteLow, NibbleTables.WhiteHigh), bytes), bytes).ExtractMostSignificantBits();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Content(ref byte block, out ulong control, out ulong common)
    {
        var bytes = Vector512.LoadUnsafe(ref block);
        control = Vector512.LessThan(bytes, Vector512.Create((byte)0x20)).ExtractMostSignificantBits();
        common = Vector512.Equals(Avx512BW.Shuffle(NibbleTables.Table512(NibbleTables.CommonLow, NibbleTables.CommonHigh), bytes), bytes).ExtractMostSignificantBits();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong PrefixXor(ulong bits) => Parity.Prefix(bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put(ulong bits, int at, ref int places)
    {
        if (Avx512Vbmi2.IsSupported) Places.PutCompressed(bits, at, ref places);
        else Places.Put(bits, at, ref places);
    }
}

/// <summary>Blocks read in two 32-byte vectors (AVX2).</summary>
internal readonly struct Blocks256 : IBlockReader
{
    public static bool IsSupported => Avx2.IsSupported && Pclmulqdq.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Quotes(ref byte block, out ulong quote, out ulong backslash)
    {
        var low = Vector256.LoadUnsafe(ref block);
        var high = Vector256.LoadUnsafe(ref block, 32);
        quote = Where(low, high, (byte)'"');
        backslash = Where(low, high, (byte)'\\');
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Brackets(ref byte block, out ulong open, out ulong close, out ulong curly)
    {
        var low = Vector256.LoadUnsafe(ref block);
        var high = Vector256.LoadUnsafe(ref block, 32);
        var foldedLow = low | Vector256.Create((byte)0x20);
        var foldedHigh = high | Vector256.Create((byte)0x20);
        open = Where(foldedLow, foldedHigh, (byte)'{');
        close = Where(foldedLow, foldedHigh, (byte)'}');
        curly = Where(foldedLow, low, foldedHigh, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Marks(ref byte block, out ulong mark, out ulong white)
    {
        var low = Vector256.LoadUnsafe(ref block);
        var high = Vector256.LoadUnsafe(ref block, 32);
        var (marks, whites, fold) = (NibbleTables.Table256(NibbleTables.MarkLow, NibbleTables.MarkHigh), NibbleTables.Table256(NibbleTables.WhiteLow, NibbleTables.WhiteHigh), Vector256.Create((byte)0x20));
        mark = Where(Avx2.Shuffle(marks, low), low | fold, Avx2.Shuffle(marks, high), high | fold);
        white = Where(Avx2.Shuffle(whites, low), low, Avx2.Shuffle(whites, high), high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Content(ref byte block, out ulong control, out ulong common)
    {
        var low = Vector256.LoadUnsafe(ref block);
        var high = Vector256.LoadUnsafe(ref block, 32);
        var first = Vector256.Create((byte)0x20);
        control = Vector256.LessThan(low, first).ExtractMostSignificantBits()
            | ((ulong)Vector256.LessThan(high, first).ExtractMostSignificantBits() << 32);
        var commons = NibbleTables.Table256(NibbleTables.CommonLow, NibbleTables.CommonHigh);
        common = Where(Avx2.Shuffle(commons, low), low, Avx2.Shuffle(commons, high), high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong PrefixXor(ulong bits) => Parity.Prefix(bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put(ulong bits, int at, ref int places) => Places.Put(bits, at, ref places);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Where(Vector256<byte> low, Vector256<byte> high, byte value)
    {
        var wanted = Vector256.Create(value);
        return Where(low, wanted, high, wanted);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Where(Vector256<byte> low, Vector256<byte> wantedLow, Vector256<byte> high, Vector256<byte> wantedHigh) =>
        Vector256.Equals(low, wantedLow).ExtractMostSignificantBits() | ((ulong)Vector256.Equals(high, wantedHigh).ExtractMostSignificantBits() << 32);
}

/// <summary>Blocks read in four 16-byte vectors (ARM64, old x64).</summary>
internal readonly struct Blocks128 : IBlockReader
{
    public static bool IsSupported => Vector128.IsHardwareAccelerated;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Quotes(ref byte block, out ulong quote, out ulong backslash)
    {
        quote = Where(ref block, (byte)'"', 0);
        backslash = Where(ref block, (byte)'\\', 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Brackets(ref byte block, out ulong open, out ulong close, out ulong curly)
    {
        open = Where(ref block, (byte)'{', 0x20);
        close = Where(ref block, (byte)'}', 0x20);
        curly = Where(ref block, (byte)'{', 0) | Where(ref block, (byte)'}', 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Marks(ref byte block, out ulong mark, out ulong white)
    {
        mark = Where(ref block, (byte)'{', 0x20) | Where(ref block, (byte)'}', 0x20) | Where(ref block, (byte)',', 0x20) | Where(ref block, (byte)':', 0x20);
        white = Where(ref block, (byte)' ', 0) | Where(ref block, (byte)'\t', 0) | Where(ref block, (byte)'\n', 0) | Where(ref block, (byte)'\r', 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Content(ref byte block, out ulong control, out ulong common)
    {
        control = 0;
        for (var i = 0; i < 64; i += 16)
        {
            ulong below = Vector128.LessThan(Vector128.LoadUnsafe(ref block, (nuint)i), Vector128.Create((byte)0x20)).ExtractMostSignificantBits();
            control |= below << i;
        }

        common = Where(ref block, (byte)'n', 0) | Where(ref block, (byte)'t', 0) | Where(ref block, (byte)'r', 0) | Where(ref block, (byte)'f', 0)
            | Where(ref block, (byte)'/', 0) | Where(ref block, (byte)'\\', 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong PrefixXor(ulong bits) => Parity.Prefix(bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put(ulong bits, int at, ref int places) => Places.Put(bits, at, ref places);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Where(ref byte block, byte value, byte fold)
    {
        var wanted = Vector128.Create(value);
        var set = Vector128.Create(fold);
        ulong a = Vector128.Equals(Vector128.LoadUnsafe(ref block) | set, wanted).ExtractMostSignificantBits();
        ulong b = Vector128.Equals(Vector128.LoadUnsafe(ref block, 16) | set, wanted).ExtractMostSignificantBits();
        ulong c = Vector128.Equals(Vector128.LoadUnsafe(ref block, 32) | set, wanted).ExtractMostSignificantBits();
        ulong d = Vector128.Equals(Vector128.LoadUnsafe(ref block, 48) | set, wanted).ExtractMostSignificantBits();
        return a | (b << 16) | (c << 32) | (d << 48);
    }
}

/// <summary>
/// Sets of bytes as 16-byte tables for a shuffle: at a byte's low half stands the member of the set with that half, so that one comparison with the byte tells
/// whether it is in the set (the method of simdjson). Bytes from 0x80 on are looked up as 0. Halves without a member hold what no byte of that half is.
/// </summary>
internal static class NibbleTables
{
    /// <summary>Brackets, comma and colon; to be compared with the byte after 0x20 was set in it: the halves 10 to 13.</summary>
    public const ulong MarkLow = 0, MarkHigh = 0x0000_7D2C_7B3A_0000;

    /// <summary>Space, tab, line feed, carriage return: the halves 0, 9, 10 and 13.</summary>
    public const ulong WhiteLow = 0x20, WhiteHigh = 0x0000_0D00_000A_0900;

    /// <summary>The letters <c>r t f n / \</c> of escapes.</summary>
    public const ulong CommonLow = 0x0066_0074_0072_0001, CommonHigh = 0x2F6E_005C_0000_0000;

    /// <summary>A table for each of four lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Table512(ulong low, ulong high) => Vector512.Create(low, high, low, high, low, high, low, high).AsByte();

    /// <summary>A table for each of two lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Table256(ulong low, ulong high) => Vector256.Create(low, high, low, high).AsByte();
}

/// <summary>The running parity of a word's bits.</summary>
internal static class Parity
{
    /// <summary>By carry-less multiplication with all ones where the processor has it (3 cycles against 12).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Prefix(ulong bits)
    {
        if (Pclmulqdq.IsSupported)
            return Pclmulqdq.CarrylessMultiply(Vector128.CreateScalar(bits), Vector128<ulong>.AllBitsSet, 0).ToScalar();
        if (ArmAes.IsSupported)
            return ArmAes.PolynomialMultiplyWideningLower(Vector64.Create(bits), Vector64<ulong>.AllBitsSet).ToScalar();
        return PrefixByShifts(bits);
    }

    /// <summary>The same by doubling shifts.</summary>
    public static ulong PrefixByShifts(ulong bits)
    {
        bits ^= bits << 1;
        bits ^= bits << 2;
        bits ^= bits << 4;
        bits ^= bits << 8;
        bits ^= bits << 16;
        return bits ^ (bits << 32);
    }
}
