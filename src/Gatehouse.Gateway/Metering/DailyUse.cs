using Gatehouse.Gateway.Access;
using Gatehouse.Storage;
using Microsoft.Data.Sqlite;

namespace Gatehouse.Gateway.Metering;

/// <summary>What a user's budgets were charged with in a UTC day, from the ledger.</summary>
/// <param name="UserId">The user.</param>
/// <param name="Day">Days since 1970-01-01.</param>
/// <param name="Input">Input tokens, cached ones included.</param>
/// <param name="Output">Output tokens.</param>
/// <param name="CostNanodollars">Cost, as far as it is known.</param>
/// <param name="Unpriced">Exchanges whose cost is not known.</param>
public sealed record DailyUse(string UserId, long Day, long Input, long Output, long CostNanodollars, long Unpriced)
{
    private const long MicrosPerDay = 86_400_000_000;

    // What was charged, else what was reported: as the books count an exchange when it is settled. The numbers are those of ExchangeOperation and CostBasis.
    private static readonly string s_sql =
        $"""
        SELECT user_id, started_at / {MicrosPerDay},
            sum(coalesce(charged_input_tokens, {LedgerQuery.AllInput}, 0)),
            sum(coalesce(charged_output_tokens, output_tokens, 0)),
            sum(coalesce(cost_nanodollars, 0)),
            sum(CASE WHEN cost_basis IN (3, 4) THEN 1 ELSE 0 END)
        FROM exchanges
        WHERE started_at >= $since AND user_id IS NOT NULL AND operation IN (0, 2, 3, 4) AND ($user IS NULL OR user_id = $user)
        GROUP BY 1, 2 ORDER BY 2
        """;

    /// <summary>What was used since a time, by user and day, the earliest day first.</summary>
    /// <param name="store">The database.</param>
    /// <param name="since">The beginning of a UTC day.</param>
    /// <param name="userId">The only user wanted; null for all.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="StoreException">The store is busy or failing.</exception>
    public static Task<IReadOnlyList<DailyUse>> LoadAsync(
        Store store, DateTimeOffset since, string? userId = null, CancellationToken cancellation = default)
    {
        return store.ReadAsync<IReadOnlyList<DailyUse>>(connection => Read(connection, null, since, userId), cancellation);
    }

    /// <summary>What was used since a time by every user, and the latest change of costs that is in it: of one moment.</summary>
    /// <exception cref="StoreException">The store is busy or failing.</exception>
    internal static Task<(List<DailyUse> Days, long LatestChange)> LoadWithChangeAsync(Store store, DateTimeOffset since, CancellationToken cancellation) =>
        store.ReadAsync(
            connection =>
            {
                using var moment = connection.BeginTransaction(deferred: true);
                return (Read(connection, moment, since, null), CostChange.Latest(connection, moment));
            },
            cancellation);

    private static List<DailyUse> Read(SqliteConnection connection, SqliteTransaction? transaction, DateTimeOffset since, string? userId) =>
        connection.Command(transaction, s_sql, ("$since", since.ToUnixTimeMilliseconds() * 1000), ("$user", userId)).Rows(row =>
            new DailyUse(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5)));
}
