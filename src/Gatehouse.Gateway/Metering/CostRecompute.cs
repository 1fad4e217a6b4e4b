using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Admission;
using Gatehouse.Storage;
using Microsoft.Data.Sqlite;

namespace Gatehouse.Gateway.Metering;

/// <summary>What recomputing came to.</summary>
/// <param name="Rows">Rows looked at.</param>
/// <param name="Changed">Rows whose cost or its basis changed.</param>
/// <param name="BeforeNanodollars">The sum of their costs before.</param>
/// <param name="AfterNanodollars">The sum of their costs now.</param>
public sealed record Recomputed(long Rows, long Changed, long BeforeNanodollars, long AfterNanodollars);

/// <summary>
/// Reckons the cost of stored exchanges again, by the prices of now: after a price was added or mended. Nothing else of a row changes. In batches, each a
/// short transaction with a note of what it changed, so that a server that runs beside it takes the new costs into its monthly books at once.
/// </summary>
public static class CostRecompute
{
    private const int BatchRows = 500;

    private static readonly string s_page =
        $"SELECT {string.Join(", ", ExchangeFields.Columns)} FROM exchanges "
        + "WHERE started_at >= $since AND started_at < $until AND (started_at > $at OR (started_at = $at AND id > $id)) ORDER BY started_at, id LIMIT $rows";

    /// <summary>Recomputes exchanges begun in a time.</summary>
    /// <param name="store">The database.</param>
    /// <param name="prices">The prices to reckon with.</param>
    /// <param name="since">From when on; null for all.</param>
    /// <param name="until">Before when; null for all.</param>
    /// <param name="cancellation">Ends it between two batches.</param>
    /// <exception cref="StoreException">The store is busy or failing.</exception>
    public static async Task<Recomputed> RunAsync(
        Store store, PriceTable prices, DateTimeOffset? since = null, DateTimeOffset? until = null, CancellationToken cancellation = default)
    {
        var (from, to) = (Micros(since) ?? long.MinValue, Micros(until) ?? long.MaxValue);
        var (at, last) = (long.MinValue, Guid.Empty);
        var done = new Recomputed(0, 0, 0, 0);
        while (true)
        {
            var page = await store.ReadAsync(connection => Page(connection, from, to, at, last), cancellation).ConfigureAwait(false);
            if (page.Count == 0)
            {
                // The one change that is told: readers of the notes need to be called once.
                if (done.Changed > 0)
                    await store.WriteAsync((connection, transaction) => CostChange.Prune(connection, transaction, TimeProvider.System.GetUtcNow()), cancellation).ConfigureAwait(false);
                return done;
            }

            (at, last) = (page[^1].StartedAtMicros, page[^1].Id);
            var changed = new List<(ExchangeRecord Record, long Cost, long Unpriced)>();
            foreach (var record in page)
            {
                var (cost, basis) = (record.CostNanodollars, record.CostBasis);
                ExchangeCost.Settle(record, prices);
                if ((record.CostNanodollars, record.CostBasis) != (cost, basis))
                    changed.Add((record, (record.CostNanodollars ?? 0) - (cost ?? 0), Unpriced(record.CostBasis) - Unpriced(basis)));
                done = done with
                {
                    Rows = done.Rows + 1,
                    BeforeNanodollars = done.BeforeNanodollars + (cost ?? 0),
                    AfterNanodollars = done.AfterNanodollars + (record.CostNanodollars ?? 0),
                };
            }

            if (changed.Count > 0)
                await store.WriteQuietlyAsync((connection, transaction) => Write(connection, transaction, changed), cancellation).ConfigureAwait(false);
            done = done with { Changed = done.Changed + changed.Count };
        }
    }

    private static List<ExchangeRecord> Page(SqliteConnection connection, long since, long until, long at, Guid last) =>
        connection.Command(null, s_page, ("$since", since), ("$until", until), ("$at", at), ("$id", last), ("$rows", (long)BatchRows)).Rows(static row =>
        {
            var fields = new RowReader(row);
            return ExchangeFields.Read(ref fields);
        });

    // As the books count it, and DailyUse.
    private static long Unpriced(CostBasis basis) => basis is CostBasis.NoPrice or CostBasis.NoUsage ? 1 : 0;

    private static int Write(SqliteConnection connection, SqliteTransaction transaction, List<(ExchangeRecord Record, long Cost, long Unpriced)> changed)
    {
        // What another recompute changed meanwhile is noted by that one.
        var written = new List<(ExchangeRecord Record, long Cost, long Unpriced)>(changed.Count);
        foreach (var one in changed)
        {
            var record = one.Record;
            var found = connection.Execute(
                transaction,
                "UPDATE exchanges SET cost_nanodollars = $cost, cost_basis = $basis WHERE id = $id AND coalesce(cost_nanodollars, 0) = $before",
                ("$before", (record.CostNanodollars ?? 0) - one.Cost),
                ("$cost", record.CostNanodollars),
                ("$basis", (long)record.CostBasis),
                ("$id", record.Id));
            if (found.IsOne()) written.Add(one);
        }

        var now = TimeProvider.System.GetUtcNow();
        var notes = written.Where(static one => one.Record.UserId is not null)
            .GroupBy(static one => (User: one.Record.UserId!, BudgetPeriods.Of(one.Record.StartedAtMicros).Month));
        foreach (var note in notes)
        {
            CostChange.Add(connection, transaction, note.Key.User, note.Key.Month, note.Sum(static one => one.Cost), note.Sum(static one => one.Unpriced), now);
        }

        return written.Count;
    }

    private static long? Micros(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds() * 1000;
}
