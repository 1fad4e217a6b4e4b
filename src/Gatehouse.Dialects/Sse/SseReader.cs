namespace Gatehouse.Dialects.Sse;

/// <summary>What <see cref="SseReader.Next"/> came upon.</summary>
internal enum SseStep : byte
{
    /// <summary>Nothing to tell: the bytes used belong to names, comments or line ends.</summary>
    None,

    /// <summary>A piece of a data line, perhaps an empty one.</summary>
    Data,

    /// <summary>A blank line: the event, if there was one, is complete.</summary>
    Blank,
}

/// <summary>
/// Splits a stream of server-sent events into steps, in pieces of any size. Lines end with CR, LF or CRLF; a byte order mark at the very
/// start is passed over. It keeps the event's name (up to 64 bytes) and nothing else. Not thread-safe.
/// </summary>
internal sealed class SseReader
{
    private const int LongestName = 64;
    private const ulong DataField = 0x64617461;
    private const ulong EventField = 0x6576656e74;

    private readonly byte[] _name = new byte[LongestName];
    private int _nameLength;
    private ulong _field;
    private int _fieldLength;
    private Part _part;
    private bool _afterCr;
    private bool _pending;
    private bool _startsLine;

    private enum Part : byte
    {
        Start,
        MarkSecond,
        MarkThird,
        LineStart,
        Field,
        DataSpace,
        Data,
        NameSpace,
        Name,
        Ignored,
    }

    /// <summary>Whether the bytes so far end between two events.</summary>
    public bool AtBoundary => _part is Part.Start or Part.LineStart && !_pending;

    /// <summary>Whether the event at hand has a data line.</summary>
    public bool HasData { get; private set; }

    /// <summary>Whether the last <see cref="SseStep.Data"/> was the first piece of its line.</summary>
    public bool StartsDataLine { get; private set; }

    /// <summary>Whether the next byte, if it is LF, still belongs to the line end before it.</summary>
    public bool InsideLineEnd => _afterCr && _part == Part.LineStart;

    /// <summary>The name of the event at hand, as far as it is known; empty when it has none or an overlong one.</summary>
    public ReadOnlySpan<byte> Name => _nameLength > LongestName ? default : _name.AsSpan(0, _nameLength);

    /// <summary>Forgets everything, for another stream.</summary>
    public void Reset()
    {
        _part = Part.Start;
        _afterCr = false;
        EndEvent();
    }

    /// <summary>Forgets the event at hand: call it after a <see cref="SseStep.Blank"/>.</summary>
    public void EndEvent()
    {
        HasData = _pending = false;
        _nameLength = 0;
    }

    /// <summary>Takes the next step; <paramref name="data"/> is set for <see cref="SseStep.Data"/>.</summary>
    public SseStep Next(ReadOnlySpan<byte> bytes, out int used, out ReadOnlySpan<byte> data)
    {
        data = default;
        for (used = 0; used < bytes.Length;)
        {
            switch (_part)
            {
                case Part.Data:
                    return ReadData(bytes, ref used, out data);
                case Part.DataSpace or Part.NameSpace:
                    if (bytes[used] == ' ')
                        used++;
                    _part = _part == Part.DataSpace ? Part.Data : Part.Name;
                    break;
                case Part.Name:
                    ReadName(bytes, ref used);
                    break;
                case Part.Ignored:
                    _ = ReadLine(bytes, ref used);
                    break;
                case Part.Field:
                    if (ReadField(bytes[used++]))
                        return DataLine();
                    break;
                case Part.LineStart:
                    if (ReadLineStart(bytes[used], ref used))
                        return SseStep.Blank;
                    break;
                default:
                    ReadMark(bytes[used], ref used);
                    break;
            }
        }

        return SseStep.None;
    }

    /// <summary>A byte order mark is EF BB BF. Its first bytes without the rest begin a field that nobody knows.</summary>
    private void ReadMark(byte value, ref int used)
    {
        byte wanted = _part switch { Part.Start => 0xEF, Part.MarkSecond => 0xBB, _ => 0xBF };
        if (value == wanted)
        {
            used++;
            _part = _part == Part.MarkThird ? Part.LineStart : _part + 1;
        }
        else
        {
            _pending = _part != Part.Start;
            _part = _part == Part.Start ? Part.LineStart : Part.Ignored;
        }
    }

    private bool ReadLineStart(byte value, ref int used)
    {
        var closesCrLf = _afterCr && value == '\n';
        _afterCr = value == '\r';
        if (value is (byte)'\r' or (byte)'\n')
        {
            used++;
            return !closesCrLf;
        }

        _field = 0;
        _fieldLength = 0;
        _part = Part.Field;
        return false;
    }

    /// <summary>Reads one byte of a field's name; true when a data line has ended right behind its name.</summary>
    private bool ReadField(byte value)
    {
        if (value == ':' || value is (byte)'\r' or (byte)'\n')
            return EndField(value);
        _pending = true;
        _field = (_field << 8) | value;
        if (++_fieldLength > 5)
            _part = Part.Ignored;
        return false;
    }

    private bool EndField(byte value)
    {
        var isData = _field == DataField && _fieldLength == 4;
        var isName = _field == EventField && _fieldLength == 5;
        if (isName)
            _nameLength = 0;
        if (isData)
            HasData = _startsLine = true;
        _part = isData ? Part.DataSpace : isName ? Part.NameSpace : Part.Ignored;
        if (value == ':')
            return false;
        EndLine(value);
        return isData;
    }

    private SseStep DataLine()
    {
        StartsDataLine = true;
        _startsLine = false;
        return SseStep.Data;
    }

    private SseStep ReadData(ReadOnlySpan<byte> bytes, scoped ref int used, out ReadOnlySpan<byte> data)
    {
        data = ReadLine(bytes, ref used);
        StartsDataLine = _startsLine;
        _startsLine = false;
        return SseStep.Data;
    }

    private void ReadName(ReadOnlySpan<byte> bytes, scoped ref int used)
    {
        var piece = ReadLine(bytes, ref used);
        if (_nameLength + piece.Length <= LongestName)
            piece.CopyTo(_name.AsSpan(_nameLength));
        _nameLength = Math.Min(_nameLength + piece.Length, LongestName + 1);
    }

    private ReadOnlySpan<byte> ReadLine(ReadOnlySpan<byte> bytes, scoped ref int used)
    {
        var rest = bytes[used..];
        var end = rest.IndexOfAny((byte)'\n', (byte)'\r');
        if (end < 0)
        {
            used = bytes.Length;
            return rest;
        }

        EndLine(rest[end]);
        used += end + 1;
        return rest[..end];
    }

    private void EndLine(byte value)
    {
        _afterCr = value == '\r';
        _part = Part.LineStart;
    }
}
