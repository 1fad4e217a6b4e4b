using System.Text;
using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Envelope;

/// <summary>A top-level key that routing, limits or ownership depend on.</summary>
internal enum DecidingKey : byte
{
    None,
    Model,
    Stream,
    StreamOptions,
    PreviousResponseId,
    Conversation,
    Store,
    Background,
    IncludeUsage,
}

/// <summary>How a key in a body relates to the keys that decide something.</summary>
internal enum KeyMatch : byte
{
    /// <summary>Another key.</summary>
    None,

    /// <summary>The key itself, perhaps written with escapes.</summary>
    Exact,

    /// <summary>The key in another case, which a case-insensitive upstream would take for it.</summary>
    Variant,

    /// <summary>Not a legal string, so nobody can say what an upstream would take it for.</summary>
    Illegal,
}

/// <summary>Recognises deciding keys, compared unescaped.</summary>
internal static class DecidingKeys
{
    /// <summary>The longest deciding key has 20 bytes; an escape takes at most 6 for one. A longer key is none of them.</summary>
    private const int LongestEscaped = 20 * 6;

    /// <summary>The name of a deciding key as it stands on the wire.</summary>
    public static string Name(DecidingKey key) => key switch
    {
        DecidingKey.Model => "model",
        DecidingKey.Stream => "stream",
        DecidingKey.StreamOptions => "stream_options",
        DecidingKey.PreviousResponseId => "previous_response_id",
        DecidingKey.Conversation => "conversation",
        DecidingKey.Store => "store",
        DecidingKey.Background => "background",
        DecidingKey.IncludeUsage => "stream_options.include_usage",
        _ => string.Empty,
    };

    /// <summary>Matches a raw key at the top level.</summary>
    public static KeyMatch Match(ReadOnlySpan<byte> raw, out DecidingKey key)
    {
        key = DecidingKey.None;
        if (raw.Length > LongestEscaped)
            return KeyMatch.None;
        Span<byte> plain = stackalloc byte[LongestEscaped];
        if (!TryPlain(raw, plain, out var length))
            return KeyMatch.Illegal;
        var name = plain[..length];
        key = length switch
        {
            5 => Same(name, "model"u8) ? DecidingKey.Model : Same(name, "store"u8) ? DecidingKey.Store : DecidingKey.None,
            6 => Same(name, "stream"u8) ? DecidingKey.Stream : DecidingKey.None,
            10 => Same(name, "background"u8) ? DecidingKey.Background : DecidingKey.None,
            12 => Same(name, "conversation"u8) ? DecidingKey.Conversation : DecidingKey.None,
            14 => Same(name, "stream_options"u8) ? DecidingKey.StreamOptions : DecidingKey.None,
            20 => Same(name, "previous_response_id"u8) ? DecidingKey.PreviousResponseId : DecidingKey.None,
            _ => DecidingKey.None,
        };
        return Judge(raw, key, Name(key));
    }

    /// <summary>Matches a raw key inside <c>stream_options</c>.</summary>
    public static KeyMatch MatchStreamOption(ReadOnlySpan<byte> raw, out DecidingKey key)
    {
        key = DecidingKey.None;
        if (raw.Length > LongestEscaped)
            return KeyMatch.None;
        Span<byte> plain = stackalloc byte[LongestEscaped];
        if (!TryPlain(raw, plain, out var length))
            return KeyMatch.Illegal;
        key = Same(plain[..length], "include_usage"u8) ? DecidingKey.IncludeUsage : DecidingKey.None;
        return Judge(raw, key, "include_usage");
    }

    private static KeyMatch Judge(ReadOnlySpan<byte> raw, DecidingKey key, string name)
    {
        if (key == DecidingKey.None)
            return KeyMatch.None;
        if (Ascii.Equals(raw, name))
            return KeyMatch.Exact;
        Span<byte> plain = stackalloc byte[LongestEscaped];
        _ = JsonText.TryUnescape(raw, plain, out var length);
        return Ascii.Equals(plain[..length], name) ? KeyMatch.Exact : KeyMatch.Variant;
    }

    /// <summary>
    /// The key unescaped, with the two letters that fold to ASCII under Unicode's rules (U+017F to s, U+212A to k) replaced: Go's JSON
    /// decoder, for one, takes <c>ſtream</c> for <c>stream</c>.
    /// </summary>
    private static bool TryPlain(ReadOnlySpan<byte> raw, Span<byte> plain, out int length)
    {
        if (!JsonText.TryUnescape(raw, plain, out length))
            return false;
        if (Ascii.IsValid(plain[..length]))
            return true;
        Fold(plain, ref length, "\u017F"u8, (byte)'s');
        Fold(plain, ref length, "\u212A"u8, (byte)'k');
        return true;
    }

    private static void Fold(Span<byte> text, ref int length, ReadOnlySpan<byte> letter, byte ascii)
    {
        for (var at = text[..length].IndexOf(letter); at >= 0; at = text[..length].IndexOf(letter))
        {
            text[at] = ascii;
            text[(at + letter.Length)..length].CopyTo(text[(at + 1)..]);
            length -= letter.Length - 1;
        }
    }

    private static bool Same(ReadOnlySpan<byte> name, ReadOnlySpan<byte> wanted) => Ascii.EqualsIgnoreCase(name, wanted);
}
