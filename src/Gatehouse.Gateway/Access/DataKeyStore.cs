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
        return new KeyRingOpening(opened.Ring, master.Origin, master.Created, opened.Error);
    }

    /// <summary>
    /// Puts the ring under another master key, in one transaction: afterwards only that one opens it. Sealed values and token hashes stay.
    /// </summary>
    /// <exception cref="StoreException">The store can't be written; the old master key stays in force.</exception>
    public Task RewrapAsync(KeyRing ring, MasterKey next, CancellationToken cancellation = default) => store.WriteAsync(
        (connection, transaction) =>
        {
            var rows = ring.Rewrap(next);
            foreach (var row in rows)
            {
                connection.Execute(transaction, "UPDATE data_keys SET wrapped = $wrapped WHERE id = $id", ("$wrapped", row.Wrapped), ("$id", row.Id));
            }
            return rows.Count;
        },
        cancellation);

    // Reads again inside the write transaction: of two first starts, the second finds the first one's keys.
    private KeyRingResult OpenOrCreate(SqliteConnection connection, SqliteTransaction transaction, MasterKey key)
    {
        var opened = KeyRing.Open(key, Load(connection, transaction), clock);
        foreach (var row in opened.Created)
        {
            connection.Execute(
                transaction,
                "INSERT INTO data_keys (id, purpose, created_at, wrapped) VALUES ($id, $purpose, $created, $wrapped)",
                ("$id", row.Id),
                ("$purpose", row.Purpose),
                ("$created", row.CreatedAt),
                ("$wrapped", row.Wrapped));
        }
        return opened;
    }

    private static List<WrappedKey> Load(SqliteConnection connection, SqliteTransaction? transaction) =>
        connection.Command(transaction, "SELECT id, purpose, created_at, wrapped FROM data_keys ORDER BY id")
            .Rows(row => new WrappedKey(row.Id(0), row.GetString(1), row.Time(2)!.Value, row.Bytes(3)));
}
