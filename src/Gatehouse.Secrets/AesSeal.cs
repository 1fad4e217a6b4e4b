using System.Security.Cryptography;
using System.Text;

namespace Gatehouse.Secrets;

/// <summary>
/// The one sealed format: AES-256-GCM, laid out as version (1 byte), key id (16, big-endian), nonce (12, random), ciphertext, tag (16).
/// The header, the purpose and the row's id are authenticated with it, so a sealed value opens only under its key, for its purpose, in
/// its row. Random 96-bit nonces are safe for 2^32 values per key, far above what a vault holds.
/// </summary>
internal static class AesSeal
{
    public const int KeySize = 32;
    private const byte Version = 1;
    private const int HeaderSize = 1 + 16;
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int Overhead = HeaderSize + NonceSize + TagSize;

    public static byte[] Seal(ReadOnlySpan<byte> key, Guid keyId, ReadOnlySpan<byte> plaintext, string purpose, string rowId)
    {
        Span<byte> nonce = stackalloc byte[NonceSize];
        RandomNumberGenerator.Fill(nonce);
        return SealWith(key, keyId, nonce, plaintext, purpose, rowId);
    }

    /// <summary>
    /// The same value always gives the same box: the nonce is a keyed hash of the value and what it is bound to, so that no nonce serves
    /// two values
    /// (as in RFC 8452's synthetic nonces, with a key of its own derived from the data key).
    /// </summary>
    public static byte[] SealSame(ReadOnlySpan<byte> key, Guid keyId, ReadOnlySpan<byte> plaintext, string purpose, string rowId)
    {
        Span<byte> nonceKey = stackalloc byte[KeySize];
        HKDF.Expand(HashAlgorithmName.SHA256, key, nonceKey, "gatehouse synthetic nonce"u8);
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, nonceKey);
        hash.AppendData(AssociatedData([], purpose, rowId));
        hash.AppendData([0]);
        hash.AppendData(plaintext);
        Span<byte> digest = stackalloc byte[32];
        hash.GetHashAndReset(digest);
        CryptographicOperations.ZeroMemory(nonceKey);
        return SealWith(key, keyId, digest[..NonceSize], plaintext, purpose, rowId);
    }

    /// <summary>Null when the value is of another format, key, purpose or row, or was altered.</summary>
    public static byte[]? TryOpen(ReadOnlySpan<byte> key, ReadOnlySpan<byte> box, string purpose, string rowId)
    {
        if (KeyIdOf(box) is null)
        {
            return null;
        }
        var plaintext = new byte[box.Length - Overhead];
        using var aes = new AesGcm(key, TagSize);
        var bound = AssociatedData(box[..HeaderSize], purpose, rowId);
        try
        {
            aes.Decrypt(box.Slice(HeaderSize, NonceSize), box[(HeaderSize + NonceSize)..^TagSize], box[^TagSize..], plaintext, bound);
            return plaintext;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    /// <summary>The id of the key that sealed a value; null when it is not in this format.</summary>
    public static Guid? KeyIdOf(ReadOnlySpan<byte> box) =>
        box.Length < Overhead || box[0] != Version ? null : new Guid(box.Slice(1, 16), bigEndian: true);

    private static byte[] SealWith(
        ReadOnlySpan<byte> key, Guid keyId, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext, string purpose, string rowId)
    {
        var box = new byte[Overhead + plaintext.Length];
        box[0] = Version;
        keyId.TryWriteBytes(box.AsSpan(1), bigEndian: true, out _);
        nonce.CopyTo(box.AsSpan(HeaderSize));
        using var aes = new AesGcm(key, TagSize);
        var bound = AssociatedData(box.AsSpan(0, HeaderSize), purpose, rowId);
        aes.Encrypt(nonce, plaintext, box.AsSpan(HeaderSize + NonceSize, plaintext.Length), box.AsSpan(box.Length - TagSize), bound);
        return box;
    }

    // Purposes hold no NUL, so no two pairs of purpose and row id give the same bytes.
    private static byte[] AssociatedData(ReadOnlySpan<byte> header, string purpose, string rowId) =>
        [.. header, .. Encoding.UTF8.GetBytes(purpose), 0, .. Encoding.UTF8.GetBytes(rowId)];
}
