using Gatehouse.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace Gatehouse.Storage.Migrations;

/// <summary>Brings a database to the schema of this program, all or nothing, and refuses one that is ahead of it.</summary>
internal static class Migrator
{
    /// <summary>Applies what is missing; returns the names applied now. Several processes may call it at once: one does the work.</summary>
    /// <exception cref="StoreException">The database holds steps that this program does not know.</exception>
    public static IReadOnlyList<string> Apply(SqliteConnection connection, IReadOnlyList<Migration> migrations, TimeProvider time)
    {
        var ordered = Ordered(migrations);
        using var transaction = connection.BeginTransaction(deferred: false);
        connection.Run(
            "CREATE TABLE IF NOT EXISTS schema_migrations (name TEXT NOT NULL PRIMARY KEY, applied_at BIGINT NOT NULL)", transaction);
        var applied = Applied(connection, transaction);
        RefuseUnknown(applied, ordered, connection.DataSource);

        var now = new List<string>();
        foreach (var migration in ordered)
        {
            if (applied.Contains(migration.Name)) continue;
            connection.Run(migration.Sql, transaction);
            Record(connection, transaction, migration.Name, time.GetUtcNow().ToUnixTimeMilliseconds());
            now.Add(migration.Name);
        }

        transaction.CommitOrTell();
        return now;
    }

    private static List<Migration> Ordered(IReadOnlyList<Migration> migrations)
    {
        var ordered = migrations.OrderBy(m => m.Name, StringComparer.Ordinal).ToList();
        for (var i = 1; i < ordered.Count; i++)
        {
            if (ordered[i].Name == ordered[i - 1].Name)
                throw new ArgumentException($"Two migrations are named {ordered[i].Name}.", nameof(migrations));
        }

        return ordered;
    }

    private static HashSet<string> Applied(SqliteConnection connection, SqliteTransaction transaction)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT name FROM schema_migrations";
        command.Transaction = transaction;
        using var rows = command.ExecuteReader();
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (rows.Read()) names.Add(rows.GetString(0));
        return names;
    }

    private static void RefuseUnknown(HashSet<string> applied, List<Migration> ordered, string file)
    {
        var known = ordered.Select(m => m.Name).ToHashSet(StringComparer.Ordinal);
        var unknown = applied.Where(name => !known.Contains(name)).Order(StringComparer.Ordinal).ToList();
        if (unknown.Count == 0) return;
        throw new StoreException(
            StoreFailure.Newer,
            $"{file} was made by a newer Gatehouse (it has {string.Join(", ", unknown)}). Use that version, or another data directory.");
    }

    private static void Record(SqliteConnection connection, SqliteTransaction transaction, string name, long atMillis)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "INSERT INTO schema_migrations (name, applied_at) VALUES ($name, $at)";
        command.Transaction = transaction;
        command.Parameters.AddWithValue("$name", name);
        command.Parameters.AddWithValue("$at", atMillis);
        command.ExecuteNonQuery();
    }
}
