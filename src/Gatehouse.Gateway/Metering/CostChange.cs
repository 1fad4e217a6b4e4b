using Gatehouse.Gateway.Access;
using Gatehouse.Storage;
using Gatehouse.Storage.Migrations;
using Microsoft.Data.Sqlite;

namespace Gatehouse.Gateway.Metering;

/// <summary>By how much recomputing changed what a user's month cost. Written with the rows that it changed, read by servers that keep books.</summary>
/// <param name="Sequence">Rises with every change.</param>
/// <param name="UserId">The user.</param>
/// <param name="Month">The UTC month, months since year 0.</param>
/// <param name="CostNanodollars">More cost, or less.</param>
/// <param name="Unpriced">More exchanges without a known cost, or fewer.</param>
internal sealed record CostChange(long Sequence, string UserId, long Month, long CostNanodollars, long Unpriced)
{
    // A server looks within a second; a day is for one that was halted.
    private static readonly TimeSpan s_kept = TimeSpan.FromDays(1);

    /// <summary>The steps that make the table.</summary>
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new("20261121-1350-cost-changes",
            """
            CREATE TABLE cost_changes (
                seq BIGINT NOT NULL PRIMARY KEY,
                user_id TEXT NOT NULL,
                month BIGINT NOT NULL,
                cost_nanodollars BIGINT NOT NULL,
                unpriced BIGINT NOT NULL,
                at BIGINT NOT NULL
            );
            """),
    ];

    /// <summary>The latest change's number; 0 when there was none.</summary>
    public static long Latest(SqliteConnection connection, SqliteTransaction? transaction) =>
        connection.Command(transaction, "SELECT coalesce(max(seq), 0) FROM cost_changes").Rows(static row => row.GetInt64(0))[0];

    /// <summary>The changes after a number, in order.</summary>
    /// <exception cref="StoreException">The store is busy or failing.</exception>
    public static Task<List<CostChange>> SinceAsync(Store store, long sequence, CancellationToken cancellation) => store.ReadAsync(
        connection => connection
            .Command(null, "SELECT seq, user_id, month, cost_nanodollars, unpriced FROM cost_changes WHERE seq > $seq ORDER BY seq", ("$seq", sequence))
            .Rows(static row => new CostChange(row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4))),
        cancellation);

    /// <summary>Writes a change with the next number.</summary>
    public static void Add(SqliteConnection connection, SqliteTransaction transaction, string userId, long month, long cost, long unpriced, DateTimeOffset at) =>
        connection.Execute(
            transaction,
            "INSERT INTO cost_changes (seq, user_id, month, cost_nanodollars, unpriced, at) VALUES ($seq, $user, $month, $cost, $unpriced, $at)",
            ("$seq", Latest(connection, transaction) + 1),
            ("$user", userId),
            ("$month", month),
            ("$cost", cost),
            ("$unpriced", unpriced),
            ("$at", at.ToUnixTimeMilliseconds()));

    /// <summary>Removes old changes, but never the latest: the numbers go on from it.</summary>
    public static int Prune(SqliteConnection connection, SqliteTransaction transaction, DateTimeOffset now) => connection.Execute(
        transaction,
        "DELETE FROM cost_changes WHERE at < $before AND seq < (SELECT max(seq) FROM cost_changes)",
        ("$before", (now - s_kept).ToUnixTimeMilliseconds()));
}
