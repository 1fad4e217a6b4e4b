using System.Collections.Frozen;
using System.Diagnostics;
using System.Security.Cryptography;

namespace Gatehouse.Secrets;

/// <summary>What opening the key ring came to: the ring, with the rows to store when it is new, or the reason why it stays shut.</summary>
/// <param name="Ring">The open ring; null when there is an error.</param>
/// <param name="Created">Rows that were made and must be stored in the same transaction; empty when the ring existed.</param>
/// <param name="Error">What is wrong and what to do about it; null when the ring is open. Holds no secret.</param>
public sealed record KeyRingResult(KeyRing? Ring, IReadOnlyList<WrappedKey> Created, string? Error);

/// <summary>
/// The data keys in memory: one random key per purpose, stored only wrapped under the master key. Seals and opens values bound to their
/// row. A ring is never replaced silently: as soon as one row exists, a wrong master key or a missing row is an error, because new keys
/// would make every stored secret and token worthless. Immutable and thread-safe.
/// </summary>
[DebuggerDisplay("***")]
public sealed class KeyRing
{
    private static readonly byte[] s_verifierText = "gatehouse master key verifier"u8.ToArray();
    private readonly FrozenDictionary<string, DataKey> _byPurpose;

    private KeyRing(Dictionary<string, DataKey> keys)
    {
        _byPurpose = keys.ToFrozenDictionary(StringComparer.Ordinal);
        TokenHasher = new TokenHasher(_byPurpose[KeyPurpose.TokenHash.Name()].Bytes);
    }

    /// <summary>Hashes access tokens with this ring's token-hash key.</summary>
    public TokenHasher TokenHasher { get; }

    /// <summary>
    /// Opens the ring from the stored rows, or makes it when there is none at all. Call it inside the transaction that read the rows and
    /// store <see cref="KeyRingResult.Created"/> there, so that two first starts can't both make one.
    /// </summary>
    public static KeyRingResult Open(MasterKey master, IReadOnlyList<WrappedKey> stored, TimeProvider clock)
    {
        if (stored.Count == 0)
        {
            return Create(master, clock);
        }
        if (stored.FirstOrDefault(row => row.Purpose == KeyPurposeNames.Verifier) is not { } verifier)
        {
            return Failed("The key table has no verifier row: it is damaged. Restore the database from a backup.");
        }
        if (master.TryUnwrap(verifier) is not { } text || !text.AsSpan().SequenceEqual(s_verifierText))
        {
            return Failed("The master key is not the one that this database was sealed with. Give the right GATEHOUSE_MASTER_KEY or key file; nothing was changed.");
        }
        var keys = new Dictionary<string, DataKey>(StringComparer.Ordinal);
        foreach (var row in stored)
        {
            if (master.TryUnwrap(row) is not { } bytes)
            {
                return Failed($"The {row.Purpose} key {row.Id} in the key table was altered. Restore the database from a backup.");
            }
            keys[row.Purpose] = new DataKey(row.Id, row.CreatedAt, bytes);
        }
        foreach (var purpose in KeyPurposeNames.All)
        {
            if (!keys.ContainsKey(purpose.Name()))
            {
                return Failed($"The key table has no {purpose.Name()} key: it is damaged. Restore the database from a backup.");
            }
        }
        return new KeyRingResult(new KeyRing(keys), [], null);
    }

    /// <summary>Seals a value with the purpose's key for one row; <paramref name="rowId"/> must be given again to open it.</summary>
    public byte[] Seal(KeyPurpose purpose, string rowId, ReadOnlySpan<byte> plaintext)
    {
        var key = _byPurpose[purpose.Name()];
        return AesSeal.Seal(key.Bytes, key.Id, plaintext, purpose.Name(), rowId);
    }

    /// <summary>
    /// Seals a value so that the same value gives the same bytes: for text that travels in prompts, whose cached prefixes must not change.
    /// It tells an
    /// onlooker whether two values are equal, and nothing else.
    /// </summary>
    public byte[] SealSame(KeyPurpose purpose, string rowId, ReadOnlySpan<byte> plaintext)
    {
        var key = _byPurpose[purpose.Name()];
        return AesSeal.SealSame(key.Bytes, key.Id, plaintext, purpose.Name(), rowId);
    }

    /// <summary>
    /// Opens a sealed value. Null when it was altered, belongs to another row or purpose, or was sealed with a key that is not in this
    /// ring.
    /// </summary>
    public byte[]? TryOpen(KeyPurpose purpose, string rowId, ReadOnlySpan<byte> sealedValue)
    {
        var key = _byPurpose[purpose.Name()];
        return AesSeal.KeyIdOf(sealedValue) == key.Id ? AesSeal.TryOpen(key.Bytes, sealedValue, purpose.Name(), rowId) : null;
    }

    /// <summary>The id of the key that seals for a purpose now.</summary>
    public Guid KeyId(KeyPurpose purpose) => _byPurpose[purpose.Name()].Id;

    /// <summary>
    /// The same data keys wrapped under another master key: store these rows over the old ones in one transaction and the master key is
    /// replaced; sealed values and token hashes stay as they are.
    /// </summary>
    public IReadOnlyList<WrappedKey> Rewrap(MasterKey next) =>
        [.. _byPurpose.Select(pair => next.Wrap(pair.Value.Id, pair.Key, pair.Value.CreatedAt, pair.Value.Bytes))];

    private static KeyRingResult Create(MasterKey master, TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        var keys = KeyPurposeNames.All.ToDictionary(
            purpose => purpose.Name(),
            _ => new DataKey(Guid.CreateVersion7(now), now, RandomNumberGenerator.GetBytes(AesSeal.KeySize)),
            StringComparer.Ordinal);
        keys[KeyPurposeNames.Verifier] = new DataKey(Guid.CreateVersion7(now), now, s_verifierText);
        var ring = new KeyRing(keys);
        return new KeyRingResult(ring, ring.Rewrap(master), null);
    }

    private static KeyRingResult Failed(string error) => new(null, [], error);

    private sealed record DataKey(Guid Id, DateTimeOffset CreatedAt, byte[] Bytes)
    {
        public override string ToString() => "***";
    }
}
