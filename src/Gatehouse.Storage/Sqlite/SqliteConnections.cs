using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Gatehouse.Storage.Sqlite;

/// <summary>Opens connections with the settings that every one of them needs.</summary>
internal static class SqliteConnections
{
    /// <summary>A connection that may change the database.</summary>
    /// <param name="file">The database.</param>
    /// <param name="busyTimeout">How long it waits for another program's lock.</param>
    /// <param name="alone">Whether it keeps everybody else out, and so needs no index of the log that others could see.</param>
    public static SqliteConnection OpenWriter(string file, TimeSpan busyTimeout, bool alone = false) => Open(file, busyTimeout, queryOnly: false, alone);

    /// <summary>A connection on which every change is refused by SQLite itself.</summary>
    public static SqliteConnection OpenReader(string file, TimeSpan busyTimeout) => Open(file, busyTimeout, queryOnly: true, alone: false);

    /// <summary>Runs one statement that returns nothing of interest.</summary>
    public static void Run(this SqliteConnection connection, string sql, SqliteTransaction? transaction = null)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Only constants and migration texts of this program come here.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.Transaction = transaction;
        command.ExecuteNonQuery();
    }

    /// <summary>The first column of the first row as a number; 0 when there is no row.</summary>
    public static long Number(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // As above.
        command.CommandText = sql;
#pragma warning restore CA2100
        return Convert.ToInt64(command.ExecuteScalar() ?? 0L, System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Brings what was committed from the log into the database's own file, both made permanent; false when not all of it could be.</summary>
    public static bool TryCheckpoint(this SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA wal_checkpoint(PASSIVE)";
        using var row = command.ExecuteReader();
        // Whether it was kept out, the log's pages, and those of them that are in the file: a reader of an older state keeps the rest back, which may not even be permanent then.
        return row.Read() && row.GetInt64(0) == 0 && row.GetInt64(1) == row.GetInt64(2);
    }

    /// <summary>
    /// Commits. On a full or failing disk SQLite ends a transaction by itself before it says that the commit failed. The provider does not notice: its own
    /// rolling back would fail, hide the reason, and leave a connection on which no transaction can begin any more. So there is one again to be rolled back.
    /// </summary>
    /// <exception cref="SqliteException">Nothing was committed; the reason is SQLite's own.</exception>
    public static void CommitOrTell(this SqliteTransaction transaction)
    {
        var connection = transaction.Connection!;
        try
        {
            transaction.Commit();
        }
        catch (SqliteException) when (raw.sqlite3_get_autocommit(connection.Handle) != 0)
        {
            connection.Run("BEGIN", transaction);
            throw;
        }
    }

    private static SqliteConnection Open(string file, TimeSpan busyTimeout, bool queryOnly, bool alone)
    {
        var settings = new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = SqliteOpenMode.ReadWriteCreate,
            Pooling = false,
            // The provider's own retry loop sleeps 150 ms a turn and 0 would mean for ever: SQLite's handler waits instead, so one turn is
            // enough.
            DefaultTimeout = 1,
        };
        var connection = NativeSqlite.Connection(settings.ToString());
        try
        {
            connection.Open();
            raw.sqlite3_busy_timeout(connection.Handle, (int)busyTimeout.TotalMilliseconds);
            // Before anything is read: what the log's index is in is decided then.
            if (alone) connection.Run("PRAGMA locking_mode=EXCLUSIVE");
            connection.Run("PRAGMA journal_mode=WAL");
            // NORMAL: a power loss may take the last transactions but never the database; the journal still holds what they stored.
            connection.Run("PRAGMA synchronous=NORMAL");
            connection.Run("PRAGMA foreign_keys=ON");
            connection.Run("PRAGMA temp_store=MEMORY");
            if (queryOnly) connection.Run("PRAGMA query_only=ON");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
