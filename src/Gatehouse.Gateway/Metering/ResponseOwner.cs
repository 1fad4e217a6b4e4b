using Gatehouse.Storage;
using Microsoft.Data.Sqlite;

namespace Gatehouse.Gateway.Metering;

/// <summary>Who may use an answer that a provider keeps, and with which credential. Immutable.</summary>
/// <param name="ResponseId">The provider's id of the answer.</param>
/// <param name="Provider">The provider's configured name.</param>
/// <param name="CredentialId">The credential that the answer belongs to; null when none was used.</param>
/// <param name="UserId">The owner of the token that asked.</param>
/// <param name="TokenId">The token that asked.</param>
/// <param name="CreatedMicros">When the exchange began, microseconds since the Unix epoch.</param>
/// <param name="ExpiresMicros">When the provider has surely forgotten it, microseconds since the Unix epoch.</param>
internal sealed record ResponseOwner(
    string ResponseId, string Provider, string? CredentialId, string? UserId, Guid? TokenId, long CreatedMicros, long ExpiresMicros)
{
    /// <summary>How long an answer is looked after: OpenAI keeps stored responses for 30 days.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <summary>The owner that a settled exchange makes; null when it makes none.</summary>
    public static ResponseOwner? Of(ExchangeRecord exchange) =>
        exchange is { OwnsResponse: true, ResponseId: { } id, Provider: { } provider }
            ? new ResponseOwner(
                id, provider, exchange.CredentialId, exchange.UserId, exchange.TokenId,
                exchange.StartedAtMicros, exchange.StartedAtMicros + (long)Kept.TotalMicroseconds)
            : null;
}

/// <summary>The table <c>response_owners</c>.</summary>
internal static class ResponseOwners
{
    /// <summary>Looks an id up in the database, waiting at most <paramref name="limit"/>. Null when it is unknown or has expired.</summary>
    /// <exception cref="TimeoutException">The limit passed.</exception>
    /// <exception cref="StoreException">The store is busy or failing, which is not the same as unknown.</exception>
    public static Task<ResponseOwner?> FindResponseOwnerAsync(
        this Store store, string responseId, TimeProvider time, TimeSpan limit, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds() * 1000;
        return store.ReadAsync(connection => FindResponseOwner(connection, responseId, now), limit, cancellationToken);
    }

    /// <summary>Deletes what has expired; returns how many.</summary>
    /// <exception cref="StoreException">The store is busy or failing.</exception>
    internal static Task<int> ForgetExpiredAsync(Store store, long nowMicros, CancellationToken cancellationToken) =>
        store.WriteQuietlyAsync(
            (connection, transaction) =>
            {
                using var command = connection.CreateCommand();
                command.Transaction = transaction;
                command.CommandText = "DELETE FROM response_owners WHERE expires <= $now";
                command.Parameters.AddWithValue("$now", nowMicros);
                return command.ExecuteNonQuery();
            },
            cancellationToken);

    /// <summary>Looks an id up on a connection. Null when it is unknown or has expired.</summary>
    public static ResponseOwner? FindResponseOwner(SqliteConnection connection, string responseId, long nowMicros)
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            """
            SELECT provider, credential_id, user_id, token_id, created, expires
            FROM response_owners WHERE response_id = $id AND expires > $now
            """;
        command.Parameters.AddWithValue("$id", responseId);
        command.Parameters.AddWithValue("$now", nowMicros);
        using var row = command.ExecuteReader();
        if (!row.Read()) return null;
        return new ResponseOwner(
            responseId,
            row.GetString(0),
            row.IsDBNull(1) ? null : row.GetString(1),
            row.IsDBNull(2) ? null : row.GetString(2),
            row.IsDBNull(3) ? null : new Guid(row.GetFieldValue<byte[]>(3), bigEndian: true),
            row.GetInt64(4),
            row.GetInt64(5));
    }
}
