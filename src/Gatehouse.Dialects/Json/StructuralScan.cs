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
/// <param name="places">Room for places found ahead; at least 64.</param>
internal ref struct StructuralScan<TBlocks>(ReadOnlySpan<byte> body, Span<int> places)
    where TBlocks : struct, IBlockReader
{
    private readonly ReadOnlySpan<byte> _body = body;
    private readonly Span<int> _places = places;
    private int _taken;
    private int _held;
    private int _at;
    private State _state;

    /// <summary>Whether, at the end, all strings were closed and what they hold is legal.</summary>
    public readonly bool IsGood => (_state.Bad | _state.InString) == 0;

    /// <summary>Takes the next place; false behind the last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryNext(out int place)
    {
        if (_taken == _held && !Refill())
        {
            place = 0;
            return false;
        }

        place = _places[_taken++];
        return true;
    }

    private bool Refill()
    {
        _taken = _held = 0;
        // Copies of the fields that the loop changes: registers, where fields would be memory.
        var (at, held, state) = (_at, 0, _state);
        ref var start = ref MemoryMarshal.GetReference(_body);
        for (; held <= _places.Length - 64 && _body.Length - at >= 64; at += 64)
            held = Keep(Read(ref Unsafe.Add(ref start, at), at, ref state), at, held);
        (_at, _held, _state) = (at, held, state);
        if (held <= _places.Length - 64 && at < _body.Length) ReadTail();
        return _held > 0;
    }

    /// <summary>The last bytes, with blanks behind them: these add nothing outside strings, and inside one the document is broken anyway.</summary>
    private void ReadTail()
    {
        Span<byte> block = stackalloc byte[64];
        block.Fill((byte)' ');
        _body[_at..].CopyTo(block);
        _held = Keep(Read(ref MemoryMarshal.GetReference(block), _at, ref _state), _at, _held);
        _at = _body.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int Keep(ulong structure, int at, int held)
    {
        for (; structure != 0; structure &= structure - 1) _places[held++] = at + BitOperations.TrailingZeroCount(structure);
        return held;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly ulong Read(ref byte block, int at, ref State state)
    {
        TBlocks.Quotes(ref block, out var quote, out var backslash);
        var escaped = EscapeCarry.Escaped(backslash, ref state.Escape);
        var bare = quote & ~escaped;
        var inside = TBlocks.PrefixXor(bare) ^ state.InString;
        state.InString = (ulong)((long)inside >> 63);
        if (inside != 0)
        {
            TBlocks.Content(ref block, out var control, out var common);
            state.Bad |= control & inside;
            var rare = escaped & inside & ~(quote | backslash | common);
            if (rare != 0 && !AreEscapes(rare, at)) state.Bad = ulong.MaxValue;
            if (inside == ulong.MaxValue)
            {
                state.InScalar = 0;
                return bare;
            }
        }

        TBlocks.Marks(ref block, out var mark, out var white);
        var outside = ~(inside | bare);
        var scalar = outside & ~(mark | white);
        var starts = scalar & ~((scalar << 1) | state.InScalar);
        state.InScalar = scalar >> 63;
        return bare | (mark & outside) | starts;
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
