using System.IO.Compression;
using Gatehouse.Gateway.Credentials;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>
/// Looks into compressed error bodies: a key quoted in one is as readable to the client as in a plain one. Only such a body is changed:
/// it goes on unpacked, with the key masked. Stateless.
/// </summary>
internal static class PackedError
{
    /// <summary>Plain bytes that are looked at; no error is longer, and what unpacks to more is no error.</summary>
    private const int MostPlain = 1024 * 1024;

    /// <summary>Whether a coding can be unpacked. A body in one that can is never masked as it lies: that would break it.</summary>
    public static bool Reads(string coding) => coding is "gzip" or "x-gzip" or "br" or "deflate" or "zlib";

    /// <summary>The plain body with the key masked, when the packed one quotes it; null when it may go on as it is.</summary>
    /// <param name="coding">The answer's content coding.</param>
    /// <param name="packed">The whole body.</param>
    /// <param name="mask">Finds the lent key.</param>
    public static byte[]? Masked(string coding, byte[] packed, CredentialMask mask)
    {
        var plain = coding switch
        {
            "gzip" or "x-gzip" => Unpack(new GZipStream(new MemoryStream(packed), CompressionMode.Decompress)),
            "br" => Unpack(new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress)),
            // Some send the bare format, against the letter of RFC 9110 §8.4.1.2.
            "deflate" or "zlib" => Unpack(new ZLibStream(new MemoryStream(packed), CompressionMode.Decompress))
                ?? Unpack(new DeflateStream(new MemoryStream(packed), CompressionMode.Decompress)),
            _ => null,
        };
        return plain is not null && mask.MaskInPlace(plain) ? plain : null;
    }

    private static byte[]? Unpack(Stream decoder)
    {
        using (decoder)
        {
            try
            {
                var plain = new byte[MostPlain];
                var length = decoder.ReadAtLeast(plain, plain.Length, throwOnEndOfStream: false);
                return plain[..length];
            }
            catch (Exception e) when (e is InvalidDataException or InvalidOperationException or IOException)
            {
                return null;
            }
        }
    }
}
