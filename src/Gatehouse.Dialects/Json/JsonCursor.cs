using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gatehouse.Dialects.Envelope;

namespace Gatehouse.Dialects.Json;

/// <summary>
/// Walks a whole document that lies in memory: strings and containers are jumped over on 64-byte masks, the rest is read byte by byte.
/// Every method leaves the position alone when it answers false.
/// </summary>
/// <param name="body">The document.</param>
/// <param name="entries">Its whole index, in which the ends of containers are looked up; none to find them by their bytes.</param>
internal ref struct JsonCursor<TBlocks>(ReadOnlySpan<byte> body, ReadOnlySpan<JsonIndex.Entry> entries = default)
    where TBlocks : struct, IBlockReader
{
    private readonly ReadOnlySpan<byte> _body = body;
    private readonly ReadOnlySpan<JsonIndex.Entry> _entries = entries;

    /// <summary>Offset of the next byte.</summary>
    public int Position { get; set; }

    /// <summary>Whether all bytes are read.</summary>
    public readonly bool AtEnd => Position >= _body.Length;

    /// <summary>The next byte, or 0 (which JSON does not allow) at the end.</summary>
    public readonly byte Current => Position < _body.Length ? _body[Position] : (byte)0;

    /// <summary>Moves over white space and returns what stands behind it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte SkipWhite()
    {
        while (Current is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
            Position++;
        return Current;
    }

    /// <summary>Reads one expected byte.</summary>
    public bool TryTake(byte expected)
    {
        if (Current != expected)
            return false;
        Position++;
        return true;
    }

    /// <summary>Reads a string at its opening quote; the content excludes the quotes.</summary>
    public bool TryString(out ByteRange content)
    {
        content = default;
        if (Current != '"')
            return false;
        var end = StringEnd(Position + 1);
        if (end < 0)
            return false;
        content = new ByteRange(Position + 1, end - Position - 1);
        Position = end + 1;
        return true;
    }

    /// <summary>Reads any value. Inside containers only brackets and strings are followed.</summary>
    public bool TryValue(out JsonKind kind, out ByteRange whole)
    {
        var start = Position;
        kind = Current switch
        {
            (byte)'"' => TryString(out _) ? JsonKind.String : JsonKind.None,
            (byte)'{' => TryContainer() ? JsonKind.Object : JsonKind.None,
            (byte)'[' => TryContainer() ? JsonKind.Array : JsonKind.None,
            (byte)'t' => TryScalar() ? JsonKind.True : JsonKind.None,
            (byte)'f' => TryScalar() ? JsonKind.False : JsonKind.None,
            (byte)'n' => TryScalar() ? JsonKind.Null : JsonKind.None,
            _ => TryScalar() ? JsonKind.Number : JsonKind.None,
        };
        whole = new ByteRange(start, Position - start);
        return kind != JsonKind.None;
    }

    private bool TryContainer()
    {
        if (JsonIndex.TryFind(_entries, Position, out var end))
        {
            Position = end;
            return true;
        }

        var opener = Current;
        var skip = ContainerSkip.Behind(opener);
        var used = skip.Read<TBlocks>(_body[(Position + 1)..]);
        // The closing bracket is the opening one with one bit of its own kind: '{' and '}', '[' and ']' lie two apart.
        if (!skip.IsBalanced || _body[Position + used] != opener + 2)
            return false;
        Position += used + 1;
        return true;
    }

    private bool TryScalar()
    {
        var length = JsonScalars.Length(_body[Position..]);
        Position += length;
        return length > 0;
    }

    /// <summary>Offset of the quote that ends the string whose content begins at <paramref name="at"/>, or -1.</summary>
    private readonly int StringEnd(int at)
    {
        ref var start = ref MemoryMarshal.GetReference(_body);
        ulong escape = 0;
        for (; _body.Length - at >= 64; at += 64)
        {
            TBlocks.Quotes(ref Unsafe.Add(ref start, at), out var quote, out var backslash);
            quote &= ~EscapeCarry.Escaped(backslash, ref escape);
            if (quote != 0)
                return at + BitOperations.TrailingZeroCount(quote);
        }

        for (var escaped = escape != 0; at < _body.Length; at++)
        {
            if (_body[at] == '"' && !escaped)
                return at;
            escaped = _body[at] == '\\' && !escaped;
        }

        return -1;
    }
}
