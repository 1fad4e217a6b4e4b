using Microsoft.Data.Sqlite;

namespace Gatehouse.Gateway.Access;

/// <summary>
/// How the tables of access and credentials hold values: ids as 16 bytes big-endian, times as milliseconds since the Unix epoch (UTC), absent
/// values as NULL. Everything goes in as a parameter.
/// </summary>
internal static class SqlRows
{
    /// <summary>A command with its parameters, to be disposed of by the caller.</summary>
    public static SqliteCommand Command(
        this SqliteConnection connection, SqliteTransaction? transaction, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // Every text is a constant of the noun that owns the table; values go in as parameters only.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.Transaction = transaction;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, Stored(value));
        }
        return command;
    }

    /// <summary>Runs a change; the number of rows changed.</summary>
    public static int Execute(
        this SqliteConnection connection, SqliteTransaction transaction, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = connection.Command(transaction, sql, parameters);
        return command.ExecuteNonQuery();
    }

    /// <summary>Whether exactly one row was changed.</summary>
    public static bool IsOne(this int changed) => changed == 1;

    /// <summary>Reads every row of a query.</summary>
    public static List<T> Rows<T>(this SqliteCommand command, Func<SqliteDataReader, T> read)
    {
        using (command)
        {
            using var reader = command.ExecuteReader();
            var rows = new List<T>();
            while (reader.Read())
            {
                rows.Add(read(reader));
            }
            return rows;
        }
    }

    public static Guid Id(this SqliteDataReader row, int column) => new(row.Bytes(column), bigEndian: true);

    public static byte[] Bytes(this SqliteDataReader row, int column) => row.GetFieldValue<byte[]>(column);

    public static string? Text(this SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static DateTimeOffset? Time(this SqliteDataReader row, int column) =>
        row.IsDBNull(column) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    private static object Stored(object? value) => value switch
    {
        null => DBNull.Value,
        Guid id => id.ToByteArray(bigEndian: true),
        DateTimeOffset time => time.ToUnixTimeMilliseconds(),
        _ => value,
    };
}
