using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Gatehouse.Gateway.Upstream.Http1;

/// <summary>How far the reading of an answer's head came.</summary>
internal enum HeadRead : byte
{
    /// <summary>More bytes are needed.</summary>
    Unfinished,

    /// <summary>It is whole.</summary>
    Whole,

    /// <summary>It is not one that HTTP/1.1 allows.</summary>
    Wrong,
}

/// <summary>How an answer's body is delimited.</summary>
internal enum BodyLength : byte
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>By its length.</summary>
    Declared,

    /// <summary>By chunks.</summary>
    Chunked,

    /// <summary>By the end of the connection.</summary>
    UntilClose,
}

/// <summary>One header line, by its place in the head's bytes.</summary>
/// <param name="Name">The name.</param>
/// <param name="Start">Where the value starts.</param>
/// <param name="Length">The value's length, without blanks around it.</param>
internal readonly record struct HeaderLine(ResponseHeaderName Name, int Start, int Length);

/// <summary>
/// Reads the head of an answer: status line and header lines (RFC 9112). Strict where leniency is how two programs come to differ about
/// where an answer ends: no folded lines, no bare line ends, no control characters, one length and not two. Owned by a connection and used
/// again for each of its answers.
/// </summary>
internal sealed class ResponseHead
{
    /// <summary>The most bytes of a head.</summary>
    public const int MostBytes = 64 * 1024;

    private const int MostLines = 256;

    // Everything below a blank but the tab, and DEL. A value ends at CR LF, so both are wrong inside.
    private static readonly SearchValues<byte> s_controls =
        SearchValues.Create([.. Enumerable.Range(0, 32).Where(c => c != '\t').Select(c => (byte)c), 0x7f]);

    private HeaderLine[] _lines = new HeaderLine[16];
    private int _count;
    private int _searched;
    private bool _isHttp11;

    /// <summary>The status.</summary>
    public int Status { get; private set; }

    /// <summary>How the body is delimited.</summary>
    public BodyLength Body { get; private set; }

    /// <summary>The length that was declared; null when none was.</summary>
    public long? ContentLength { get; private set; }

    /// <summary>Whether the connection may be used again after this answer.</summary>
    public bool KeepsConnection { get; private set; }

    /// <summary>For how long the other side says that it keeps an idle connection; null when it does not say.</summary>
    public TimeSpan? KeepAlive { get; private set; }

    /// <summary>Whether a <c>connection</c> header names more than the usual words.</summary>
    public bool HasConnectionHeader { get; private set; }

    /// <summary>The header lines in order.</summary>
    public ReadOnlySpan<HeaderLine> Lines => _lines.AsSpan(0, _count);

    /// <summary>Begins with the next answer.</summary>
    public void Reset()
    {
        _searched = 0;
        _lines.AsSpan(0, _count).Clear();
        _count = 0;
    }

    /// <summary>Looks for a whole head at the start of the bytes and reads it.</summary>
    /// <param name="bytes">All bytes of the answer so far.</param>
    /// <param name="length">The head's length with the empty line, when it is whole.</param>
    public HeadRead Read(ReadOnlySpan<byte> bytes, out int length)
    {
        length = 0;
        var prefix = Math.Min(bytes.Length, 7);
        if (!bytes[..prefix].SequenceEqual("HTTP/1."u8[..prefix])) return HeadRead.Wrong;
        var end = bytes[_searched..].IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            // Bare line ends would never come to an end of the head, and the caller would wait for it.
            if (bytes.Length >= MostBytes || HasBareLineEnd(bytes, _searched)) return HeadRead.Wrong;
            _searched = Math.Max(0, bytes.Length - 3);
            return HeadRead.Unfinished;
        }

