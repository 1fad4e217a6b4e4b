namespace Gatehouse.Gateway.Upstream.Http1;

/// <summary>
/// Takes the framing off a chunked body (RFC 9112 §7.1), wherever the pieces are cut. Strict: hexadecimal sizes of at most 15 digits, CR LF
/// at every end, extensions and trailers bounded and dropped. Owned by a connection.
/// </summary>
internal struct ChunkReader
{
    private const int MostLine = 4 * 1024;
    private const int MostTrailers = 32 * 1024;

    private State _state;
    private long _left;
    private int _trailers;

    private enum State : byte
    {
        Size,
        Data,
        DataEnd,
        Trailer,
        Done,
        Wrong,
    }

    /// <summary>Whether the last chunk and what follows it were read.</summary>
    public readonly bool IsDone => _state == State.Done;

    /// <summary>Whether the framing is broken.</summary>
    public readonly bool IsWrong => _state == State.Wrong;

    /// <summary>Reads on: copies data, and says how many of the source's bytes were used. Stops where more bytes or more room are needed.</summary>
    public int Read(ReadOnlySpan<byte> source, Span<byte> target, out int written)
    {
        written = 0;
        var used = 0;
        while (true)
        {
            var left = source[used..];
            var taken = _state switch
            {
                State.Size => ReadSize(left),
                State.Data => ReadData(left, target[written..], ref written),
                State.DataEnd => ReadDataEnd(left),
                State.Trailer => ReadTrailer(left),
                _ => 0,
            };
            if (taken == 0) return used;
            used += taken;
        }
    }

    private int ReadSize(ReadOnlySpan<byte> source)
    {
        var end = LineEnd(source, MostLine);
        if (end < 0) return 0;
        var size = 0L;
        var digits = 0;
        for (; digits < end && HexDigit(source[digits]) is var digit and >= 0; digits++)
        {
            if (digits == 15) return Fail();
            size = (size << 4) | (uint)digit;
        }

        // Behind the size only an extension, perhaps after blanks.
        var rest = source[digits..end].TrimStart(" \t"u8);
        if (digits == 0 || (!rest.IsEmpty && rest[0] != ';')) return Fail();
        _left = size;
        _state = size == 0 ? State.Trailer : State.Data;
        return end + 2;
    }

    private int ReadData(ReadOnlySpan<byte> source, Span<byte> target, ref int written)
    {
        var length = (int)Math.Min(_left, Math.Min(source.Length, target.Length));
        source[..length].CopyTo(target);
        written += length;
        _left -= length;
        if (_left == 0) _state = State.DataEnd;
        return length;
    }

    private int ReadDataEnd(ReadOnlySpan<byte> source)
    {
        if (source.Length < 2) return source.IsEmpty || source[0] == '\r' ? 0 : Fail();
        if (source[0] != '\r' || source[1] != '\n') return Fail();
        _state = State.Size;
        return 2;
    }

    private int ReadTrailer(ReadOnlySpan<byte> source)
    {
        var end = LineEnd(source, MostLine);
        if (end < 0) return 0;
        _trailers += end + 2;
        if (_trailers > MostTrailers) return Fail();
        if (end == 0) _state = State.Done;
        return end + 2;
    }

    /// <summary>The length of the line that the source begins with; -1 when its end is still to come or it is wrong.</summary>
    private int LineEnd(ReadOnlySpan<byte> source, int most)
    {
        var end = source.IndexOf((byte)'\n');
        if (end < 0)
        {
            if (source.Length > most) Fail();
            return -1;
        }

        if (end > 0 && end <= most && source[end - 1] == '\r' && !source[..(end - 1)].Contains((byte)'\r')) return end - 1;
        Fail();
        return -1;
    }

    private int Fail()
    {
        _state = State.Wrong;
        return 0;
    }

    private static int HexDigit(byte c) => c switch
    {
        >= (byte)'0' and <= (byte)'9' => c - '0',
        >= (byte)'a' and <= (byte)'f' => c - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => c - 'A' + 10,
        _ => -1,
    };
}
