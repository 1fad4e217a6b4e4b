using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace Gatehouse.Dialects.Json;

/// <summary>Escapes and unescapes the content of JSON strings (the bytes between the quotes).</summary>
internal static class JsonText
{
    private const int EscapedAtOnce = 512;

    private static readonly SearchValues<byte> MustEscape = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(static value => (byte)value), (byte)'"', (byte)'\\']);

    /// <summary>Whether the content is legal: no bare control characters, good escapes, paired surrogates, valid UTF-8.</summary>
    public static bool IsLegal(ReadOnlySpan<byte> content)
    {
        var at = 0;
        while (at < content.Length)
        {
            var next = content[at..].IndexOfAny(MustEscape);
            if (next < 0)
                break;
            at += next;
            if (content[at] != '\\' || !TryEscape(content, ref at, out _))
                return false;
        }

        return Utf8.IsValid(content);
    }

    /// <summary>Whether the bytes are one escape, or a pair of surrogate escapes, and nothing else.</summary>
    public static bool IsEscape(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        return !bytes.IsEmpty && bytes[0] == '\\' && TryEscape(bytes, ref at, out _) && at == bytes.Length;
    }

    /// <summary>
    /// Writes the plain text of the content. False when the content is not legal or does not fit; the plain text is never longer
    /// than the escaped one.
    /// </summary>
    public static bool TryUnescape(ReadOnlySpan<byte> content, Span<byte> plain, out int written)
    {
        written = 0;
        if (!Utf8.IsValid(content))
            return false;
        var at = 0;
        while (at < content.Length)
        {
            var run = content[at..].IndexOfAny(MustEscape);
            run = run < 0 ? content.Length - at : run;
            if (!content.Slice(at, run).TryCopyTo(plain[written..]))
                return false;
            written += run;
            at += run;
            if (at == content.Length)
                break;
            if (content[at] != '\\' || !TryEscape(content, ref at, out var scalar) || !scalar.TryEncodeToUtf8(plain[written..], out var size))
                return false;
            written += size;
        }

        return true;
    }

    /// <summary>Whether the content, unescaped, is this plain text.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Is(ReadOnlySpan<byte> content, ReadOnlySpan<byte> plain)
    {
        // Escaped text is never shorter than what it stands for, and escaped text of the same length has no escapes.
        if (content.Length == plain.Length) return content.SequenceEqual(plain) && !plain.Contains((byte)'\\');
        return content.Length > plain.Length && MayBeEscaped(content, plain) && Matches(content, plain, whole: true);
    }

    /// <summary>The same for a word that holds no backslash, such as a field's name: one question less where almost all questions are asked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsWord(ReadOnlySpan<byte> content, ReadOnlySpan<byte> word) => content.Length == word.Length
        ? content.SequenceEqual(word)
        : content.Length > word.Length && MayBeEscaped(content, word) && Matches(content, word, whole: true);

    /// <summary>Whether the content, unescaped, begins with this plain text.</summary>
    public static bool StartsWith(ReadOnlySpan<byte> content, ReadOnlySpan<byte> plain) => Matches(content, plain, whole: false);

    /// <summary>The content as a string. Bad escapes and bad UTF-8 become replacement characters; never throws.</summary>
    public static string Read(ReadOnlySpan<byte> content, bool escaped)
    {
        if (!escaped)
            return Encoding.UTF8.GetString(content);
        var rented = ArrayPool<byte>.Shared.Rent(Math.Max(1, content.Length));
        var text = TryUnescape(content, rented, out var written)
            ? Encoding.UTF8.GetString(rented, 0, written)
            : Encoding.UTF8.GetString(content);
        ArrayPool<byte>.Shared.Return(rented);
        return text;
    }

    /// <summary>Writes text as string content, escaping only what JSON demands.</summary>
    public static void WriteEscaped(PooledBuffer output, ReadOnlySpan<byte> text)
    {
        // In pieces, so that the room for the worst case stays small.
        for (; text.Length > EscapedAtOnce; text = text[EscapedAtOnce..])
            output.Advance(Escaping.Write(text[..EscapedAtOnce], output.GetSpan(Escaping.RoomFor(EscapedAtOnce))));
        output.Advance(Escaping.Write(text, output.GetSpan(Escaping.RoomFor(text.Length))));
    }

    /// <summary>Writes text as string content, escaping only what JSON demands.</summary>
    public static void WriteEscaped(IBufferWriter<byte> output, ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            var run = text.IndexOfAny(MustEscape);
            if (run < 0)
            {
                output.Write(text);
                return;
            }

            output.Write(text[..run]);
            output.Advance(Escaping.Write(text[run], output.GetSpan(Escaping.Longest)));
            text = text[(run + 1)..];
        }
    }

    /// <summary>
    /// Whether content that is longer than the text may be it with escapes, by its first two bytes: most names differ there, and the question is asked of
    /// every name of every object.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool MayBeEscaped(ReadOnlySpan<byte> content, ReadOnlySpan<byte> plain) =>
        !plain.IsEmpty && (content[0] == '\\' || (content[0] == plain[0] && plain.Length > 1 && (content[1] == '\\' || content[1] == plain[1])));

    private static bool Matches(ReadOnlySpan<byte> content, ReadOnlySpan<byte> plain, bool whole)
    {
        Span<byte> encoded = stackalloc byte[4];
        var at = 0;
        while (!plain.IsEmpty && at < content.Length)
        {
            scoped var piece = content.Slice(at, 1);
            if (content[at] != '\\')
                at++;
            else if (!TryEscape(content, ref at, out var scalar))
                return false;
            else
                piece = encoded[..scalar.EncodeToUtf8(encoded)];
            if (!plain.StartsWith(piece))
                return false;
            plain = plain[piece.Length..];
        }

        return plain.IsEmpty && (!whole || at == content.Length);
    }

    /// <summary>Reads the escape at a backslash and moves behind it; a surrogate pair counts as one.</summary>
    private static bool TryEscape(ReadOnlySpan<byte> content, ref int at, out Rune scalar)
    {
        scalar = default;
        if (at + 1 >= content.Length)
            return false;
        var letter = content[at + 1];
        if (letter == 'u')
            return TryUnicode(content, ref at, out scalar);
        var plain = letter switch
        {
            (byte)'"' or (byte)'\\' or (byte)'/' => letter,
            (byte)'b' => 8,
            (byte)'t' => 9,
            (byte)'n' => 10,
            (byte)'f' => 12,
            (byte)'r' => 13,
            _ => -1,
        };
        if (plain < 0)
            return false;
        scalar = new Rune(plain);
        at += 2;
        return true;
    }

    private static bool TryUnicode(ReadOnlySpan<byte> content, ref int at, out Rune scalar)
    {
        scalar = default;
        if (!TryHex(content, at, out var unit))
            return false;
        at += 6;
        if (Rune.TryCreate(unit, out scalar))
            return true;
        if (!TryHex(content, at, out var low) || !Rune.TryCreate(unit, low, out scalar))
            return false;
        at += 6;
        return true;
    }

    private static bool TryHex(ReadOnlySpan<byte> content, int at, out char unit)
    {
        unit = default;
        if (content.Length - at < 6 || content[at] != '\\' || content[at + 1] != 'u')
            return false;
        var value = 0;
        foreach (var digit in content.Slice(at + 2, 4))
        {
            var nibble = HexValue(digit);
            if (nibble < 0)
                return false;
            value = (value << 4) | nibble;
        }

        unit = (char)value;
        return true;
    }

    private static int HexValue(byte digit) => digit switch
    {
        >= (byte)'0' and <= (byte)'9' => digit - '0',
        >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
        _ => -1,
    };
}
