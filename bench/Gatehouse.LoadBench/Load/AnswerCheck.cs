using System.Text;

namespace Gatehouse.LoadBench.Load;

/// <summary>
/// Reads an answer piece by piece and compares its body, without framing, with what the upstream sent. One per connection; reset for each
/// answer.
/// </summary>
internal sealed class AnswerCheck
{
    private enum Part
    {
        Head,
        Sized,
        ChunkSize,
        Chunk,
        ChunkEnd,
        Trailer,
        Done,
    }

    private readonly byte[] _head = new byte[8 * 1024];
    private byte[] _expected = [];
    private Part _part;
    private int _headLength;
    private long _left;
    private int _at;
    private bool _any;

    /// <summary>Whether the answer has ended.</summary>
    public bool IsDone => _part == Part.Done;

    /// <summary>Whether the head was read.</summary>
    public bool HasHead => _part != Part.Head;

    /// <summary>Complete events of the body so far: blank lines.</summary>
    public int Events { get; private set; }

    /// <summary>What is wrong with the answer; null while nothing is.</summary>
    public string? Wrong { get; private set; }

    /// <summary>Begins with the next answer.</summary>
    /// <param name="expected">Its body; null when it is translated, and so not the upstream's.</param>
    public void Reset(byte[]? expected)
    {
        _any = expected is null;
        _expected = expected ?? [];
        _part = Part.Head;
        _headLength = _at = Events = 0;
        _left = 0;
        Wrong = null;
    }

    /// <summary>Reads a piece. What follows the end of the answer is wrong.</summary>
    public void Read(ReadOnlySpan<byte> piece)
    {
        while (!piece.IsEmpty && Wrong is null)
        {
            piece = _part switch
            {
                Part.Head => ReadHead(piece),
                Part.Sized or Part.Chunk => ReadBody(piece),
                Part.ChunkSize => ReadSize(piece),
                Part.ChunkEnd => ReadChunkEnd(piece),
                Part.Trailer => ReadTrailer(piece),
                _ => Fail("bytes follow the answer"),
            };
        }
    }

    /// <summary>Notes that the connection was closed.</summary>
    public void Closed()
    {
        if (!IsDone) Wrong ??= $"closed in {_part} after {_at} of {_expected.Length} bytes";
    }

    private ReadOnlySpan<byte> ReadHead(ReadOnlySpan<byte> piece)
    {
        var before = _headLength;
        var taken = Math.Min(piece.Length, _head.Length - before);
        piece[..taken].CopyTo(_head.AsSpan(before));
        var end = _head.AsSpan(0, before + taken).IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            _headLength += taken;
            return taken == piece.Length ? [] : Fail("the head is too long");
        }

        var head = _head.AsSpan(0, end + 2);
        if (!head.StartsWith("HTTP/1.1 200"u8)) return Fail(Encoding.Latin1.GetString(_head.AsSpan(0, before + taken)));
        Begin(head);
        return piece[(end + 4 - before)..];
    }

    private void Begin(ReadOnlySpan<byte> head)
    {
        foreach (var range in head.Split("\r\n"u8))
        {
            var line = head[range];
            var colon = line.IndexOf((byte)':');
            if (colon < 0) continue;
            var value = line[(colon + 1)..].Trim((byte)' ');
            if (Ascii.EqualsIgnoreCase(line[..colon], "content-length"))
            {
                _left = long.Parse(value);
                _part = _left == 0 ? Part.Done : Part.Sized;
                return;
            }

            if (!Ascii.EqualsIgnoreCase(line[..colon], "transfer-encoding")) continue;
            _part = Part.ChunkSize;
            _left = 0;
            return;
        }

        Fail("the answer has no length");
    }

    private ReadOnlySpan<byte> ReadBody(ReadOnlySpan<byte> piece)
    {
        var taken = (int)Math.Min(piece.Length, _left);
        var bytes = piece[..taken];
        if (!_any && (taken > _expected.Length - _at || !bytes.SequenceEqual(_expected.AsSpan(_at, taken)))) return Fail($"the body differs behind byte {_at}");
        // An event ends where a blank line does; no piece is so small that the two bytes would be parted unseen.
        for (var from = Math.Max(0, _at - 1); !_any && from < _at + taken;)
        {
            var found = _expected.AsSpan(from, _at + taken - from).IndexOf("\n\n"u8);
            if (found < 0) break;
            Events++;
            from += found + 2;
        }

        _at += taken;
        _left -= taken;
        if (_left == 0) _part = _part == Part.Sized ? Finish() : Part.ChunkEnd;
        return piece[taken..];
    }

    private ReadOnlySpan<byte> ReadSize(ReadOnlySpan<byte> piece)
    {
        var end = piece.IndexOf((byte)'\n');
        var digits = end < 0 ? piece : piece[..end];
        foreach (var digit in digits)
        {
            if (digit == '\r') break;
            if (!char.IsAsciiHexDigit((char)digit)) return Fail("a chunk has no size");
            _left = (_left * 16) + (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        }

        if (end < 0) return [];
        _part = _left == 0 ? Part.Trailer : Part.Chunk;
        return piece[(end + 1)..];
    }

    private ReadOnlySpan<byte> ReadChunkEnd(ReadOnlySpan<byte> piece)
    {
        if (piece[0] == '\n')
        {
            _part = Part.ChunkSize;
            _left = 0;
        }

        return piece[1..];
    }

    private ReadOnlySpan<byte> ReadTrailer(ReadOnlySpan<byte> piece)
    {
        if (piece[0] == '\n') _part = Finish();
        return piece[1..];
    }

    private Part Finish()
    {
        if (_any ? _at == 0 : _at != _expected.Length) Fail($"the body ended after {_at} of {_expected.Length} bytes");
        return Part.Done;
    }

    private ReadOnlySpan<byte> Fail(string reason)
    {
        Wrong ??= reason;
        return [];
    }
}
