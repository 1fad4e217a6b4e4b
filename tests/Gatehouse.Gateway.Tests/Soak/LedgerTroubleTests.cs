using System.Text.Json;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Exchanges;
using Gatehouse.Gateway.Tests.Hostile;
using Gatehouse.Storage.Journals;
using Gatehouse.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace Gatehouse.Gateway.Tests.Soak;

/// <summary>A database or disk that refuses: exchanges go on as if nothing were, it is told loudly, and the rows come later.</summary>
public sealed class LedgerTroubleTests
{
    private const int Calls = 10;
    private volatile bool _full;

    [Fact]
    public async Task While_the_database_is_locked_no_exchange_fails_and_the_rows_come_later()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        await CallAsync(gateway);
        (await gateway.RowsAsync()).Count.ShouldBe(3);
        await using (var other = NativeSqlite.Connection($"Data Source={Path.Combine(gateway.DataDirectory, "gatehouse.db")};Pooling=false"))
        {
            await other.OpenAsync();
            await ExecuteAsync(other, "BEGIN EXCLUSIVE");
            // The lock is held until they are all through: had one of them waited for it, this would never end.
            for (var i = 0; i < Calls; i++) await CallAsync(gateway);
            gateway.Ledger.State.PendingRows.ShouldBe(Calls * 3);
            using var health = await HealthAsync(gateway);
            health.RootElement.GetProperty("ledger").GetProperty("pending_rows").GetInt64().ShouldBe(Calls * 3);
            (await MetricAsync(gateway, "gatehouse_ledger_lag_rows")).ShouldBe(Calls * 3);
            (await MetricAsync(gateway, "gatehouse_ledger_lag_seconds")).ShouldBeGreaterThan(0);
            await GatewayHarness.EventuallyAsync(
                async () => await MetricAsync(gateway, "gatehouse_ledger_degraded") == 1, "the metric shows it");
            using var sick = await HealthAsync(gateway);
            sick.RootElement.GetProperty("status").GetString().ShouldBe("degraded");
            sick.RootElement.GetProperty("ledger").GetProperty("degraded").GetString().ShouldNotBeNullOrEmpty();
            await CallAsync(gateway);
            await ExecuteAsync(other, "ROLLBACK");
        }

        (await gateway.RowsAsync()).Count(r => r.End == ExchangeEnd.Ok).ShouldBe((Calls + 2) * 3);
        await HealsAsync(gateway);
    }

    [Fact]
    public async Task On_a_full_disk_exchanges_go_on_from_memory_and_it_is_shown()
    {
        await using var gateway = await GatewayHarness.StartAsync(ledger: new LedgerOptions
        {
            // Segments that a few exchanges fill, and a disk that soon makes no more of them.
            Journal = journal => journal with
            {
                SegmentBytes = 16 * 1024,
                RetryInterval = TimeSpan.FromMilliseconds(50),
                CreateSegment = (path, size, header, mapped) =>
                    _full ? throw new IOException("No space left on device") : FileSegment.Create(path, size, header, mapped),
            },
        });
        await CallAsync(gateway);
        _full = true;
        var sent = 3;
        while (gateway.Ledger.State.Degraded is null && sent < 3000)
        {
            await CallAsync(gateway);
            sent += 3;
        }

        using (var health = await HealthAsync(gateway))
        {
            health.RootElement.GetProperty("status").GetString().ShouldBe("degraded");
            health.RootElement.GetProperty("ledger").GetProperty("degraded").GetString()!.ShouldContain("No space left on device");
        }

        (await MetricAsync(gateway, "gatehouse_ledger_degraded")).ShouldBe(1);
        gateway.Ledger.State.Lost.ShouldBe(0);
        (await gateway.RowsAsync()).Count(r => r.End == ExchangeEnd.Ok).ShouldBe(Math.Min(sent, 1000));
        _full = false;
        await HealsAsync(gateway);
    }

    private static async Task CallAsync(GatewayHarness gateway)
    {
        foreach (var door in Door.All)
        {
            var (response, body) = await gateway.SendAsync(gateway.Post(door.Path, door.Good.Insert(1, "\"stream\":true,")));
            ((int)response.StatusCode).ShouldBe(200, body);
        }
    }

    private static Task HealsAsync(GatewayHarness gateway) => GatewayHarness.EventuallyAsync(
        async () =>
        {
            // The state heals when a new record has a safe place again.
            await CallAsync(gateway);
            using var health = await HealthAsync(gateway);
            return health.RootElement.GetProperty("status").GetString() == "ok";
        },
        "the ledger is well again");

    private static async Task<JsonDocument> HealthAsync(GatewayHarness gateway) =>
        JsonDocument.Parse(await gateway.Client.GetStringAsync(new Uri(gateway.Address, "/health")));

    private static async Task<double> MetricAsync(GatewayHarness gateway, string name)
    {
        var text = await gateway.Client.GetStringAsync(new Uri(gateway.Address, "/metrics"));
        var line = text.Split('\n').Single(l => l.StartsWith(name + " ", StringComparison.Ordinal));
        return double.Parse(line.AsSpan(name.Length + 1), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task ExecuteAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}
