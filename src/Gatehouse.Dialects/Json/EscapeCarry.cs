using System.Numerics;
using System.Runtime.CompilerServices;

namespace Gatehouse.Dialects.Json;

/// <summary>Which bytes of a block are escaped, across block borders. The carry is 1 when the next block's first byte is escaped.</summary>
internal static class EscapeCarry
{
    private const ulong EvenBits = 0x5555_5555_5555_5555;

    /// <summary>
    /// A backslash run of odd length escapes the byte behind it. Adding the starts of the runs that begin at odd positions to the
    /// runs themselves lets the carry ripple to each run's end, whose parity then tells (the method of simdjson).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Escaped(ulong backslash, ref ulong carry)
    {
        if (backslash == 0)
        {
            var first = carry;
            carry = 0;
            return first;
        }

        return EscapedAlways(backslash, ref carry);
    }

    /// <summary>The same without a branch, for text in which a block has backslashes as often as not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong EscapedAlways(ulong backslash, ref ulong carry)
    {
        var before = carry;
        // The run that the block ends with decides, whatever came before, unless it is the whole block: blocks need not wait for each other.
        var last = BitOperations.LeadingZeroCount(~backslash);
        if (last < 64) carry = (uint)last & 1;
        backslash &= ~before;
        var follows = (backslash << 1) | before;
        var oddStarts = backslash & ~EvenBits & ~follows;
        var ends = unchecked(oddStarts + backslash);
        return (EvenBits ^ (ends << 1)) & follows;
    }
}
