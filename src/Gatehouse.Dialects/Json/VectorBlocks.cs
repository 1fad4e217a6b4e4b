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
    public static void Structure(
        ref byte block, out ulong quote, out ulong backslash, out ulong open, out ulong close, out ulong curly)
    {
        var bytes = Vector512.LoadUnsafe(ref block);
        // '[' and ']' differ from '{' and '}' in one bit only: set it, and two comparisons find all four.
        var folded = bytes | Vector512.Create((byte)0x20);
        quote = Vector512.Equals(bytes, Vector512.Create((byte)'"')).ExtractMostSignificantBits();
        backslash = Vector512.Equals(bytes, Vector512.Create((byte)'\\')).ExtractMostSignificantBits();
        open = Vector512.Equals(folded, Vector512.Create((byte)'{')).ExtractMostSignificantBits();
        close = Vector512.Equals(folded, Vector512.Create((byte)'}')).ExtractMostSignificantBits();
        curly = Vector512.Equals(folded, bytes).ExtractMostSignificantBits();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Marks(ref byte block, out ulong mark, out ulong white)
    {
        var bytes = Vector512.LoadUnsafe(ref block);
        var folded = bytes | Vector512.Create((byte)0x20);
        mark = (Vector512.Equals(folded, Vector512.Create((byte)'{')) | Vector512.Equals(folded, Vector512.Create((byte)'}'))
            | Vector512.Equals(bytes, Vector512.Create((byte)',')) | Vector512.Equals(bytes, Vector512.Create((byte)':'))).ExtractMostSignificantBits();
        white = (Vector512.Equals(bytes, Vector512.Create((byte)' ')) | Vector512.Equals(bytes, Vector512.Create((byte)'\t'))
            | Vector512.Equals(bytes, Vector512.Create((byte)'\n')) | Vector512.Equals(bytes, Vector512.Create((byte)'\r'))).ExtractMostSignificantBits();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Content(ref byte block, out ulong control, out ulong common)
    {
        var bytes = Vector512.LoadUnsafe(ref block);
        control = Vector512.LessThan(bytes, Vector512.Create((byte)0x20)).ExtractMostSignificantBits();
        common = (Vector512.Equals(bytes, Vector512.Create((byte)'n')) | Vector512.Equals(bytes, Vector512.Create((byte)'t'))).ExtractMostSignificantBits();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong PrefixXor(ulong bits) => Parity.Prefix(bits);
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
    public static void Structure(
        ref byte block, out ulong quote, out ulong backslash, out ulong open, out ulong close, out ulong curly)
    {
        var low = Vector256.LoadUnsafe(ref block);
        var high = Vector256.LoadUnsafe(ref block, 32);
        var foldedLow = low | Vector256.Create((byte)0x20);
        var foldedHigh = high | Vector256.Create((byte)0x20);
        quote = Where(low, high, (byte)'"');
        backslash = Where(low, high, (byte)'\\');
        open = Where(foldedLow, foldedHigh, (byte)'{');
        close = Where(foldedLow, foldedHigh, (byte)'}');
        curly = Vector256.Equals(foldedLow, low).ExtractMostSignificantBits()
            | ((ulong)Vector256.Equals(foldedHigh, high).ExtractMostSignificantBits() << 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Marks(ref byte block, out ulong mark, out ulong white)
    {
        var low = Vector256.LoadUnsafe(ref block);
        var high = Vector256.LoadUnsafe(ref block, 32);
        mark = Marks(low).ExtractMostSignificantBits() | ((ulong)Marks(high).ExtractMostSignificantBits() << 32);
        white = White(low).ExtractMostSignificantBits() | ((ulong)White(high).ExtractMostSignificantBits() << 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Content(ref byte block, out ulong control, out ulong common)
    {
        var low = Vector256.LoadUnsafe(ref block);
        var high = Vector256.LoadUnsafe(ref block, 32);
        var first = Vector256.Create((byte)0x20);
        control = Vector256.LessThan(low, first).ExtractMostSignificantBits()
            | ((ulong)Vector256.LessThan(high, first).ExtractMostSignificantBits() << 32);
        common = Where(low, high, (byte)'n') | Where(low, high, (byte)'t');
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong PrefixXor(ulong bits) => Parity.Prefix(bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Marks(Vector256<byte> bytes)
    {
        var folded = bytes | Vector256.Create((byte)0x20);
        return Vector256.Equals(folded, Vector256.Create((byte)'{')) | Vector256.Equals(folded, Vector256.Create((byte)'}'))
            | Vector256.Equals(bytes, Vector256.Create((byte)',')) | Vector256.Equals(bytes, Vector256.Create((byte)':'));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> White(Vector256<byte> bytes) =>
        Vector256.Equals(bytes, Vector256.Create((byte)' ')) | Vector256.Equals(bytes, Vector256.Create((byte)'\t'))
        | Vector256.Equals(bytes, Vector256.Create((byte)'\n')) | Vector256.Equals(bytes, Vector256.Create((byte)'\r'));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Where(Vector256<byte> low, Vector256<byte> high, byte value)
    {
        var wanted = Vector256.Create(value);
        return Vector256.Equals(low, wanted).ExtractMostSignificantBits()
            | ((ulong)Vector256.Equals(high, wanted).ExtractMostSignificantBits() << 32);
    }
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
    public static void Structure(
        ref byte block, out ulong quote, out ulong backslash, out ulong open, out ulong close, out ulong curly)
    {
        quote = Where(ref block, (byte)'"', 0);
        backslash = Where(ref block, (byte)'\\', 0);
        open = Where(ref block, (byte)'{', 0x20);
        close = Where(ref block, (byte)'}', 0x20);
        curly = Where(ref block, (byte)'{', 0) | Where(ref block, (byte)'}', 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Marks(ref byte block, out ulong mark, out ulong white)
    {
        mark = Where(ref block, (byte)'{', 0x20) | Where(ref block, (byte)'}', 0x20) | Where(ref block, (byte)',', 0) | Where(ref block, (byte)':', 0);
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

        common = Where(ref block, (byte)'n', 0) | Where(ref block, (byte)'t', 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong PrefixXor(ulong bits) => Parity.Prefix(bits);

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
