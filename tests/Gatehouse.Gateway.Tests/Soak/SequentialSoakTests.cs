using Dapper;
using Gatehouse.Gateway.Tests.Exchanges;
using Gatehouse.Gateway.Tests.Hostile;

namespace Gatehouse.Gateway.Tests.Soak;

/// <summary>Many exchanges, one after the other: what one of them leaves behind shows after ten thousand.</summary>
[Collection(SoakCollection.Name)]
public sealed class SequentialSoakTests(ITestOutputHelper output)
{
    private const int Warm = 2_000;
    private const int Measured = 8_000;

    [Fact]
    public async Task Ten_thousand_exchanges_leave_nothing_but_their_rows()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        await CallAsync(gateway, Warm);
        var before = await Footprint.OfAsync(gateway);
        await CallAsync(gateway, Measured);
        var after = await Footprint.OfAsync(gateway);
        output.WriteLine($"before: {before}\nafter:  {after}");

        // 8,000 exchanges that kept 256 bytes each would show; a table that doubles once may not.
        (after.Heap - before.Heap).ShouldBeLessThan(2 << 20);
        (after.Handles - before.Handles).ShouldBeLessThanOrEqualTo(4, after.OpenedSince(before));
        (after.Threads - before.Threads).ShouldBeLessThanOrEqualTo(8);
        // How many workers the pool has says how busy the machine is, which took ten more; calls that kept theirs would need thousands.
        (after.Workers - before.Workers).ShouldBeLessThanOrEqualTo(64);
        after.UpstreamConnections.ShouldBeLessThanOrEqualTo(2);
        var rows = await gateway.Store.ReadAsync(
            c => c.QuerySingle<long>("SELECT count(*) FROM exchanges WHERE end_kind = 1 AND usage_source = 1"));
        rows.ShouldBe(Warm + Measured);
        gateway.Server.ExchangesRunning.ShouldBe(0);
        gateway.Simulator!.Stats.OpenStreams.ShouldBe(0);
    }

    private static async Task CallAsync(GatewayHarness gateway, int times)
    {
        for (var i = 0; i < times; i++)
        {
            var door = Door.All[i % 3];
            var body = i % 2 == 0 ? door.With("\"model\":\"claude-x\",\"user\":\"sim/bench-json\"")
                : door.With("\"model\":\"claude-x\",\"user\":\"sim/bench-sse-10\",\"stream\":true");
            using var request = gateway.Post(door.Path, body);
            var (response, answer) = await gateway.SendAsync(request);
            response.Dispose();
            if (!response.IsSuccessStatusCode) throw new InvalidOperationException(answer);
        }
    }
}
