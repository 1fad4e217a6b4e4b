using System.Buffers;
using System.Text;

namespace Gatehouse.Gateway.Upstream.Http1;

/// <summary>What a response header means to the connection or to the exchange.</summary>
internal enum ResponseHeaderKind : byte
{
    /// <summary>Nothing.</summary>
    Other,

    /// <summary><c>content-length</c>.</summary>
    ContentLength,

    /// <summary><c>transfer-encoding</c>.</summary>
    TransferEncoding,

    /// <summary><c>connection</c>.</summary>
    Connection,

    /// <summary><c>keep-alive</c>.</summary>
    KeepAlive,

    /// <summary><c>content-type</c>.</summary>
    ContentType,

    /// <summary><c>content-encoding</c>.</summary>
    ContentEncoding,

    /// <summary><c>request-id</c>.</summary>
    RequestId,

    /// <summary><c>x-request-id</c>.</summary>
    XRequestId,

    /// <summary><c>location</c>.</summary>
    Location,

    /// <summary><c>date</c>.</summary>
    Date,
}

/// <summary>
/// A response header's name with what is known of it. Names are looked at once and found again in a small table, so that an ordinary answer
/// needs no new string for them. Immutable; the table is thread-safe and bounded.
/// </summary>
internal sealed class ResponseHeaderName
{
    private const int TableSize = 512;
    private const int LongestKept = 64;

    // RFC 9110 §5.6.2: the characters of a name.
    private static readonly SearchValues<byte> s_token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private static readonly ResponseHeaderName?[] s_table = new ResponseHeaderName?[TableSize];

    private ResponseHeaderName(string text)
    {
        Text = text;
        Stays = HeaderRules.StaysFromClient(text);
        Kind = text.ToLowerInvariant() switch
        {
            "content-length" => ResponseHeaderKind.ContentLength,
            "transfer-encoding" => ResponseHeaderKind.TransferEncoding,
            "connection" => ResponseHeaderKind.Connection,
            "keep-alive" => ResponseHeaderKind.KeepAlive,
            "content-type" => ResponseHeaderKind.ContentType,
            "content-encoding" => ResponseHeaderKind.ContentEncoding,
            "request-id" => ResponseHeaderKind.RequestId,
            "x-request-id" => ResponseHeaderKind.XRequestId,
            "location" => ResponseHeaderKind.Location,
            "date" => ResponseHeaderKind.Date,
            _ => ResponseHeaderKind.Other,
        };
    }

    /// <summary>The name as the upstream wrote it.</summary>
    public string Text { get; }

    /// <summary>Whether a header of this name never goes to the caller.</summary>
    public bool Stays { get; }

    /// <summary>What it means.</summary>
    public ResponseHeaderKind Kind { get; }

    /// <summary>The name's entry; null when the bytes are no name.</summary>
    public static ResponseHeaderName? Of(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty) return null;
        if (name.Length > LongestKept) return name.ContainsAnyExcept(s_token) ? null : new ResponseHeaderName(Encoding.ASCII.GetString(name));
        ref var slot = ref s_table[Slot(name)];

        // Entries are immutable and a reference is written at once: two threads may both make one, and either serves.
        var known = Volatile.Read(ref slot);
        if (known is not null && System.Text.Ascii.Equals(name, known.Text)) return known;
        if (name.ContainsAnyExcept(s_token)) return null;
        known = new ResponseHeaderName(Encoding.ASCII.GetString(name));
        Volatile.Write(ref slot, known);
        return known;
    }

    private static int Slot(ReadOnlySpan<byte> name)
    {
        var (first, middle, last) = (name[0], name[name.Length / 2], name[^1]);
        return ((name.Length * 31) + (first * 7) + (middle * 131) + (last * 61)) & (TableSize - 1);
    }
}
