using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Gatehouse.Gateway.Metering;

/// <summary>
/// The two statements that store exchanges, prepared once and bound straight from the journal's bytes: 4 to 9 µs a row, where a command
/// object with parameters takes 20 to 37. Used on the store's writer thread alone.
/// </summary>
internal sealed class LedgerInsert : IDisposable
{
    private static readonly string ExchangeSql =
        $"INSERT INTO exchanges ({string.Join(", ", ExchangeFields.Columns)}) "
        + $"VALUES ({string.Join(", ", ExchangeFields.Columns.Select((_, i) => $"?{i + 1}"))}) ON CONFLICT (id) DO NOTHING";

    private static readonly int OwnsResponseColumn = ExchangeFields.Columns.ToList().IndexOf("owns_response") + 1;

    // The first owner stays: a provider that hands out an id twice must not move an answer to someone else.
    private const string OwnerSql =
        "INSERT INTO response_owners (response_id, provider, credential_id, user_id, token_id, created, expires) "
        + "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (response_id) DO NOTHING";

    private sqlite3? _database;
    private sqlite3_stmt? _exchange;
    private sqlite3_stmt? _owner;

    /// <summary>Stores one settled exchange; false when it was there already.</summary>
    /// <exception cref="SqliteException">The database refuses.</exception>
    /// <exception cref="InvalidDataException">The record makes no sense.</exception>
    public bool Add(SqliteConnection connection, LedgerRecord record)
    {
        Prepare(connection);
        var fields = record.Fields;
        var owns = false;
        for (var column = 1; column <= ExchangeFields.Columns.Count; column++)
        {
            var field = fields.Next();
            Bind(_exchange!, column, field);
            owns |= column == OwnsResponseColumn && field.Number == 1;
        }

        Step(_exchange!);
        var added = raw.sqlite3_changes(_database!) > 0;
        if (owns && ResponseOwner.Of(record.Decode()) is { } owner) Add(owner);
        return added;
    }

    /// <summary>Gives the statements back; on the writer thread, or when that has ended.</summary>
    public void Dispose()
    {
        _exchange?.Dispose();
        _owner?.Dispose();
        _exchange = _owner = null;
        _database = null;
    }

    private void Add(ResponseOwner owner)
    {
        var statement = _owner!;
        raw.sqlite3_bind_text(statement, 1, owner.ResponseId);
        raw.sqlite3_bind_text(statement, 2, owner.Provider);
        BindText(statement, 3, owner.CredentialId);
        BindText(statement, 4, owner.UserId);
        if (owner.TokenId is { } token) raw.sqlite3_bind_blob(statement, 5, token.ToByteArray(bigEndian: true));
        else raw.sqlite3_bind_null(statement, 5);
        raw.sqlite3_bind_int64(statement, 6, owner.CreatedMicros);
        raw.sqlite3_bind_int64(statement, 7, owner.ExpiresMicros);
        Step(statement);
    }

    private void Prepare(SqliteConnection connection)
    {
        if (ReferenceEquals(_database, connection.Handle)) return;
        Dispose();
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(connection.Handle, ExchangeSql, out _exchange), connection.Handle);
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(connection.Handle, OwnerSql, out _owner), connection.Handle);
        _database = connection.Handle;
    }

    private void Step(sqlite3_stmt statement)
    {
        var result = raw.sqlite3_step(statement);
        // Reset gives the same code back once more; a statement left unreset would keep the transaction from ending.
        raw.sqlite3_reset(statement);
        if (result != raw.SQLITE_DONE) SqliteException.ThrowExceptionForRC(result, _database);
    }

    private static void Bind(sqlite3_stmt statement, int column, Field field)
    {
        switch (field.Tag)
        {
            case FieldTag.Int: raw.sqlite3_bind_int64(statement, column, field.Number); break;
            // No bytes have no address, and a null pointer would be NULL.
            case FieldTag.Text when field.Bytes.IsEmpty: raw.sqlite3_bind_text(statement, column, ""); break;
            case FieldTag.Text: raw.sqlite3_bind_text(statement, column, field.Bytes); break;
            case FieldTag.Id: raw.sqlite3_bind_blob(statement, column, field.Bytes); break;
            default: raw.sqlite3_bind_null(statement, column); break;
        }
    }

    private static void BindText(sqlite3_stmt statement, int column, string? value)
    {
        if (value is null) raw.sqlite3_bind_null(statement, column);
        else raw.sqlite3_bind_text(statement, column, value);
    }
}
