using System.Buffers;
using System.Text;
using Gatehouse.Secrets;

namespace Gatehouse.Gateway.Credentials;

/// <summary>
/// Finds one secret in bytes that go back to a client and overwrites it with <c>*</c> at equal length, so that declared lengths and the
/// JSON around it stay right. Finds it as it is, JSON-escaped and percent-encoded, each byte in whichever form a peer chose for it
/// (<c>+</c>, <c>\u002B</c>, <c>\u002b</c>, <c>%2B</c>, <c>%2b</c>). Immutable and thread-safe.
/// </summary>
public sealed class CredentialMask
{
    /// <summary>Up to which size a body is searched, bytes. Providers echo keys in error bodies, and those are small.</summary>
    public const int BodyLimit = 64 * 1024;

    /// <summary>Shorter secrets (of local servers, such as <c>none</c>) are not searched for: they would hit ordinary words.</summary>
    public const int ShortestSecret = 8;

    private readonly byte[] _secret;
    private readonly SearchValues<byte> _starts;

    /// <summary>Makes the searcher of one secret.</summary>
    public CredentialMask(Secret secret)
    {
        // A key read from a file often ends with a line break, which is not part of what is sent.
        var key = secret.Utf8.Trim(" \t\r\n"u8);
        _secret = key.Length >= ShortestSecret ? key.ToArray() : [];
        _starts = SearchValues.Create(_secret.Length == 0 ? [] : [_secret[0], (byte)'\\', (byte)'%']);
    }

    /// <summary>Overwrites every occurrence; true when there was one. Allocates nothing.</summary>
    public bool MaskInPlace(Span<byte> bytes)
    {
        var found = false;
        while (bytes.IndexOfAny(_starts) is var at and >= 0)
        {
            bytes = bytes[at..];
            var length = MatchLength(bytes);
            bytes[..length].Fill((byte)'*');
            found |= length > 0;
            bytes = bytes[Math.Max(length, 1)..];
        }
        return found;
    }

    /// <summary>A header's value with every occurrence overwritten; the same object when there is none.</summary>
    public string MaskHeader(string value)
    {
        if (value.Length < _secret.Length || _secret.Length == 0)
        {
            return value;
        }
        // Latin-1 keeps one byte per character, as it was on the wire.
        var bytes = Encoding.Latin1.GetBytes(value);
        return MaskInPlace(bytes) ? Encoding.Latin1.GetString(bytes) : value;
    }

    // How many bytes at the start of the text stand for the secret; 0 when they do not. As it is goes first: a secret that itself holds
    // a backslash or a percent sign must be found in plain text too.
    private int MatchLength(ReadOnlySpan<byte> text) =>
        text.StartsWith(_secret) ? _secret.Length : MatchEncoded(text);

    private int MatchEncoded(ReadOnlySpan<byte> text)
    {
        var position = 0;
        foreach (var expected in _secret)
        {
            var length = EncodedLength(text[position..], expected);
            if (length == 0)
            {
                return 0;
            }
            position += length;
        }
        return position;
    }

    private static int EncodedLength(ReadOnlySpan<byte> text, byte expected) => text switch
    {
        [(byte)'\\', (byte)'u', (byte)'0', (byte)'0', var high, var low, ..] when Hex(high, low) == expected && expected < 0x80 => 6,
        [(byte)'\\', var escaped, ..] when Unescaped(escaped) == expected => 2,
        [(byte)'%', var high, var low, ..] when Hex(high, low) == expected => 3,
        [var raw, ..] when raw == expected => 1,
        _ => 0,
    };

    private static int Unescaped(byte escaped) => escaped switch
    {
        (byte)'"' or (byte)'\\' or (byte)'/' => escaped,
        (byte)'t' => '\t',
        (byte)'n' => '\n',
        (byte)'r' => '\r',
        (byte)'b' => '\b',
        (byte)'f' => '\f',
        _ => -1,
    };

    private static int Hex(byte high, byte low) =>
        char.IsAsciiHexDigit((char)high) && char.IsAsciiHexDigit((char)low) ? (Digit(high) << 4) | Digit(low) : -1;

    private static int Digit(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
