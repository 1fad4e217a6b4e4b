using Microsoft.Data.Sqlite;

namespace Gatehouse.Gateway.Metering;

/// <summary>Yields a row's columns in the order of <see cref="ExchangeFields.Columns"/>.</summary>
internal struct RowReader(SqliteDataReader row) : IFieldReader
{
    private int _column;

    public long? Int() => row.IsDBNull(_column++) ? null : row.GetInt64(_column - 1);

    public string? Text() => row.IsDBNull(_column++) ? null : row.GetString(_column - 1);

    public Guid? Id() => row.IsDBNull(_column++) ? null : new Guid(row.GetFieldValue<byte[]>(_column - 1), bigEndian: true);
}
