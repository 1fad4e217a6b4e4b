using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Secrets;

namespace Gatehouse.Gateway.Access;

/// <summary>What a presented value looks like before anything is looked up.</summary>
public enum TokenShape : byte
{
    /// <summary>Nothing like one of ours: a placeholder or another vendor's key.</summary>
    Foreign,

    /// <summary>Begins like one of ours, but its length or checksum is wrong: cut off or mistyped.</summary>
    Malformed,

    /// <summary>Well-formed; whether it exists is another question.</summary>
    WellFormed,
}

/// <summary>
/// The text of an access token: a prefix that tells its kind, 43 random letters and digits (256 bits), and a six-character CRC-32C of all
/// that. Letters and digits only, so that a double click selects the whole of it; the checksum tells a mistyped or foreign value without
/// a look-up and is no protection.
/// </summary>
public static class TokenText
{
    /// <summary>Length of every token, characters.</summary>
    public const int Length = PrefixLength + RandomLength + ChecksumLength;
    private const int PrefixLength = 4;
    private const int RandomLength = 43;
    private const int ChecksumLength = 6;
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>Makes a new token.</summary>
    public static Secret Mint(TokenKind kind)
    {
        Span<char> text = stackalloc char[Length];
        kind.Prefix().CopyTo(text);
        RandomNumberGenerator.GetItems(Alphabet, text.Slice(PrefixLength, RandomLength));
        Span<byte> ascii = stackalloc byte[Length];
        Encoding.ASCII.GetBytes(text[..^ChecksumLength], ascii);
        WriteChecksum(ascii);
        return Secret.From(ascii);
    }

    /// <summary>What may be shown of a token for ever: its prefix and its last four characters.</summary>
    public static string Hint(Secret token)
    {
        var text = token.Reveal();
        return $"{text[..PrefixLength]}…{text[^4..]}";
    }

    /// <summary>
    /// Classifies a presented value; when it is well-formed, <paramref name="ascii"/> (of <see cref="Length"/> bytes) holds its bytes.
    /// </summary>
    public static TokenShape Inspect(ReadOnlySpan<char> value, Span<byte> ascii)
    {
        if (value.Length < PrefixLength || value[0] != 'g' || value[1] != 'h' || value[3] != '_' || TokenKinds.OfLetter(value[2]) is null)
        {
            return TokenShape.Foreign;
        }
        if (value.Length != Length || Ascii.FromUtf16(value, ascii, out _) != System.Buffers.OperationStatus.Done)
        {
            return TokenShape.Malformed;
        }
        Span<byte> expected = stackalloc byte[Length];
        ascii[..Length].CopyTo(expected);
        WriteChecksum(expected);
        return expected.SequenceEqual(ascii[..Length]) ? TokenShape.WellFormed : TokenShape.Malformed;
    }

    /// <summary>
    /// Whether a well-formed token stands anywhere in a text, such as a header or a query that is about to leave the house. Costs a search
    /// for one underscore where there is none.
    /// </summary>
    public static bool OccursIn(ReadOnlySpan<char> text)
    {
        Span<byte> ascii = stackalloc byte[Length];
        while (text.Length >= Length)
        {
            // The prefix ends with the only underscore of a token.
            var mark = text[(PrefixLength - 1)..].IndexOf('_');
            if (mark < 0 || mark + Length > text.Length) return false;
            if (Inspect(text.Slice(mark, Length), ascii) == TokenShape.WellFormed) return true;
            text = text[(mark + 1)..];
        }

        return false;
    }

    private static void WriteChecksum(Span<byte> ascii)
    {
        var body = ascii[..^ChecksumLength];
        var crc = uint.MaxValue;
        for (; body.Length >= sizeof(ulong); body = body[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(body));
        }
        foreach (var octet in body)
        {
            crc = BitOperations.Crc32C(crc, octet);
        }
        for (var at = ascii.Length - 1; at >= ascii.Length - ChecksumLength; at--, crc /= (uint)Alphabet.Length)
        {
            ascii[at] = (byte)Alphabet[(int)(crc % (uint)Alphabet.Length)];
        }
    }
}
