using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Storage;
using Gatehouse.Storage.Migrations;
using Microsoft.Data.Sqlite;

namespace Gatehouse.Gateway.Admission;

/// <summary>The table <c>user_limits</c>: what users chose and administrators allow. One row per user that anything is stored for. Thread-safe.</summary>
public sealed class LimitStore(Store store)
{
    private const string Columns =
        "user_id, daily_input_tokens, daily_output_tokens, monthly_cost_nanodollars, alert_percent, "
        + "max_daily_input_tokens, max_daily_output_tokens, max_monthly_cost_nanodollars, max_requests, updated_at, updated_by";

    /// <summary>The steps that make it.</summary>
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new("20261121-1010-user-limits",
            """
            CREATE TABLE user_limits (
                user_id TEXT NOT NULL PRIMARY KEY,
                daily_input_tokens BIGINT,
                daily_output_tokens BIGINT,
                monthly_cost_nanodollars BIGINT,
                alert_percent BIGINT,
                max_daily_input_tokens BIGINT,
                max_daily_output_tokens BIGINT,
                max_monthly_cost_nanodollars BIGINT,
                max_requests BIGINT,
                updated_at BIGINT NOT NULL,
                updated_by TEXT NOT NULL
            );
            """),
    ];

    /// <summary>Every user's.</summary>
    /// <exception cref="StoreException">The store is busy or failing.</exception>
    public Task<List<UserLimits>> LoadAsync(CancellationToken cancellation = default) =>
        store.ReadAsync(connection => connection.Command(null, $"SELECT {Columns} FROM user_limits").Rows(Read), cancellation);

    /// <summary>One user's; nothing chosen and nothing bounded when nothing is stored.</summary>
    /// <exception cref="StoreException">The store is busy or failing.</exception>
    public Task<UserLimits> FindAsync(string userId, CancellationToken cancellation = default) =>
        store.ReadAsync(
            connection => Find(connection, null, userId) ?? new UserLimits(userId, LimitSettings.None, LimitCeilings.None), cancellation);

    /// <summary>
    /// Changes one user's limits: reads what is stored, asks for what shall be, and stores that with its line in the audit log, in one transaction. A null
    /// answer changes nothing.
    /// </summary>
    /// <exception cref="StoreException">The store is busy or failing.</exception>
    public Task<UserLimits?> ChangeAsync(
        string userId, Func<UserLimits, UserLimits?> change, AuditEntry? audit = null, CancellationToken cancellation = default) =>
        store.WriteAsync(
            (connection, transaction) =>
            {
                var now = Find(connection, transaction, userId) ?? new UserLimits(userId, LimitSettings.None, LimitCeilings.None);
                if (change(now) is not { } next) return null;
                Put(connection, transaction, next);
                if (audit is not null) AuditStore.Append(connection, transaction, audit);
                return next;
            },
            cancellation);

    private static UserLimits? Find(SqliteConnection connection, SqliteTransaction? transaction, string userId) =>
        connection.Command(transaction, $"SELECT {Columns} FROM user_limits WHERE user_id = $user", ("$user", userId)).Rows(Read) is [var found] ? found : null;

    private static void Put(SqliteConnection connection, SqliteTransaction transaction, UserLimits limits)
    {
        var (chosen, allowed) = (limits.Settings, limits.Ceilings);
        connection.Execute(transaction, "DELETE FROM user_limits WHERE user_id = $user", ("$user", limits.UserId));
        if (chosen == LimitSettings.None && allowed == LimitCeilings.None) return;
        connection.Execute(
            transaction,
            $"INSERT INTO user_limits ({Columns}) VALUES ($user, $in, $out, $cost, $alert, $max_in, $max_out, $max_cost, $requests, $at, $by)",
            ("$user", limits.UserId),
            ("$in", chosen.DailyInputTokens),
            ("$out", chosen.DailyOutputTokens),
            ("$cost", chosen.MonthlyCostNanodollars),
            ("$alert", chosen.AlertPercent),
            ("$max_in", allowed.DailyInputTokens),
            ("$max_out", allowed.DailyOutputTokens),
            ("$max_cost", allowed.MonthlyCostNanodollars),
            ("$requests", allowed.Requests),
            ("$at", limits.UpdatedAt),
            ("$by", limits.UpdatedBy));
    }

    private static UserLimits Read(SqliteDataReader row)
    {
        long? Number(int at) => row.IsDBNull(at) ? null : row.GetInt64(at);
        return new UserLimits(
            row.GetString(0),
            new LimitSettings
            {
                DailyInputTokens = Number(1),
                DailyOutputTokens = Number(2),
                MonthlyCostNanodollars = Number(3),
                AlertPercent = (int?)Number(4),
            },
            new LimitCeilings
            {
                DailyInputTokens = Number(5),
                DailyOutputTokens = Number(6),
                MonthlyCostNanodollars = Number(7),
                Requests = (int?)Number(8),
            },
            row.Time(9),
            row.Text(10));
    }
}
