using Gatehouse.Gateway.Access;
using Gatehouse.Storage;

namespace Gatehouse.Gateway.Metering;

/// <summary>Questions to the ledger's table, for people. They run on the store's reader threads. Thread-safe.</summary>
public sealed class LedgerQuery(Store store)
{
    /// <summary>All input tokens of a row, cached ones included, whatever the provider's convention.</summary>
    internal const string AllInput =
        "CASE WHEN input_includes_cache = 1 THEN input_tokens "
        + "ELSE input_tokens + coalesce(cache_read_tokens, 0) + coalesce(cache_write_tokens, 0) END";

    private static readonly string Recent =
        $"SELECT {string.Join(", ", ExchangeFields.Columns)} FROM exchanges ORDER BY started_at DESC, id DESC LIMIT $limit";
    private static readonly string One = $"SELECT {string.Join(", ", ExchangeFields.Columns)} FROM exchanges WHERE id = $id";

    /// <summary>
    /// Sums over exchanges begun at or after <paramref name="since"/> and before <paramref name="until"/>, ordered by key.
    /// </summary>
    /// <exception cref="StoreException">The store is busy or failing.</exception>
    public Task<IReadOnlyList<UsageRow>> UsageAsync(
        UsageGroup group, DateTimeOffset? since = null, DateTimeOffset? until = null, UsageFilter? only = null,
        CancellationToken cancellationToken = default)
    {
        return store.ReadAsync<IReadOnlyList<UsageRow>>(
            connection => connection.Command(
                null, UsageSql.Of(group),
                ("$since", Micros(since) ?? long.MinValue),
                ("$until", Micros(until) ?? long.MaxValue),
                ("$user", only?.UserId),
                ("$project", only?.ProjectId),
                ("$workspace", only?.WorkspaceId)).Rows(row => UsageSql.Read(group, row)),
            cancellationToken);
    }

    /// <summary>The latest exchanges, newest first.</summary>
    /// <exception cref="StoreException">The store is busy or failing.</exception>
    public Task<IReadOnlyList<ExchangeRecord>> RecentAsync(int limit, CancellationToken cancellationToken = default) =>
        ListAsync(Recent, "$limit", (long)limit, cancellationToken);

    /// <summary>One exchange; null when it has no row (yet).</summary>
    /// <exception cref="StoreException">The store is busy or failing.</exception>
    public async Task<ExchangeRecord?> FindAsync(Guid id, CancellationToken cancellationToken = default) =>
        await ListAsync(One, "$id", id.ToByteArray(bigEndian: true), cancellationToken).ConfigureAwait(false) is [var found] ? found : null;

    private Task<IReadOnlyList<ExchangeRecord>> ListAsync(string sql, string parameter, object value, CancellationToken cancellationToken) =>
        store.ReadAsync<IReadOnlyList<ExchangeRecord>>(
            connection => connection.Command(null, sql, (parameter, value)).Rows(row =>
            {
                var fields = new RowReader(row);
                return ExchangeFields.Read(ref fields);
            }),
            cancellationToken);

    private static long? Micros(DateTimeOffset? time) => (time - DateTimeOffset.UnixEpoch)?.Ticks / TimeSpan.TicksPerMicrosecond;
}
