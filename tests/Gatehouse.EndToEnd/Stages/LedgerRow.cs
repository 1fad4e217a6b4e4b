using Gatehouse.Dialects;
using Gatehouse.Gateway.Metering;
using Gatehouse.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace Gatehouse.EndToEnd.Stages;

/// <summary>What the ledger's table says of one exchange, read from the database file of a running server.</summary>
internal sealed record LedgerRow
{
    public required DateTimeOffset StartedAt { get; init; }

    public required Dialect Dialect { get; init; }

    public required Dialect? UpstreamDialect { get; init; }

    public required ExchangeOperation Operation { get; init; }

    public required bool Stream { get; init; }

    public required string? Provider { get; init; }

    public required string? CredentialSource { get; init; }

    public required string? ModelAsked { get; init; }

    public required string? ModelSent { get; init; }

    public required ExchangeEnd End { get; init; }

    public required int? Status { get; init; }

    public required string? ErrorType { get; init; }

    public required string? StopReason { get; init; }

    public required long? InputTokens { get; init; }

    public required long? OutputTokens { get; init; }

    public required long? CacheReadTokens { get; init; }

    public required long? CacheWriteTokens { get; init; }

    public required long? CacheWriteHourTokens { get; init; }

    public required long? CostNanodollars { get; init; }

    public required UsageSource UsageSource { get; init; }

    public required long RequestBytes { get; init; }

    public required string? ResponseId { get; init; }

    public required string? Client { get; init; }

    public required string? SessionId { get; init; }

    public required string? AgentId { get; init; }

    public required string? Losses { get; init; }

    public required long? QueueMicros { get; init; }

    /// <summary>Reads the row of an exchange; null while it has none.</summary>
    public static LedgerRow? Find(string dataDirectory, Guid exchange)
    {
        using var connection = NativeSqlite.Connection($"Data Source={Path.Combine(dataDirectory, "gatehouse.db")};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT * FROM exchanges WHERE id = $id";
        command.Parameters.AddWithValue("$id", exchange.ToByteArray(bigEndian: true));
        using var row = command.ExecuteReader();
        return row.Read() ? Read(row) : null;
    }

    private static LedgerRow Read(SqliteDataReader row) => new()
    {
        StartedAt = DateTimeOffset.UnixEpoch.AddMicroseconds(Number(row, "started_at")!.Value),
        Dialect = (Dialect)Number(row, "client_dialect")!,
        UpstreamDialect = (Dialect?)Number(row, "upstream_dialect"),
        Operation = (ExchangeOperation)Number(row, "operation")!,
        Stream = Number(row, "stream") == 1,
        Provider = Text(row, "provider"),
        CredentialSource = Text(row, "credential_source"),
        ModelAsked = Text(row, "model_asked"),
        ModelSent = Text(row, "model_sent"),
        End = (ExchangeEnd)Number(row, "end_kind")!,
        Status = (int?)Number(row, "status"),
        ErrorType = Text(row, "error_type"),
        StopReason = Text(row, "stop_reason"),
        InputTokens = Number(row, "input_tokens"),
        OutputTokens = Number(row, "output_tokens"),
        CacheReadTokens = Number(row, "cache_read_tokens"),
        CacheWriteTokens = Number(row, "cache_write_tokens"),
        CacheWriteHourTokens = Number(row, "cache_write_1h_tokens"),
        CostNanodollars = Number(row, "cost_nanodollars"),
        UsageSource = (UsageSource)Number(row, "usage_source")!,
        RequestBytes = Number(row, "request_bytes")!.Value,
        ResponseId = Text(row, "response_id"),
        Client = Text(row, "client"),
        SessionId = Text(row, "session_id"),
        AgentId = Text(row, "agent_id"),
        Losses = Text(row, "losses"),
        QueueMicros = Number(row, "queue_us"),
    };

    private static string? Text(SqliteDataReader row, string column) => row.IsDBNull(row.GetOrdinal(column)) ? null : row.GetString(row.GetOrdinal(column));

    private static long? Number(SqliteDataReader row, string column) => row.IsDBNull(row.GetOrdinal(column)) ? null : row.GetInt64(row.GetOrdinal(column));
}
