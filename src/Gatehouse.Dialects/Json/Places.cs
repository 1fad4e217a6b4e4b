using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Gatehouse.Dialects.Json;

/// <summary>Turns a mask into the places of its bits, as <see cref="IBlockReader.Put"/> says.</summary>
internal static class Places
{
    private const int AtOnce = 4;

    /// <summary>The number 1 in each of eight bytes.</summary>
    private const ulong Eighth = 0x0101_0101_0101_0101;

    /// <summary>One by one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put(ulong bits, int at, ref int places)
    {
        var count = BitOperations.PopCount(bits);
        for (var done = 0; done < count; done += AtOnce)
        {
            // Four without asking whether there are so many: what is too much is overwritten by the next.
            ref var next = ref Unsafe.Add(ref places, done);
            next = at + BitOperations.TrailingZeroCount(bits);
            bits &= bits - 1;
            Unsafe.Add(ref next, 1) = at + BitOperations.TrailingZeroCount(bits);
            bits &= bits - 1;
            Unsafe.Add(ref next, 2) = at + BitOperations.TrailingZeroCount(bits);
            bits &= bits - 1;
            Unsafe.Add(ref next, 3) = at + BitOperations.TrailingZeroCount(bits);
            bits &= bits - 1;
        }
    }

    /// <summary>Sixteen at once: the numbers 0 to 63 less those whose bit is not set, moved together by one instruction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PutCompressed(ulong bits, int at, ref int places)
    {
        // Each byte sees the eight bits among which its own is.
        var which = Vector512.Create(0, Eighth, 2 * Eighth, 3 * Eighth, 4 * Eighth, 5 * Eighth, 6 * Eighth, 7 * Eighth).AsByte();
        var spread = Avx512BW.Shuffle(Vector512.Create(bits).AsByte(), which);
        var own = Vector512.Create(0x8040_2010_0804_0201ul).AsByte();
        var set = Vector512.Equals(spread & own, own);
        var numbers = Avx512Vbmi2.Compress(Vector512<byte>.Zero, set, Vector512<byte>.Indices);
        var first = Vector512.Create(at);
        (Avx512F.ConvertToVector512Int32(numbers.GetLower().GetLower()) + first).StoreUnsafe(ref places);
        var count = BitOperations.PopCount(bits);
        if (count <= 16) return;
        (Avx512F.ConvertToVector512Int32(numbers.GetLower().GetUpper()) + first).StoreUnsafe(ref places, 16);
        if (count <= 32) return;
        (Avx512F.ConvertToVector512Int32(numbers.GetUpper().GetLower()) + first).StoreUnsafe(ref places, 32);
        if (count <= 48) return;
        (Avx512F.ConvertToVector512Int32(numbers.GetUpper().GetUpper()) + first).StoreUnsafe(ref places, 48);
    }
}
