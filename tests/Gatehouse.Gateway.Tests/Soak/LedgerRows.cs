using Dapper;
using Gatehouse.Gateway.Metering;
using Gatehouse.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace Gatehouse.Gateway.Tests.Soak;

/// <summary>Reads and changes the database of a server in another process.</summary>
internal static class LedgerRows
{
    public static async Task<IReadOnlyList<(Guid Id, ExchangeEnd End, string? UpstreamRequest)>> ReadAsync(string dataDirectory)
    {
        await using var connection = NativeSqlite.Connection($"Data Source={Path.Combine(dataDirectory, "gatehouse.db")};Pooling=false");
        var rows = await connection.QueryAsync<(byte[] Id, long End, string? Request)>(
            "SELECT id, end_kind, upstream_request_id FROM exchanges");
        return [.. rows.Select(r => (new Guid(r.Id, bigEndian: true), (ExchangeEnd)r.End, r.Request))];
    }

    /// <summary>What a user's budgets were charged with in output tokens, as far as it is stored.</summary>
    public static async Task<long> ChargedOutputAsync(string dataDirectory, string user)
    {
        await using var connection = NativeSqlite.Connection($"Data Source={Path.Combine(dataDirectory, "gatehouse.db")};Pooling=false");
        return await connection.ExecuteScalarAsync<long>(
            "SELECT coalesce(sum(charged_output_tokens), 0) FROM exchanges WHERE user_id = $user", new { user });
    }

    /// <summary>Makes every token a user's.</summary>
    public static async Task GiveTokensToAsync(string dataDirectory, string user)
    {
        await using var connection = NativeSqlite.Connection($"Data Source={Path.Combine(dataDirectory, "gatehouse.db")};Pooling=false");
        (await connection.ExecuteAsync("UPDATE access_tokens SET user_id = $user", new { user })).ShouldBeGreaterThan(0);
    }
}
