using Gatehouse.Dialects;
using Gatehouse.Gateway.Metering;
using Gatehouse.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace Gatehouse.EndToEnd.Stages;

/// <summary>What the ledger's table says of one exchange, read from the database file of a running server.</summary>
internal sealed record LedgerRow(
    Dialect Dialect, ExchangeOperation Operation, bool Stream, string? Provider, string? CredentialSource, string? ModelAsked, string? ModelSent, ExchangeEnd End, int? Status,
    string? StopReason, long? InputTokens, long? OutputTokens, long? CacheReadTokens, long? CacheWriteTokens, UsageSource UsageSource, long RequestBytes, string? Client, string? SessionId, string? Losses)
{
    private const string Columns =
        "client_dialect, operation, stream, provider, credential_source, model_asked, model_sent, end_kind, status, stop_reason, input_tokens, output_tokens, usage_source, request_bytes, client, session_id, losses, cache_read_tokens, cache_write_tokens";

    /// <summary>Reads the row of an exchange; null while it has none.</summary>
    public static LedgerRow? Find(string dataDirectory, Guid exchange)
    {
        NativeSqlite.Use();
        using var connection = new SqliteConnection($"Data Source={Path.Combine(dataDirectory, "gatehouse.db")};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {Columns} FROM exchanges WHERE id = $id";
        command.Parameters.AddWithValue("$id", exchange.ToByteArray(bigEndian: true));
        using var row = command.ExecuteReader();
        return row.Read() ? Read(row) : null;
    }

    private static LedgerRow Read(SqliteDataReader row) => new(
        (Dialect)row.GetInt64(0), (ExchangeOperation)row.GetInt64(1), row.GetBoolean(2), Text(row, 3), Text(row, 4), Text(row, 5), Text(row, 6),
        (ExchangeEnd)row.GetInt64(7), (int?)Number(row, 8), Text(row, 9), Number(row, 10), Number(row, 11), Number(row, 17), Number(row, 18), (UsageSource)row.GetInt64(12), row.GetInt64(13),
        Text(row, 14), Text(row, 15), Text(row, 16));

    private static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static long? Number(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);
}
