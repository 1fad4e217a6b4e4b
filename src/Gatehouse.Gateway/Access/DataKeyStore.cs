using Gatehouse.Secrets;
using Gatehouse.Storage;
using Gatehouse.Storage.Migrations;
using Microsoft.Data.Sqlite;

namespace Gatehouse.Gateway.Access;

/// <summary>What opening the key ring of a store came to.</summary>
/// <param name="Ring">The ring; null when there is an error.</param>
/// <param name="Origin">Where the master key came from: a variable's name or a file's path.</param>
/// <param name="KeyFileCreated">Whether a key file was made just now, which a person should be told to keep safe.</param>
/// <param name="Error">What is wrong and how to put it right; holds no secret.</param>
public sealed record KeyRingOpening(KeyRing? Ring, string Origin, bool KeyFileCreated, string? Error);

/// <summary>
/// The table of wrapped data keys. Opens the key ring for whoever starts on a store: <c>serve</c> and the command line alike. Thread-safe.
/// </summary>
public sealed class DataKeyStore(Store store, TimeProvider clock)
{
    private const string VaultPurpose = "vault";

    /// <summary>The schema of this table.</summary>
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new("20261121-0900-data-keys", """
            CREATE TABLE data_keys (
                id BYTEA NOT NULL PRIMARY KEY,
                purpose TEXT NOT NULL UNIQUE,
                created_at BIGINT NOT NULL,
                wrapped BYTEA NOT NULL
            );
            """),
        // Several keys per purpose, so that values move from one to the next while a server runs.
        new("20261121-1014-several-data-keys", """
            CREATE TABLE several_data_keys (
                id BYTEA NOT NULL PRIMARY KEY,
                purpose TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                wrapped BYTEA NOT NULL
            );
            INSERT INTO several_data_keys (id, purpose, created_at, wrapped) SELECT id, purpose, created_at, wrapped FROM data_keys;
            DROP TABLE data_keys;
            ALTER TABLE several_data_keys RENAME TO data_keys;
            """),
    ];

    /// <summary>
    /// Finds the master key and opens the ring; on the first start makes both. Once the database holds keys, neither is ever made anew: a
    /// missing or wrong master key is an error and changes nothing.
    /// </summary>
    /// <exception cref="StoreException">The store can't be read or written.</exception>
    public async Task<KeyRingOpening> OpenAsync(MasterKeySource source, CancellationToken cancellation = default)
    {
        var stored = await store.ReadAsync(connection => Load(connection, null), cancellation);
        var master = source.Load(mayCreate: stored.Count == 0);
        if (master.Key is not { } key)
        {
            return new KeyRingOpening(null, master.Origin, false, master.Error);
        }
        var opened = stored.Count > 0
            ? KeyRing.Open(key, stored, clock)
            : await store.WriteAsync((connection, transaction) => OpenOrCreate(connection, transaction, key), cancellation);
        if (opened.Ring is null && stored.Count > 0 && source.PendingNext() is { } next && KeyRing.Open(next, stored, clock) is { Ring: not null } after)
        {
            // A rotation was interrupted after the database had taken the next key and before its file did.
            source.Promote(clock.GetUtcNow());
            opened = after;
        }
        return new KeyRingOpening(opened.Ring, master.Origin, master.Created, opened.Error);
    }

    /// <summary>
    /// Puts every data key under another master key, in one transaction: afterwards only that one opens them. Sealed values and token hashes
    /// stay, and so do the keys in the memory of a running server.
    /// </summary>
    /// <returns>Why it was refused, with nothing changed; null when it was done.</returns>
    /// <exception cref="StoreException">The store can't be written; the present master key stays in force.</exception>
    public Task<string?> RewrapAsync(MasterKey present, MasterKey next, CancellationToken cancellation = default) => store.WriteAsync(
        (connection, transaction) =>
        {
            // What is stored now: another process may have added a key since this one opened the ring.
            var opened = KeyRing.Open(present, Load(connection, transaction), clock);
            foreach (var row in opened.Ring?.Rewrap(next) ?? [])
            {
                connection.Execute(transaction, "UPDATE data_keys SET wrapped = $wrapped WHERE id = $id", ("$wrapped", row.Wrapped), ("$id", row.Id));
            }
            return opened.Error;
        },
        cancellation);

    /// <summary>Makes a further vault key, which seals from now on, stores it and teaches it to the ring.</summary>
    /// <returns>Why it was refused, with nothing changed; null when it was done.</returns>
    /// <exception cref="StoreException">The store can't be written.</exception>
    public async Task<string?> AddVaultKeyAsync(KeyRing ring, MasterKey master, CancellationToken cancellation = default)
    {
        var error = await store.WriteAsync(
            (connection, transaction) =>
            {
                var opened = KeyRing.Open(master, Load(connection, transaction), clock);
                if (opened.Ring is { } current) Insert(connection, transaction, current.Follow(KeyPurpose.Vault, master, clock));
                return opened.Error;
            },
            cancellation);
        return error ?? (await LearnAsync(ring, master, cancellation) ? null : "The new vault key can't be opened.");
    }

    /// <summary>
    /// Removes the vault keys that nothing is sealed with, but for the newest and the one before it: a process that knows only that one may
    /// still be sealing.
    /// </summary>
    /// <param name="used">The keys that sealed values name.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="StoreException">The store can't be written.</exception>
    public Task<int> RemoveVaultKeysAsync(IReadOnlyCollection<Guid> used, CancellationToken cancellation = default) => store.WriteAsync(
        (connection, transaction) =>
        {
            var vault = Load(connection, transaction).FindAll(row => row.Purpose == VaultPurpose).OrderBy(row => row.CreatedAt).ThenBy(row => row.Id);
            var unused = vault.SkipLast(2).Where(row => !used.Contains(row.Id)).ToList();
            foreach (var row in unused) connection.Execute(transaction, "DELETE FROM data_keys WHERE id = $id", ("$id", row.Id));
            return unused.Count;
        },
        cancellation);

    /// <summary>Teaches a ring the keys that were stored since it was opened; false when the master key does not open them.</summary>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public async Task<bool> LearnAsync(KeyRing ring, MasterKey master, CancellationToken cancellation = default) =>
        ring.Learn(master, await store.ReadAsync(connection => Load(connection, null), cancellation));

    // Reads again inside the write transaction: of two first starts, the second finds the first one's keys.
    private KeyRingResult OpenOrCreate(SqliteConnection connection, SqliteTransaction transaction, MasterKey key)
    {
        var opened = KeyRing.Open(key, Load(connection, transaction), clock);
        foreach (var row in opened.Created) Insert(connection, transaction, row);
        return opened;
    }

    private static void Insert(SqliteConnection connection, SqliteTransaction transaction, WrappedKey row) => connection.Execute(
        transaction,
        "INSERT INTO data_keys (id, purpose, created_at, wrapped) VALUES ($id, $purpose, $created, $wrapped)",
        ("$id", row.Id),
        ("$purpose", row.Purpose),
        ("$created", row.CreatedAt),
        ("$wrapped", row.Wrapped));

    private static List<WrappedKey> Load(SqliteConnection connection, SqliteTransaction? transaction) =>
        connection.Command(transaction, "SELECT id, purpose, created_at, wrapped FROM data_keys ORDER BY id")
            .Rows(row => new WrappedKey(row.Id(0), row.GetString(1), row.Time(2)!.Value, row.Bytes(3)));
}
