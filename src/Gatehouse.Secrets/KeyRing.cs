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
/// The data keys in memory: random keys per purpose, of which the newest seals and all open, stored only wrapped under the master key.
/// Seals and opens values bound to their row. A ring is never replaced silently: as soon as one row exists, a wrong master key or a missing
/// row is an error, because new keys would make every stored secret and token worthless. It only ever learns further keys; thread-safe.
/// </summary>
[DebuggerDisplay("***")]
public sealed class KeyRing
{
    private static readonly byte[] s_verifierText = "gatehouse master key verifier"u8.ToArray();
    private readonly Lock _learning = new();

    // Per purpose, the newest last.
    private volatile FrozenDictionary<string, DataKey[]> _byPurpose;

    private KeyRing(IEnumerable<KeyValuePair<string, DataKey>> keys)
    {
        _byPurpose = Sorted(keys);
        // The oldest: hashes can't be made anew, so this key is never followed by another.
        TokenHasher = new TokenHasher(_byPurpose[KeyPurpose.TokenHash.Name()][0].Bytes);
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
        var keys = new List<KeyValuePair<string, DataKey>>();
        foreach (var row in stored)
        {
            if (master.TryUnwrap(row) is not { } bytes)
            {
                return Failed($"The {row.Purpose} key {row.Id} in the key table was altered. Restore the database from a backup.");
            }
            keys.Add(new(row.Purpose, new DataKey(row.Id, row.CreatedAt, bytes)));
        }
        foreach (var purpose in KeyPurposeNames.All)
        {
            if (!keys.Exists(pair => pair.Key == purpose.Name()))
            {
                return Failed($"The key table has no {purpose.Name()} key: it is damaged. Restore the database from a backup.");
            }
        }
        return new KeyRingResult(new KeyRing(keys), [], null);
    }

    /// <summary>Seals a value with the purpose's key for one row; <paramref name="rowId"/> must be given again to open it.</summary>
    public byte[] Seal(KeyPurpose purpose, string rowId, ReadOnlySpan<byte> plaintext)
    {
        var key = Newest(purpose);
        return AesSeal.Seal(key.Bytes, key.Id, plaintext, purpose.Name(), rowId);
    }

    /// <summary>
    /// Seals a value so that the same value gives the same bytes: for text that travels in prompts, whose cached prefixes must not change.
    /// It tells an
    /// onlooker whether two values are equal, and nothing else.
    /// </summary>
    public byte[] SealSame(KeyPurpose purpose, string rowId, ReadOnlySpan<byte> plaintext)
    {
        var key = Newest(purpose);
        return AesSeal.SealSame(key.Bytes, key.Id, plaintext, purpose.Name(), rowId);
    }

    /// <summary>
    /// Opens a sealed value. Null when it was altered, belongs to another row or purpose, or was sealed with a key that is not in this
    /// ring.
    /// </summary>
    public byte[]? TryOpen(KeyPurpose purpose, string rowId, ReadOnlySpan<byte> sealedValue)
    {
        return Find(purpose, sealedValue) is { } key ? AesSeal.TryOpen(key.Bytes, sealedValue, purpose.Name(), rowId) : null;
    }

    /// <summary>Whether the key that a value says it was sealed with is in this ring; another process may have made it a moment ago.</summary>
    public bool Knows(KeyPurpose purpose, ReadOnlySpan<byte> sealedValue) => Find(purpose, sealedValue) is not null;

    /// <summary>The id of the key that seals for a purpose now.</summary>
    public Guid KeyId(KeyPurpose purpose) => Newest(purpose).Id;

    /// <summary>
    /// Makes a further key for a purpose, wrapped and not stored yet; it seals once the stored row is learnt. Not for token hashes, which
    /// could never be made anew.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The purpose is token hashes.</exception>
    public WrappedKey Follow(KeyPurpose purpose, MasterKey master, TimeProvider clock)
    {
        ArgumentOutOfRangeException.ThrowIfEqual((int)purpose, (int)KeyPurpose.TokenHash, nameof(purpose));
        // After the one before it also where the clock was set back.
        var after = Newest(purpose).CreatedAt.AddMilliseconds(1);
        var now = clock.GetUtcNow() is var read && read > after ? read : after;
        return master.Wrap(Guid.CreateVersion7(now), purpose.Name(), now, RandomNumberGenerator.GetBytes(AesSeal.KeySize));
    }

    /// <summary>
    /// Learns the keys that were stored since; those that it has stay. False, with nothing learnt, when the master key does not open the
    /// rows.
    /// </summary>
    public bool Learn(MasterKey master, IReadOnlyList<WrappedKey> stored)
    {
        if (Open(master, stored, TimeProvider.System).Ring is not { } other || stored.Count == 0) return false;
        lock (_learning)
        {
            var known = Pairs().ToList();
            _byPurpose = Sorted(known.Concat(other.Pairs().Where(pair => !known.Exists(own => own.Value.Id == pair.Value.Id))));
        }
        return true;
    }

    /// <summary>
    /// The same data keys wrapped under another master key: store these rows over the old ones in one transaction and the master key is
    /// replaced; sealed values and token hashes stay as they are.
    /// </summary>
    public IReadOnlyList<WrappedKey> Rewrap(MasterKey next) =>
        [.. Pairs().Select(pair => next.Wrap(pair.Value.Id, pair.Key, pair.Value.CreatedAt, pair.Value.Bytes))];

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

    private DataKey Newest(KeyPurpose purpose) => _byPurpose[purpose.Name()][^1];

    private DataKey? Find(KeyPurpose purpose, ReadOnlySpan<byte> sealedValue)
    {
        var id = AesSeal.KeyIdOf(sealedValue);
        foreach (var key in _byPurpose[purpose.Name()])
        {
            if (key.Id == id) return key;
        }
        return null;
    }

    private IEnumerable<KeyValuePair<string, DataKey>> Pairs() =>
        _byPurpose.SelectMany(pair => pair.Value.Select(key => KeyValuePair.Create(pair.Key, key)));

    private static FrozenDictionary<string, DataKey[]> Sorted(IEnumerable<KeyValuePair<string, DataKey>> keys) => keys
        .GroupBy(pair => pair.Key, StringComparer.Ordinal)
        .ToFrozenDictionary(
            group => group.Key,
            group => group.Select(pair => pair.Value).OrderBy(key => key.CreatedAt).ThenBy(key => key.Id).ToArray(),
            StringComparer.Ordinal);

    private static KeyRingResult Failed(string error) => new(null, [], error);

    private sealed record DataKey(Guid Id, DateTimeOffset CreatedAt, byte[] Bytes)
    {
        public override string ToString() => "***";
    }
}
