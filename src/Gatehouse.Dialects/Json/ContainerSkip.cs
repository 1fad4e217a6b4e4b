using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gatehouse.Dialects.Json;

/// <summary>
/// Finds the end of an object or array whose opening bracket has been read, in pieces of any size. It counts brackets outside strings
/// and holds no stack, so nesting costs nothing however deep. Both kinds of bracket must balance; how they interleave is not checked.
/// </summary>
internal struct ContainerSkip
{
    private int _depth;
    private int _curly;
    private ulong _escape;
    private ulong _inString;

    /// <summary>Starts behind the given opening bracket.</summary>
    public static ContainerSkip Behind(byte opener) => new() { _depth = 1, _curly = opener == '{' ? 1 : 0 };

    /// <summary>Whether the closing bracket has been read.</summary>
    public readonly bool IsDone => _depth == 0;

    /// <summary>Whether, once done, there were as many closing brackets of each kind as opening ones.</summary>
    public readonly bool IsBalanced => _depth == 0 && _curly == 0;

    /// <summary>Reads on and returns the number of bytes used: all of them, or up to and with the closing bracket.</summary>
    public int Read<TBlocks>(ReadOnlySpan<byte> bytes)
        where TBlocks : struct, IBlockReader
    {
        ref var start = ref MemoryMarshal.GetReference(bytes);
        var (depth, curly, escape, inString) = (_depth, _curly, _escape, _inString);
        var at = 0;
        for (; bytes.Length - at >= 64; at += 64)
        {
            ref var block = ref Unsafe.Add(ref start, at);
            TBlocks.Quotes(ref block, out var quote, out var backslash);
            quote &= ~EscapeCarry.EscapedAlways(backslash, ref escape);

            // Most blocks lie inside a string from end to end, and have no brackets that count.
            if ((quote | ~inString) == 0) continue;
            var inside = TBlocks.PrefixXor(quote) ^ inString;
            inString = (ulong)((long)inside >> 63);
            TBlocks.Brackets(ref block, out var open, out var close, out var kind);
            open &= ~inside;
            close &= ~inside;
            var closes = BitOperations.PopCount(close);
            if (closes >= depth && EndIn(open, close, depth) is >= 0 and var end)
            {
                var upTo = ulong.MaxValue >> (63 - end);
                _curly = curly + BitOperations.PopCount(open & kind & upTo) - BitOperations.PopCount(close & kind & upTo);
                _depth = 0;
                return at + end + 1;
            }

            depth += BitOperations.PopCount(open) - closes;
            curly += BitOperations.PopCount(open & kind) - BitOperations.PopCount(close & kind);
        }

        (_depth, _curly, _escape, _inString) = (depth, curly, escape, inString);
        return ReadTail(bytes, at);
    }

    /// <summary>The bit of the bracket that closes the container, or -1 when it is not in this block.</summary>
    private static int EndIn(ulong open, ulong close, int depth)
    {
        for (; close != 0; close &= close - 1)
        {
            depth--;
            var bit = BitOperations.TrailingZeroCount(close);
            if (depth + BitOperations.PopCount(open & ((1ul << bit) - 1)) == 0)
                return bit;
        }

        return -1;
    }

    private int ReadTail(ReadOnlySpan<byte> bytes, int at)
    {
        for (; at < bytes.Length; at++)
        {
            var value = bytes[at];
            var escaped = _escape != 0;
            _escape = value == '\\' && !escaped ? 1ul : 0ul;
            if (value == '"' && !escaped)
                _inString = ~_inString;
            else if (_inString == 0 && (value | 0x20) == '{')
                (_depth, _curly) = (_depth + 1, _curly + (value == '{' ? 1 : 0));
            else if (_inString == 0 && (value | 0x20) == '}')
            {
                (_depth, _curly) = (_depth - 1, _curly - (value == '}' ? 1 : 0));
                if (_depth == 0)
                    return at + 1;
            }
        }

        return at;
    }
}
