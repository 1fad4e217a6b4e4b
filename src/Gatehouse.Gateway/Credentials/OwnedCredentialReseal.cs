using Gatehouse.Gateway.Access;
using Gatehouse.Secrets;
using Gatehouse.Storage;

namespace Gatehouse.Gateway.Credentials;

/// <summary>Seals users' credentials anew when the vault's key is followed by another. Thread-safe.</summary>
public sealed class OwnedCredentialReseal(Store store)
{
    /// <summary>
    /// Seals a batch of rows anew with the ring's newest key, in one transaction. Only rows that are under another key are touched, so that
    /// an interrupted rotation goes on where it was, and a secret that is replaced meanwhile stays the newer one.
    /// </summary>
    /// <param name="ring">The keys.</param>
    /// <param name="after">The last id of the batch before; null at first.</param>
    /// <param name="limit">The most rows of a batch.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    public Task<ResealedBatch> ResealAsync(KeyRing ring, string? after, int limit, CancellationToken cancellation = default) => store.WriteAsync(
        (connection, transaction) =>
        {
            var (unreadable, resealed, last) = (new List<string>(), 0, (string?)null);
            var ids = connection.Command(
                transaction,
                $"SELECT id FROM owned_credentials WHERE id > $after AND {ResealedBatch.IsOlder} ORDER BY id LIMIT $limit",
                ("$after", after ?? ""),
                ("$key", ring.KeyId(KeyPurpose.Vault)),
                ("$limit", limit)).Rows(row => row.GetString(0)).ToHashSet(StringComparer.Ordinal);
            foreach (var id in ids) last = last is null || string.CompareOrdinal(id, last) > 0 ? id : last;
            foreach (var row in AttachmentStore.Credentials(connection, transaction).Where(row => ids.Contains(row.Id)))
            {
                if (row.Reseal(ring) is not { } next)
                {
                    unreadable.Add(row.Name);
                    continue;
                }
                resealed += connection.Execute(
                    transaction,
                    "UPDATE owned_credentials SET key_id = $key, sealed = $sealed WHERE id = $id",
                    ("$key", next.KeyId),
                    ("$sealed", next.Sealed),
                    ("$id", next.Id));
            }
            return new ResealedBatch(resealed, unreadable, last);
        },
        cancellation);

    /// <summary>The keys that any sealed value of the vault names, users' and the platform's.</summary>
    public Task<List<Guid>> KeysInUseAsync(CancellationToken cancellation = default) => store.ReadAsync(
        connection => connection.Command(
            null,
            "SELECT substr(sealed, 2, 16) FROM owned_credentials WHERE length(sealed) > 17 UNION SELECT substr(sealed, 2, 16) FROM credentials WHERE length(sealed) > 17")
            .Rows(row => row.Id(0)),
        cancellation);
}
