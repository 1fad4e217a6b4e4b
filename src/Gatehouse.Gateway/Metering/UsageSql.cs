using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Gatehouse.Gateway.Metering;

/// <summary>The one query that sums usage, by each group. Everything but the group's column goes in as a parameter.</summary>
internal static class UsageSql
{
    private const long MicrosPerDay = 86_400_000_000;

    // Unknown: it ran at a model (or may have, when it was cut off) and a count is missing. Errors and count_tokens have none to report. Rows older than
    // the prices have no cost basis: what they used has a cost that nobody knows. The numbers are those of ExchangeOperation, UsageSource, ExchangeEnd and
    // CostBasis.
    private const string Sums =
        $"""
        count(*),
        sum(CASE WHEN (input_tokens IS NULL OR output_tokens IS NULL) AND operation IN (0, 2, 3, 4)
                      AND (usage_source <> 0 OR end_kind IN (1, 4, 5, 7)) THEN 1 ELSE 0 END),
        sum(CASE WHEN end_kind <> 1 THEN 1 ELSE 0 END),
        sum({LedgerQuery.AllInput}),
        sum(output_tokens),
        sum(cache_read_tokens),
        sum(cache_write_tokens),
        sum(reasoning_tokens),
        sum(cost_nanodollars),
        sum(CASE WHEN cost_basis = 2 THEN 1 ELSE 0 END),
        sum(CASE WHEN cost_basis IN (3, 4) OR (cost_basis IS NULL AND (input_tokens IS NOT NULL OR output_tokens IS NOT NULL)) THEN 1 ELSE 0 END)
        """;

    /// <summary>The query of a group; its parameters are <c>since</c>, <c>until</c>, <c>user</c>, <c>project</c> and <c>workspace</c>.</summary>
    public static string Of(UsageGroup group) =>
        $"""
        SELECT {Column(group)}, {Sums} FROM exchanges
        WHERE started_at >= $since AND started_at < $until
            AND ($user IS NULL OR user_id = $user) AND ($project IS NULL OR project_id = $project)
            AND ($workspace IS NULL OR workspace_id = $workspace)
        GROUP BY 1 ORDER BY 1
        """;

    /// <summary>Reads a row of it.</summary>
    public static UsageRow Read(UsageGroup group, SqliteDataReader row)
    {
        long? Sum(int at) => row.IsDBNull(at) ? null : row.GetInt64(at);
        return new UsageRow(
            Key(group, row.GetValue(0)), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), Sum(4), Sum(5), Sum(6), Sum(7), Sum(8), Sum(9),
            row.GetInt64(10), row.GetInt64(11));
    }

    private static string Column(UsageGroup group) => group switch
    {
        UsageGroup.Day => $"started_at / {MicrosPerDay}",
        UsageGroup.Model => "model_asked",
        UsageGroup.Provider => "coalesce(provider_id, provider)",
        UsageGroup.Token => "token_id",
        UsageGroup.User => "user_id",
        UsageGroup.Project => "project_id",
        UsageGroup.Workspace => "workspace_id",
        UsageGroup.Session => "session_id",
        UsageGroup.Harness => "harness",
        UsageGroup.Credential => "credential_owner",
        _ => throw new ArgumentOutOfRangeException(nameof(group)),
    };

    private static string? Key(UsageGroup group, object value) => (group, value) switch
    {
        (_, DBNull) => null,
        (UsageGroup.Day, long day) => DateOnly.FromDateTime(DateTime.UnixEpoch.AddDays(day)).ToString("O", CultureInfo.InvariantCulture),
        (UsageGroup.Token, byte[] id) => new Guid(id, bigEndian: true).ToString(),
        _ => (string)value,
    };
}