        length = _searched + end + 4;
        return length <= MostBytes && ReadLines(bytes[..(length - 2)]) ? HeadRead.Whole : HeadRead.Wrong;
    }

    /// <summary>The first value of a kind; an empty line when there is none.</summary>
    public HeaderLine? Find(ResponseHeaderKind kind)
    {
        foreach (ref readonly var line in Lines)
        {
            if (line.Name.Kind == kind) return line;
        }

        return null;
    }

    private static bool HasBareLineEnd(ReadOnlySpan<byte> bytes, int from)
    {
        for (int next; (next = bytes[from..].IndexOf((byte)'\n')) >= 0; from += next + 1)
        {
            if (bytes[from + next - 1] != '\r') return true;
        }

        return false;
    }

    private bool ReadLines(ReadOnlySpan<byte> head)
    {
        var end = head.IndexOf((byte)'\r');
        if (head[end + 1] != '\n' || !ReadStatus(head[..end])) return false;
        Body = BodyLength.UntilClose;
        (ContentLength, KeepAlive, HasConnectionHeader) = (null, null, false);
        KeepsConnection = _isHttp11 = head[7] == '1';
        for (var at = end + 2; at < head.Length; at += end + 2)
        {
            end = head[at..].IndexOf((byte)'\r');
            if (head[at + end + 1] != '\n' || _count == MostLines || !ReadLine(head, at, end)) return false;
        }

        return Delimit();
    }

    private bool ReadStatus(ReadOnlySpan<byte> line)
    {
        // HTTP/1.1 200, then nothing, or a blank and words that nobody reads.
        if (line.Length < 12 || line[7] is not ((byte)'0' or (byte)'1') || line[8] != ' ' || (line.Length > 12 && line[12] != ' ')) return false;
        if (!Utf8Parser.TryParse(line.Slice(9, 3), out int status, out var digits) || digits != 3 || status is < 100 or > 599) return false;
        Status = status;
        return !line[12..].ContainsAny(s_controls);
    }

    private bool ReadLine(ReadOnlySpan<byte> head, int at, int length)
    {
        var line = head.Slice(at, length);
        var colon = line.IndexOf((byte)':');
        if (colon < 0 || ResponseHeaderName.Of(line[..colon]) is not { } name) return false;
        var start = colon + 1;
        while (start < length && line[start] is (byte)' ' or (byte)'\t') start++;
        while (length > start && line[length - 1] is (byte)' ' or (byte)'\t') length--;
        var value = line[start..length];
        if (value.ContainsAny(s_controls)) return false;
        if (_count == _lines.Length) Array.Resize(ref _lines, _lines.Length * 2);
        _lines[_count++] = new HeaderLine(name, at + start, length - start);
        return name.Kind switch
        {
            ResponseHeaderKind.ContentLength => ReadLength(value),
            ResponseHeaderKind.TransferEncoding => ReadEncoding(value),
            ResponseHeaderKind.Connection => ReadConnection(value),
            ResponseHeaderKind.KeepAlive => ReadKeepAlive(value),
            _ => true,
        };
    }

    // Twice is wrong also when both are the same: whoever sends it disagrees with itself.
    private bool ReadLength(ReadOnlySpan<byte> value)
    {
        if (ContentLength is not null || value.Length is 0 or > 18 || value.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            || !Utf8Parser.TryParse(value, out long length, out _)) return false;
        ContentLength = length;
        return true;
    }

    private bool ReadEncoding(ReadOnlySpan<byte> value)
    {
        if (Body == BodyLength.Chunked || !Ascii.EqualsIgnoreCase(value, "chunked"u8)) return false;
        Body = BodyLength.Chunked;
        return true;
    }

    private bool ReadConnection(ReadOnlySpan<byte> value)
    {
        HasConnectionHeader = true;
        foreach (var range in value.Split((byte)','))
        {
            var word = value[range].Trim(" \t"u8);
            if (Ascii.EqualsIgnoreCase(word, "close"u8)) KeepsConnection = false;
        }

        return true;
    }

    private bool ReadKeepAlive(ReadOnlySpan<byte> value)
    {
        var at = value.IndexOf("timeout="u8);
        if (at >= 0 && Utf8Parser.TryParse(value[(at + 8)..], out int seconds, out _) && seconds is >= 0 and < 86400) KeepAlive = TimeSpan.FromSeconds(seconds);
        return true;
    }

    private bool Delimit()
    {
        var isChunked = Body == BodyLength.Chunked;
        if (isChunked && (ContentLength is not null || !_isHttp11)) return false;
        if (Status is < 200 or 204 or 304)
        {
            // Without a body whatever it says; should one follow all the same, it must not pass for the next answer.
            KeepsConnection &= !isChunked && (ContentLength ?? 0) == 0;
            Body = BodyLength.None;
        }
        else if (ContentLength is { } length)
        {
            Body = length == 0 ? BodyLength.None : BodyLength.Declared;
        }
        else if (!isChunked)
        {
            KeepsConnection = false;
        }

        return true;
    }
}
