using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Hostile;
using Gatehouse.Simulator;

namespace Gatehouse.Gateway.Tests.Soak;

/// <summary>Two thousand slow streams at once through the real program.</summary>
[Collection(SoakCollection.Name)]
public sealed class StreamSoakTests(ITestOutputHelper output)
{
    private const int Few = 200;
    private const int Many = 2_000;

    [Fact]
    public async Task Two_thousand_slow_streams_lose_no_event_and_cost_little_memory()
    {
        await using var simulator = await SimulatorServer.StartAsync(new SimulatorOptions { RecordRequests = false });
        await using var gateway = new ServedGateway(simulator.Address);
        await gateway.StartAsync();
        using var http = new HttpClient(
            new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = int.MaxValue })
        { Timeout = TimeSpan.FromMinutes(2) };

        var few = await RunAsync(http, gateway, Few, words: 6);
        var many = await RunAsync(http, gateway, Many, words: 15);
        var perStream = (many - few) / (double)(Many - Few);
        output.WriteLine($"{Few} streams: {few} KiB; {Many} streams: {many} KiB; {perStream:0.0} KiB a stream");
        // Held loosely here, on a machine that does other things besides; the load bench says how much it really is.
        perStream.ShouldBeLessThan(150);

        using var health = System.Text.Json.JsonDocument.Parse(await http.GetStringAsync(new Uri(gateway.Address, "/health")));
        health.RootElement.GetProperty("exchanges_running").GetInt64().ShouldBe(0);
        gateway.AskToStop();
        (await gateway.EndedAsync()).ShouldBe(0);
        var rows = await LedgerRows.ReadAsync(gateway.DataDirectory);
        rows.Count.ShouldBe(Few + Many);
        rows.ShouldAllBe(r => r.End == ExchangeEnd.Ok);
        simulator.Stats.OpenStreams.ShouldBe(0);
    }

    /// <summary>Runs so many streams at once and gives what the gateway had resident while all of them ran.</summary>
    private static async Task<long> RunAsync(HttpClient http, ServedGateway gateway, int count, int words)
    {
        var began = 0;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = Enumerable.Range(0, count).Select(i =>
        {
            var first = 0;
            return SlowCall.RunAsync(http, gateway.Address, gateway.Token, Door.All[i % 3], $"slow-1000ms-{words}", stream: true, () =>
            {
                if (Interlocked.Exchange(ref first, 1) == 0 && Interlocked.Increment(ref began) == count) all.TrySetResult();
            });
        }).ToArray();
        await Task.WhenAny(all.Task, Task.WhenAll(running)).WaitAsync(TimeSpan.FromSeconds(90));
        all.Task.IsCompleted.ShouldBeTrue("not all streams began");
        running.Count(r => r.IsCompleted).ShouldBe(0, "all of them run at once");
        var resident = gateway.ResidentKib;
        foreach (var seen in await Task.WhenAll(running).WaitAsync(TimeSpan.FromSeconds(90)))
        {
            seen.Status.ShouldBe(200);
            seen.Words.ShouldBe(words);
            seen.SawEnd.ShouldBeTrue();
        }

        return resident;
    }
}
