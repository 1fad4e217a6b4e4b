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

    /// <summary>Places that are put down in one go.</summary>
    private const int AtOnce = 4;

    /// <summary>How many places there are ahead, as long as there are any: more than one step over a value takes.</summary>
    public const int Needed = 8;

    private readonly ReadOnlySpan<byte> _body = body;
    private readonly Span<int> _places = places;
    private int _held;
    private int _at;
    private State _state;

    /// <summary>The room that a document's places need.</summary>
    /// <param name="length">The document's length in bytes.</param>
    public static int RoomFor(int length) => (Math.Min(Ahead * 2, (length + 63) >> 6) * 64) + (2 * Needed);

    /// <summary>Whether, at the end, all strings were closed and what they hold is legal.</summary>
    public readonly bool IsGood => (_state.Bad | _state.InString) == 0;

    /// <summary>Blocks whose places there is room for, should they hold nothing but structure.</summary>
    private readonly int Room => (_places.Length - Needed - _held) >> 6;

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
            if (blocks > 0) Look(ref Unsafe.Add(ref MemoryMarshal.GetReference(_body), _at), found[..blocks], ref _state);
            else LookAtTail(found[..(blocks = 1)]);
            Keep(found[..blocks]);
        }

        _places.Slice(_held, Needed).Fill(_body.Length);
        return _held;
    }

    /// <summary>The last bytes, with blanks behind them: these add nothing outside strings, and inside one the document is broken anyway.</summary>
    private void LookAtTail(scoped Span<Found> found)
    {
        Span<byte> block = stackalloc byte[64];
        block.Fill((byte)' ');
        _body[_at..].CopyTo(block);
        Look(ref MemoryMarshal.GetReference(block), found, ref _state);
    }

    /// <summary>Reads blocks that lie one behind the other.</summary>
    private static void Look(ref byte start, scoped Span<Found> found, ref State carried)
    {
        var state = carried;
        for (var i = 0; i < found.Length; i++)
        {
            ref var block = ref Unsafe.Add(ref start, i * 64);
            TBlocks.Quotes(ref block, out var quote, out var backslash);
            var escaped = EscapeCarry.EscapedAlways(backslash, ref state.Escape);
            var bare = quote & ~escaped;
            TBlocks.Content(ref block, out var control, out var common);
            if ((bare | ~state.InString) == 0)
            {
                // Inside a string from end to end, as most blocks of an agent's body are.
                state.Bad |= control;
                state.InScalar = 0;
                found[i] = new Found(0, escaped & ~(quote | common));
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
            found[i] = new Found(bare | (mark & outside) | starts, escaped & inside & ~(quote | common));
        }

        carried = state;
    }

    /// <summary>Puts down the places that were found, and looks at rare escapes.</summary>
    private void Keep(scoped ReadOnlySpan<Found> found)
    {
        ref var places = ref MemoryMarshal.GetReference(_places);
        var (held, at) = (_held, _at);
        foreach (ref readonly var block in found)
        {
            if (block.Escapes != 0 && !AreEscapes(block.Escapes, at)) _state.Bad = ulong.MaxValue;
            var structure = block.Structure;
            var behind = held + BitOperations.PopCount(structure);
            for (; held < behind; held += AtOnce)
            {
                // Four without asking whether there are so many: what is too much is overwritten by the next.
                ref var next = ref Unsafe.Add(ref places, held);
                next = at + BitOperations.TrailingZeroCount(structure);
                structure &= structure - 1;
                Unsafe.Add(ref next, 1) = at + BitOperations.TrailingZeroCount(structure);
                structure &= structure - 1;
                Unsafe.Add(ref next, 2) = at + BitOperations.TrailingZeroCount(structure);
                structure &= structure - 1;
                Unsafe.Add(ref next, 3) = at + BitOperations.TrailingZeroCount(structure);
                structure &= structure - 1;
            }

            held = behind;
            at += 64;
        }

        (_held, _at) = (held, Math.Min(at, _body.Length));
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

    /// <summary>What was found in one block: the structure, and bytes behind a backslash that need a closer look.</summary>
    private readonly record struct Found(ulong Structure, ulong Escapes);

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
