using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Secrets;
using Gatehouse.Storage;
using Gatehouse.Storage.Migrations;
using Microsoft.Data.Sqlite;

namespace Gatehouse.Gateway.Credentials;

/// <summary>A row of the vault: a provider's key, sealed.</summary>
/// <param name="Id">UUIDv7.</param>
/// <param name="Provider">The provider that it is for; bound into the seal, so that editing the row can't send the key elsewhere.</param>
/// <param name="Name">What a person calls it.</param>
/// <param name="KeyId">The data key that it is sealed with.</param>
/// <param name="Hint">Its last four characters if it is long enough to spare them, else empty.</param>
/// <param name="CreatedAt">When it was added.</param>
/// <param name="Sealed">The sealed key.</param>
public sealed record SealedCredential(Guid Id, string Provider, string Name, Guid KeyId, string Hint, DateTimeOffset CreatedAt, byte[] Sealed)
{
    private const int LongEnoughForHint = 20;

    /// <summary>Seals a provider's key into a new row.</summary>
    public static SealedCredential Seal(KeyRing ring, string provider, string name, Secret secret, DateTimeOffset now) =>
        Seal(ring, provider, name, secret, now, Guid.CreateVersion7(now));

    private static SealedCredential Seal(KeyRing ring, string provider, string name, Secret secret, DateTimeOffset now, Guid id)
    {
        var text = secret.Reveal();
        return new SealedCredential(
            id,
            provider,
            name,
            ring.KeyId(KeyPurpose.Vault),
            text.Length >= LongEnoughForHint ? text[^4..] : "",
            now,
            ring.Seal(KeyPurpose.Vault, RowId(id, provider), secret.Utf8));
    }

    /// <summary>Opens it; null when the row was altered, moved, or sealed with a key that is not in the ring.</summary>
    public ProviderCredential? Open(KeyRing ring) => ring.TryOpen(KeyPurpose.Vault, RowId(Id, Provider), Sealed) is { } plain
        ? new ProviderCredential { Id = Id.ToString(), Provider = Provider, Source = "vault", Secret = Secret.From(plain) }
        : null;

    /// <summary>The same row with another key in it.</summary>
    public SealedCredential Replace(KeyRing ring, Secret secret) =>
        Seal(ring, Provider, Name, secret, CreatedAt, Id);

    /// <summary>The same row sealed with the ring's newest key; null when it can't be opened.</summary>
    internal SealedCredential? Reseal(KeyRing ring) => ring.TryOpen(KeyPurpose.Vault, RowId(Id, Provider), Sealed) is { } plain
        ? this with { KeyId = ring.KeyId(KeyPurpose.Vault), Sealed = ring.Seal(KeyPurpose.Vault, RowId(Id, Provider), plain) }
        : null;

    private static string RowId(Guid id, string provider) => $"credentials/{id:N}/{provider}";
}

/// <summary>The vault's table: providers' keys, each sealed under the vault key and bound to its row. Thread-safe.</summary>
public sealed class VaultStore(Store store)
{
    /// <summary>The schema of this table.</summary>
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new("20261121-0900-credentials", """
            CREATE TABLE credentials (
                id BYTEA NOT NULL PRIMARY KEY,
                provider TEXT NOT NULL,
                name TEXT NOT NULL,
                key_id BYTEA NOT NULL,
                hint TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                sealed BYTEA NOT NULL,
                UNIQUE (provider, name)
            );
            """),
    ];

    /// <summary>Every row, oldest first.</summary>
    public Task<List<SealedCredential>> LoadAsync(CancellationToken cancellation = default) => store.ReadAsync(
        connection => connection
            .Command(null, "SELECT id, provider, name, key_id, hint, created_at, sealed FROM credentials ORDER BY created_at, id")
            .Rows(Row),
        cancellation);

    /// <summary>Adds a row; false when the provider has one of that name.</summary>
    public Task<bool> AddAsync(SealedCredential row, AuditEntry? audit = null, CancellationToken cancellation = default) => store.WriteAsync(
        (connection, transaction) => connection.Execute(
            transaction,
            """
            INSERT INTO credentials (id, provider, name, key_id, hint, created_at, sealed)
            VALUES ($id, $provider, $name, $key, $hint, $created, $sealed) ON CONFLICT (provider, name) DO NOTHING
            """,
            ("$id", row.Id),
            ("$provider", row.Provider),
            ("$name", row.Name),
            ("$key", row.KeyId),
            ("$hint", row.Hint),
            ("$created", row.CreatedAt),
            ("$sealed", row.Sealed)).IsOne().By(connection, transaction, audit),
        cancellation);

    /// <summary>Stores a row's new key; false when there is none of that id.</summary>
    public Task<bool> ReplaceAsync(SealedCredential row, AuditEntry? audit = null, CancellationToken cancellation = default) => store.WriteAsync(
        (connection, transaction) => connection.Execute(
            transaction,
            "UPDATE credentials SET key_id = $key, hint = $hint, sealed = $sealed WHERE id = $id AND provider = $provider",
            ("$key", row.KeyId),
            ("$hint", row.Hint),
            ("$sealed", row.Sealed),
            ("$id", row.Id),
            ("$provider", row.Provider)).IsOne().By(connection, transaction, audit),
        cancellation);

    /// <summary>Removes a row; false when there is none.</summary>
    public Task<bool> RemoveAsync(Guid id, AuditEntry? audit = null, CancellationToken cancellation = default) => store.WriteAsync(
        (connection, transaction) =>
            connection.Execute(transaction, "DELETE FROM credentials WHERE id = $id", ("$id", id)).IsOne().By(connection, transaction, audit),
        cancellation);

    /// <summary>
    /// Seals a batch of rows anew with the ring's newest key, in one transaction. Only rows that are under another key are touched, so that
    /// an interrupted rotation goes on where it was.
    /// </summary>
    /// <param name="ring">The keys.</param>
    /// <param name="after">The last id of the batch before; null at first.</param>
    /// <param name="limit">The most rows of a batch.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    public Task<ResealedBatch> ResealAsync(KeyRing ring, string? after, int limit, CancellationToken cancellation = default) => store.WriteAsync(
        (connection, transaction) =>
        {
            var rows = connection.Command(
                transaction,
                $"""
                SELECT id, provider, name, key_id, hint, created_at, sealed FROM credentials
                WHERE id > $after AND {ResealedBatch.IsOlder} ORDER BY id LIMIT $limit
                """,
                ("$after", after is null ? Guid.Empty : Guid.Parse(after)),
                ("$key", ring.KeyId(KeyPurpose.Vault)),
                ("$limit", limit)).Rows(Row);
            var unreadable = new List<string>();
            foreach (var row in rows)
            {
                if (row.Reseal(ring) is not { } next)
                {
                    unreadable.Add($"{row.Provider}/{row.Name}");
                    continue;
                }
                connection.Execute(
                    transaction,
                    "UPDATE credentials SET key_id = $key, sealed = $sealed WHERE id = $id",
                    ("$key", next.KeyId),
                    ("$sealed", next.Sealed),
                    ("$id", next.Id));
            }
            return new ResealedBatch(rows.Count - unreadable.Count, unreadable, rows.Count == 0 ? null : rows[^1].Id.ToString());
        },
        cancellation);

    private static SealedCredential Row(SqliteDataReader row) => new(
        row.Id(0), row.GetString(1), row.GetString(2), row.Id(3), row.GetString(4), row.Time(5)!.Value, row.Bytes(6));
}
