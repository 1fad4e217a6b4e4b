using System.Buffers;
using System.Text;

namespace Gatehouse.Gateway.Upstream;

/// <summary>
/// A request header's name with what is known of it: whether it stays behind, and its bytes. Agents send the same eighteen names with every
/// request, so they are looked at once and found again in a small table. Immutable; the table is thread-safe and bounded.
/// </summary>
internal sealed class RequestHeaderName
{
    private const int TableSize = 512;
    private const int LongestKept = 64;

    // RFC 9110 §5.6.2: the characters of a name.
    private static readonly SearchValues<char> s_token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly RequestHeaderName?[] s_table = new RequestHeaderName?[TableSize];

    private RequestHeaderName(string text)
    {
        Text = text;
        Stays = HeaderRules.StaysFromUpstream(text) || text.AsSpan().ContainsAnyExcept(s_token);
        DescribesContent = text.StartsWith("content-", StringComparison.OrdinalIgnoreCase);
        Part = HeaderParts.Of(text);
        Line = Encoding.Latin1.GetBytes(text + ": ");
    }

    /// <summary>The name as the caller wrote it.</summary>
    public string Text { get; }

    /// <summary>Whether a caller's header of this name never goes upstream; also when it is no name at all.</summary>
    public bool Stays { get; }

    /// <summary>Whether it describes a body, and makes no sense without one.</summary>
    public bool DescribesContent { get; }

    /// <summary>What the gateway itself reads off it.</summary>
    public HeaderPart Part { get; }

    /// <summary>The name with colon and blank, as bytes.</summary>
    public byte[] Line { get; }

    /// <summary>The name's entry.</summary>
    public static RequestHeaderName Of(string text)
    {
        if (text.Length is 0 or > LongestKept) return new RequestHeaderName(text);
        ref var slot = ref s_table[Slot(text)];

        // Entries are immutable and a reference is written at once: two threads may both make one, and either serves.
        var known = Volatile.Read(ref slot);
        if (known is not null && known.Text == text) return known;
        known = new RequestHeaderName(text);
        Volatile.Write(ref slot, known);
        return known;
    }

    private static int Slot(string text)
    {
        var (first, middle, last) = (text[0], text[text.Length / 2], text[^1]);
        return ((text.Length * 31) + (first * 7) + (middle * 131) + (last * 61)) & (TableSize - 1);
    }
}
