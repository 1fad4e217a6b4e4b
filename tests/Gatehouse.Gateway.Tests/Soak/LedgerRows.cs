using Dapper;
using Gatehouse.Gateway.Metering;
using Microsoft.Data.Sqlite;

namespace Gatehouse.Gateway.Tests.Soak;

/// <summary>Reads the rows of a ledger that no process serves any more.</summary>
internal static class LedgerRows
{
    public static async Task<IReadOnlyList<(Guid Id, ExchangeEnd End, string? UpstreamRequest)>> ReadAsync(string dataDirectory)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(dataDirectory, "gatehouse.db")};Pooling=false");
        var rows = await connection.QueryAsync<(byte[] Id, long End, string? Request)>(
            "SELECT id, end_kind, upstream_request_id FROM exchanges");
        return [.. rows.Select(r => (new Guid(r.Id, bigEndian: true), (ExchangeEnd)r.End, r.Request))];
    }
}
