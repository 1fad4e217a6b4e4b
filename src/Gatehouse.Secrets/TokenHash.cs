using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Gatehouse.Secrets;

/// <summary>
/// The keyed hash (HMAC-SHA256, 32 bytes) under which an access token is stored and found. It tells nothing about the token without the
/// token-hash key. A value type, compared in constant time.
/// </summary>
public readonly struct TokenHash : IEquatable<TokenHash>
{
    /// <summary>Size of a hash in bytes.</summary>
    public const int Size = 32;

    private readonly ulong _a;
    private readonly ulong _b;
    private readonly ulong _c;
    private readonly ulong _d;

    /// <summary>Takes a hash from its 32 bytes, as they are stored.</summary>
    /// <exception cref="ArgumentException">There are not exactly 32 bytes.</exception>
    public TokenHash(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"A token hash has {Size} bytes, not {bytes.Length}.", nameof(bytes));
        }
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        (_a, _b, _c, _d) = (words[0], words[1], words[2], words[3]);
    }

    /// <summary>The 32 bytes, for storing.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        var words = MemoryMarshal.Cast<byte, ulong>(bytes.AsSpan());
        (words[0], words[1], words[2], words[3]) = (_a, _b, _c, _d);
        return bytes;
    }

    /// <summary>Whether both are the same hash; takes the same time wherever they differ.</summary>
    public bool Equals(TokenHash other) => ((_a ^ other._a) | (_b ^ other._b) | (_c ^ other._c) | (_d ^ other._d)) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TokenHash other && Equals(other);

    /// <summary>A slice of the hash: it is uniformly spread already, and nobody without the key can steer it.</summary>
    public override int GetHashCode() => (int)BinaryPrimitives.ReverseEndianness(_a);

    /// <summary>Whether both are the same hash.</summary>
    public static bool operator ==(TokenHash left, TokenHash right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(TokenHash left, TokenHash right) => !left.Equals(right);
}
