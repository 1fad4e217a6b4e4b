using System.Buffers.Text;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Counting;

/// <summary>
/// Counts in JSON text what tokenizers cut it into: words, digits, marks, line ends, characters outside ASCII. 64 bytes at a time, by masks with bit i for
/// byte i; escapes count as what they stand for. Allocates nothing.
/// </summary>
internal static class TextMeasure
{
    private const int Block = 64;

    /// <summary>Adds the counts of a text that is still escaped (a string's inside, or a whole JSON value).</summary>
    public static void Add(ReadOnlySpan<byte> escaped, ref InputSize size)
    {
        // Locals of the loop: registers, where the caller's fields would be memory, 64 bytes at a time over every text of every translated call.
        var carry = default(Carry);
        var counts = default(Counts);
        while (escaped.Length >= Block)
        {
            AddBlock(ref MemoryMarshal.GetReference(escaped), escaped[Block..], ref carry, ref counts, ref size);
            escaped = escaped[Block..];
        }

        if (!escaped.IsEmpty)
        {
            Span<byte> last = stackalloc byte[Block];
            last.Clear();
            escaped.CopyTo(last);
            AddBlock(ref MemoryMarshal.GetReference(last), [], ref carry, ref counts, ref size);
        }

        size.Words += counts.Words;
        size.LateLetters += counts.LateLetters;
        size.Lines += counts.Lines;
        size.Digits += counts.Digits;
        size.Marks += counts.Marks;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddBlock(ref byte block, ReadOnlySpan<byte> next, ref Carry carry, ref Counts counts, ref InputSize size)
    {
        var hex = carry.Hex;
        carry.Hex = 0;
        var letters = Within(ref block, 'a', 'z', fold: 0x20) & ~hex;
        var digits = Within(ref block, '0', '9') & ~hex;
        var backslashes = At(ref block, '\\');
        var escapes = EscapeCarry.EscapedAlways(backslashes, ref carry.Escape);
        var marks = Within(ref block, '!', '~') & ~letters & ~digits & ~hex & ~(backslashes & ~escapes);
        // Without branches but for the rarest: whether a block has escapes is as good as random in code.
        var named = escapes & letters;
        letters &= ~named;
        var ends = named & (At(ref block, 'n') | At(ref block, 'r'));
        // "\r\n" and empty lines are one end.
        counts.Lines += BitOperations.PopCount(ends & ~((ends << 2) | carry.Ends));
        if ((named & At(ref block, 'u')) is not 0 and var characters)
        {
            hex = AddCharacters(ref block, next, characters, ref size, out carry.Hex);
            letters &= ~hex;
            digits &= ~hex;
        }

        carry.Ends = ends >> 62;
        var capitals = Within(ref block, 'A', 'Z') & letters;
        var small = letters & ~capitals;
        // A word begins behind what is no letter, and where a capital follows a small letter.
        var words = (letters & ~((letters << 1) | carry.Letter)) | (capitals & ((small << 1) | carry.Small));
        (carry.Letter, carry.Small) = (letters >> 63, small >> 63);
        counts.Words += BitOperations.PopCount(words);
        counts.LateLetters += BitOperations.PopCount(Late(letters & ~words, ref carry));
        counts.Digits += BitOperations.PopCount(digits);
        counts.Marks += BitOperations.PopCount(marks);
        if (IsForeign(ref block)) AddForeign(ref block, ref size);
    }

    /// <summary>Letters with eight or more of their word before them: where eight bits in a row end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Late(ulong following, ref Carry carry)
    {
        var two = following & ((following << 1) | (carry.Following >> 63));
        var four = two & ((two << 2) | (carry.Two >> 62));
        var eight = four & ((four << 4) | (carry.Four >> 60));
        (carry.Following, carry.Two, carry.Four) = (following, two, four);
        return eight;
    }

    /// <summary>Adds the characters that are written as <c>\u</c> and four hexadecimal digits.</summary>
    /// <returns>Where those digits are.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong AddCharacters(ref byte block, ReadOnlySpan<byte> next, ulong escapes, ref InputSize size, out ulong behind)
    {
        const ulong Digits = 0b11110;
        Span<byte> text = stackalloc byte[4];
        var taken = behind = 0ul;
        for (; escapes != 0; escapes &= escapes - 1)
        {
            var at = BitOperations.TrailingZeroCount(escapes);
            taken |= Digits << at;
            if (at + 4 >= Block) behind = Digits >> (Block - at);
            for (var i = 0; i < 4; i++)
            {
                var place = at + 1 + i - Block;
                text[i] = place < 0 ? Unsafe.Add(ref block, at + 1 + i) : place < next.Length ? next[place] : (byte)'0';
            }

            if (Utf8Parser.TryParse(text, out int value, out _, 'x')) AddCharacter(value, ref size);
        }

        return taken;
    }

    private static void AddCharacter(int value, ref InputSize size)
    {
        if (value < 0x80) size.Marks += value > ' ' ? 1 : 0;
        else if (value < 0x800) size.ShortCharacters++;
        else if (value is < 0xD800 or > 0xDFFF) size.LongCharacters++;
        else if (value < 0xDC00) size.Symbols++;
    }

    /// <summary>Adds characters by the first byte of their UTF-8.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddForeign(ref byte block, ref InputSize size)
    {
        size.ShortCharacters += BitOperations.PopCount(Within(ref block, '\xC0', '\xDF'));
        size.LongCharacters += BitOperations.PopCount(Within(ref block, '\xE0', '\xEF'));
        size.Symbols += BitOperations.PopCount(Within(ref block, '\xF0', '\xFF'));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsForeign(ref byte block) => Vector512.IsHardwareAccelerated
        ? Vector512.LoadUnsafe(ref block).ExtractMostSignificantBits() != 0
        : (Vector256.LoadUnsafe(ref block) | Vector256.LoadUnsafe(ref block, 32)).ExtractMostSignificantBits() != 0;

    /// <summary>Where a byte stands.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong At(ref byte block, char value)
    {
        if (Vector512.IsHardwareAccelerated) return Vector512.Equals(Vector512.LoadUnsafe(ref block), Vector512.Create((byte)value)).ExtractMostSignificantBits();
        var wanted = Vector256.Create((byte)value);
        return Vector256.Equals(Vector256.LoadUnsafe(ref block), wanted).ExtractMostSignificantBits()
            | ((ulong)Vector256.Equals(Vector256.LoadUnsafe(ref block, 32), wanted).ExtractMostSignificantBits() << 32);
    }

    /// <summary>The bytes from one to another, both included, once the bits of <paramref name="fold"/> are set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Within(ref byte block, char first, char last, byte fold = 0)
    {
        var (from, span) = ((byte)first, (byte)(last - first));
        if (Vector512.IsHardwareAccelerated)
        {
            var bytes = (Vector512.LoadUnsafe(ref block) | Vector512.Create(fold)) - Vector512.Create(from);
            return Vector512.LessThanOrEqual(bytes, Vector512.Create(span)).ExtractMostSignificantBits();
        }

        var low = (Vector256.LoadUnsafe(ref block) | Vector256.Create(fold)) - Vector256.Create(from);
        var high = (Vector256.LoadUnsafe(ref block, 32) | Vector256.Create(fold)) - Vector256.Create(from);
        return Vector256.LessThanOrEqual(low, Vector256.Create(span)).ExtractMostSignificantBits()
            | ((ulong)Vector256.LessThanOrEqual(high, Vector256.Create(span)).ExtractMostSignificantBits() << 32);
    }

    /// <summary>What every block has some of.</summary>
    private struct Counts
    {
        public long Words;
        public long LateLetters;
        public long Lines;
        public long Digits;
        public long Marks;
    }

    /// <summary>What a block must know of the one before it: bits at its own start, and, for words, that block's whole masks.</summary>
    private struct Carry
    {
        public ulong Escape;
        public ulong Letter;
        public ulong Small;
        public ulong Ends;
        public ulong Hex;
        public ulong Following;
        public ulong Two;
        public ulong Four;
    }
}
