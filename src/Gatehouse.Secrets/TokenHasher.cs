using System.Diagnostics;
using System.Security.Cryptography;

namespace Gatehouse.Secrets;

/// <summary>
/// Hashes access tokens with the token-hash key (HMAC-SHA256). Keyed rather than plain, so that a copy of the database alone can't be
/// used to test guesses; fast rather than slow, because a token has 256 random bits and is hashed on every request. Thread-safe.
/// </summary>
[DebuggerDisplay("***")]
public sealed class TokenHasher
{
    private readonly byte[] _key;

    internal TokenHasher(byte[] key) => _key = key;

    /// <summary>The hash of a token's bytes; allocates nothing.</summary>
    public TokenHash Hash(ReadOnlySpan<byte> token)
    {
        Span<byte> hash = stackalloc byte[TokenHash.Size];
        HMACSHA256.HashData(_key, token, hash);
        return new TokenHash(hash);
    }
}
