using Dapper;
using Gatehouse.Storage;
using Microsoft.Data.Sqlite;

namespace Gatehouse.Gateway.Metering;

/// <summary>What usage is summed by.</summary>
public enum UsageGroup
{
    /// <summary>Day, UTC.</summary>
    Day,

    /// <summary>The model asked for.</summary>
    Model,

    /// <summary>The provider's configured name.</summary>
    Provider,

    /// <summary>The access token's id.</summary>
    Token,
}

/// <summary>
/// Usage summed over the exchanges of one group. A sum is null where no exchange reported that figure; where only some did, it is the sum
/// of those, and <see cref="WithUnknownUsage"/> says how many are missing from it.
/// </summary>
/// <param name="Key">The day (<c>2026-11-21</c>), model, provider or token id; null for exchanges that have none.</param>
/// <param name="Exchanges">How many there were, however they ended.</param>
/// <param name="WithUnknownUsage">How many of them used tokens that nobody reported.</param>
/// <param name="Failed">How many ended otherwise than well.</param>
/// <param name="InputTokens">Input tokens, cached ones included whatever the provider's convention.</param>
/// <param name="OutputTokens">Output tokens, reasoning included.</param>
/// <param name="CacheReadTokens">Input tokens read from the provider's cache.</param>
/// <param name="CacheWriteTokens">Input tokens written to it.</param>
/// <param name="ReasoningTokens">Output tokens spent on reasoning.</param>
public sealed record UsageRow(
    string? Key,
    long Exchanges,
    long WithUnknownUsage,
    long Failed,
    long? InputTokens,
    long? OutputTokens,
    long? CacheReadTokens,
    long? CacheWriteTokens,
    long? ReasoningTokens);

/// <summary>Questions to the ledger's table, for people. They run on the store's reader threads. Thread-safe.</summary>
public sealed class LedgerQuery(Store store)
{
    private const long MicrosPerDay = 86_400_000_000;

    /// <summary>All input tokens of a row, cached ones included, whatever the provider's convention.</summary>
    internal const string AllInput =
        "CASE WHEN input_includes_cache = 1 THEN input_tokens "
        + "ELSE input_tokens + coalesce(cache_read_tokens, 0) + coalesce(cache_write_tokens, 0) END";

    // Unknown: it ran at a model (or may have, when it was cut off) and a count is missing. Errors and count_tokens have none to report.
    // The numbers are those of ExchangeOperation, UsageSource and ExchangeEnd.
    private const string Sums =
        $"""
        count(*) AS exchanges,
        sum(CASE WHEN (input_tokens IS NULL OR output_tokens IS NULL) AND operation IN (0, 2, 3, 4)
                      AND (usage_source <> 0 OR end_kind IN (1, 4, 5, 7)) THEN 1 ELSE 0 END) AS with_unknown_usage,
        sum(CASE WHEN end_kind <> 1 THEN 1 ELSE 0 END) AS failed,
        sum({AllInput}) AS input_tokens,
        sum(output_tokens) AS output_tokens,
        sum(cache_read_tokens) AS cache_read_tokens,
        sum(cache_write_tokens) AS cache_write_tokens,
        sum(reasoning_tokens) AS reasoning_tokens
        """;

    private static readonly string Recent =
        $"SELECT {string.Join(", ", ExchangeFields.Columns)} FROM exchanges ORDER BY started_at DESC, id DESC LIMIT $limit";
    private static readonly string One = $"SELECT {string.Join(", ", ExchangeFields.Columns)} FROM exchanges WHERE id = $id";

    /// <summary>
    /// Sums over exchanges begun at or after <paramref name="since"/> and before <paramref name="until"/>, ordered by key.
    /// </summary>
    /// <exception cref="StoreException">The store is busy or failing.</exception>
    public Task<IReadOnlyList<UsageRow>> UsageAsync(
        UsageGroup group, DateTimeOffset? since = null, DateTimeOffset? until = null, CancellationToken cancellationToken = default)
    {
        var column = group switch
        {
            UsageGroup.Day => $"started_at / {MicrosPerDay}",
            UsageGroup.Model => "model_asked",
            UsageGroup.Provider => "provider",
            UsageGroup.Token => "token_id",
            _ => throw new ArgumentOutOfRangeException(nameof(group)),
        };
        var range = new { since = Micros(since) ?? long.MinValue, until = Micros(until) ?? long.MaxValue };
        var sql = $"SELECT {column} AS k, {Sums} FROM exchanges WHERE started_at >= $since AND started_at < $until GROUP BY 1 ORDER BY 1";
        return store.ReadAsync<IReadOnlyList<UsageRow>>(
            connection =>
            {
                var rows = new List<UsageRow>();
                using var reader = connection.ExecuteReader(sql, range);
                while (reader.Read())
                {
                    long? Sum(int at) => reader.IsDBNull(at) ? null : reader.GetInt64(at);
                    rows.Add(new UsageRow(
                        Key(group, reader.GetValue(0)), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3),
                        Sum(4), Sum(5), Sum(6), Sum(7), Sum(8)));
                }

                return rows;
            },
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
            connection =>
            {
                using var command = connection.CreateCommand();
#pragma warning disable CA2100 // One of the two constants above.
                command.CommandText = sql;
#pragma warning restore CA2100
                command.Parameters.AddWithValue(parameter, value);
                using var rows = command.ExecuteReader();
                var list = new List<ExchangeRecord>();
                while (rows.Read())
                {
                    var fields = new RowReader(rows);
                    list.Add(ExchangeFields.Read(ref fields));
                }

                return list;
            },
            cancellationToken);

    private static string? Key(UsageGroup group, object value) => (group, value) switch
    {
        (_, DBNull) => null,
        (UsageGroup.Day, long day) =>
            DateOnly.FromDateTime(DateTime.UnixEpoch.AddDays(day)).ToString("O", System.Globalization.CultureInfo.InvariantCulture),
        (UsageGroup.Token, byte[] id) => new Guid(id, bigEndian: true).ToString(),
        _ => (string)value,
    };

    private static long? Micros(DateTimeOffset? time) => (time - DateTimeOffset.UnixEpoch)?.Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>Yields a row's columns in the order of <see cref="ExchangeFields.Columns"/>.</summary>
    private struct RowReader(SqliteDataReader row) : IFieldReader
    {
        private int _column;

        public long? Int() => row.IsDBNull(_column++) ? null : row.GetInt64(_column - 1);

        public string? Text() => row.IsDBNull(_column++) ? null : row.GetString(_column - 1);

        public Guid? Id() => row.IsDBNull(_column++) ? null : new Guid(row.GetFieldValue<byte[]>(_column - 1), bigEndian: true);
    }
}
