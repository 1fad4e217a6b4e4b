using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gatehouse.Dialects.Json;

/// <summary>
/// Finds, on 64-byte masks, the bytes of a document that make its structure: brackets, commas, colons, both quotes of every string, and the first byte of
/// every number and word. What lies inside strings is checked on the way: no bare control characters, no escapes that do not exist. UTF-8 is not looked at,
/// as <c>Utf8JsonReader</c> does not.
/// </summary>
/// <param name="body">The document.</param>
/// <param name="places">Room for places found ahead; <see cref="RoomFor"/> says how much.</param>
internal ref struct StructuralScan<TBlocks>(ReadOnlySpan<byte> body, Span<int> places)
    where TBlocks : struct, IBlockReader
{
    /// <summary>Blocks that are read before their places are put down.</summary>
    private const int Ahead = 16;

    /// <summary>How many places there are ahead, as long as there are any: more than one step over a value takes.</summary>
    public const int Needed = 8;

    private readonly ReadOnlySpan<byte> _body = body;
    private readonly Span<int> _places = places;
    private int _held;
    private int _at;
    private State _state;

    /// <summary>The room that a document's places need.</summary>
    /// <param name="length">The document's length in bytes.</param>
    public static int RoomFor(int length) => (Math.Min(Ahead * 2, (length + 63) >> 6) * 64) + IBlockReader.Spill;

    /// <summary>Whether, at the end, all strings were closed and what they hold is legal.</summary>
    public readonly bool IsGood => (_state.Bad | _state.InString) == 0;

    /// <summary>Blocks whose places there is room for, should they hold nothing but structure.</summary>
    private readonly int Room => (_places.Length - IBlockReader.Spill - _held) >> 6;

    /// <summary>Finds more places, and puts them behind those that were not taken yet, which move to the front.</summary>
    /// <param name="next">The first place that was not taken yet.</param>
    /// <returns>How many there are now: <see cref="Needed"/> at least, or all that are left. The document's length follows them as often.</returns>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public int Refill(int next)
    {
        next = Math.Min(next, _held);
        _places[next.._held].CopyTo(_places);
        _held -= next;
        // First the masks of several blocks, then their places: apart, each loop keeps what it needs in registers.
        Span<Found> found = stackalloc Found[Ahead];
        while (_at < _body.Length && Room >= Math.Min(Ahead, (_body.Length - _at + 63) >> 6))
        {
            var blocks = Math.Min(Ahead, (_body.Length - _at) >> 6);
            var some = blocks > 0
                ? Look(ref Unsafe.Add(ref MemoryMarshal.GetReference(_body), _at), blocks, found, ref _state)
                : LookAtTail(found, ref blocks);
            Keep(found[..some]);
            _at = Math.Min(_at + (blocks * 64), _body.Length);
        }

        _places.Slice(_held, Needed).Fill(_body.Length);
        return _held;
    }

    /// <summary>The last bytes, with blanks behind them: these add nothing outside strings, and inside one the document is broken anyway.</summary>
    private int LookAtTail(scoped Span<Found> found, ref int blocks)
    {
        Span<byte> block = stackalloc byte[64];
        block.Fill((byte)' ');
        _body[_at..].CopyTo(block);
        return Look(ref MemoryMarshal.GetReference(block), blocks = 1, found, ref _state);
    }

    /// <summary>Reads blocks that lie one behind the other; gives the number of those that hold something, which are put down.</summary>
    private static int Look(ref byte start, int blocks, scoped Span<Found> found, ref State carried)
    {
        var (state, some, behind) = (carried, 0, blocks * 64);
        for (var at = 0; at < behind; at += 64)
        {
            ref var block = ref Unsafe.Add(ref start, at);
            TBlocks.Quotes(ref block, out var quote, out var backslash);
            var escaped = EscapeCarry.EscapedAlways(backslash, ref state.Escape);
            var bare = quote & ~escaped;
            TBlocks.Content(ref block, out var control, out var common);
            if ((bare | ~state.InString) == 0)
            {
                // Inside a string from end to end, as most blocks of an agent's body are.
                state.Bad |= control;
                state.InScalar = 0;
                var rare = escaped & ~(quote | common);
                if (rare != 0) found[some++] = new Found(0, rare, at);
                continue;
            }

            var inside = TBlocks.PrefixXor(bare) ^ state.InString;
            state.InString = (ulong)((long)inside >> 63);
            state.Bad |= control & inside;
            TBlocks.Marks(ref block, out var mark, out var white);
            var outside = ~(inside | bare);
            var scalar = outside & ~(mark | white);
            var starts = scalar & ~((scalar << 1) | state.InScalar);
            state.InScalar = scalar >> 63;
            found[some++] = new Found(bare | (mark & outside) | starts, escaped & inside & ~(quote | common), at);
        }

        carried = state;
        return some;
    }

    /// <summary>Puts down the places that were found, and looks at rare escapes.</summary>
    private void Keep(scoped ReadOnlySpan<Found> found)
    {
        ref var places = ref MemoryMarshal.GetReference(_places);
        var held = _held;
        foreach (ref readonly var block in found)
        {
            var at = _at + block.At;
            if (block.Escapes != 0 && !AreEscapes(block.Escapes, at)) _state.Bad = ulong.MaxValue;
            TBlocks.Put(block.Structure, at, ref Unsafe.Add(ref places, held));
            held += BitOperations.PopCount(block.Structure);
        }

        _held = held;
    }

    /// <summary>Looks at escapes other than the commonest.</summary>
    private readonly bool AreEscapes(ulong letters, int block)
    {
        for (; letters != 0; letters &= letters - 1)
        {
            var at = block + BitOperations.TrailingZeroCount(letters);
            if (at >= _body.Length || !IsEscape(_body[at..])) return false;
        }

        return true;
    }

    private static bool IsEscape(ReadOnlySpan<byte> letter) => letter[0] switch
    {
        (byte)'/' or (byte)'b' or (byte)'f' or (byte)'r' => true,
        (byte)'u' => letter.Length > 4 && char.IsAsciiHexDigit((char)letter[1]) && char.IsAsciiHexDigit((char)letter[2])
            && char.IsAsciiHexDigit((char)letter[3]) && char.IsAsciiHexDigit((char)letter[4]),
        _ => false,
    };

    /// <summary>What was found in one block: the structure, bytes behind a backslash that need a closer look, and how far from the first block it lies.</summary>
    private readonly record struct Found(ulong Structure, ulong Escapes, int At);

    /// <summary>What one block leaves to the next.</summary>
    private struct State
    {
        /// <summary>1 when the next byte is escaped.</summary>
        public ulong Escape;

        /// <summary>All ones inside a string.</summary>
        public ulong InString;

        /// <summary>1 when the last byte belongs to a number or word.</summary>
        public ulong InScalar;

        /// <summary>Not 0 when a string held what it may not.</summary>
        public ulong Bad;
    }
}
