using Dapper;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Hostile;
using Gatehouse.Simulator;
using Gatehouse.Storage.Sqlite;

namespace Gatehouse.Gateway.Tests.Soak;

/// <summary>The real program, asked to stop while streams run.</summary>
[Collection(SoakCollection.Name)]
public sealed class ServeDrainTests
{
    private const int Streams = 6;

    [Fact]
    public async Task Running_streams_end_whole_and_new_ones_are_told_to_come_back()
    {
        await using var simulator = await SimulatorServer.StartAsync(new SimulatorOptions { RecordRequests = false });
        await using var gateway = new ServedGateway(simulator.Address);
        await gateway.StartAsync();
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var running = await BeginAsync(http, gateway, "slow-100ms-20");

        gateway.AskToStop();
        // The connection is open already; until the flag is up, a call may still be let in.
        Seen late;
        var letIn = -1;
        do
        {
            letIn++;
            late = await SlowCall.RunAsync(http, gateway.Address, gateway.Token, Door.Chat, "json", stream: false);
        }
        while (late.Status == 200 && !running.All(r => r.IsCompleted));
        late.Status.ShouldBe(503);
        late.Exchange.ShouldBeNull();

        foreach (var seen in await Task.WhenAll(running))
        {
            seen.SawEnd.ShouldBeTrue();
            seen.Words.ShouldBe(20);
        }

        (await gateway.EndedAsync()).ShouldBe(0);
        (await LedgerRows.ReadAsync(gateway.DataDirectory)).Count(r => r.End == ExchangeEnd.Ok).ShouldBe(Streams + letIn);
    }

    [Fact]
    public async Task Streams_that_outlast_the_deadline_are_broken_off_and_have_their_rows()
    {
        await using var simulator = await SimulatorServer.StartAsync(new SimulatorOptions { RecordRequests = false });
        await using var gateway = new ServedGateway(simulator.Address, """, "limits": { "drainSeconds": 1 }""");
        await gateway.StartAsync();
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var running = await BeginAsync(http, gateway, "slow-100ms-5000");
        gateway.AskToStop();
        foreach (var seen in await Task.WhenAll(running).WaitAsync(TimeSpan.FromSeconds(60))) seen.SawEnd.ShouldBeFalse();
        await gateway.EndedAsync();
        var rows = await LedgerRows.ReadAsync(gateway.DataDirectory);
        rows.Count.ShouldBe(Streams);
        rows.ShouldAllBe(r => r.End == ExchangeEnd.Interrupted);
        gateway.Said.ShouldContain($"The time was up for {Streams} exchanges");
    }

    [Fact]
    public async Task A_database_that_somebody_else_has_locked_does_not_hold_up_the_end_and_the_rows_are_there_after_the_next_start()
    {
        const int Calls = 60;
        await using var simulator = await SimulatorServer.StartAsync(new SimulatorOptions { RecordRequests = false });
        // A conversation in the Responses dialect is kept for its client here: a write of its own for each answer.
        await using var gateway = new ServedGateway(simulator.Address, speaks: ["anthropic"]);
        await gateway.StartAsync();
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        await using (var other = NativeSqlite.Connection($"Data Source={Path.Combine(gateway.DataDirectory, "gatehouse.db")};Pooling=false"))
        {
            await other.OpenAsync();
            await other.ExecuteAsync("BEGIN EXCLUSIVE");
            for (var i = 0; i < Calls; i++) (await SlowCall.RunAsync(http, gateway.Address, gateway.Token, Door.Responses, "json", stream: false)).Status.ShouldBe(200);
            gateway.AskToStop();
            // Were each write to wait for the lock, it would take two minutes; this waits for one.
            (await gateway.EndedAsync()).ShouldBe(0);
            await other.ExecuteAsync("ROLLBACK");
        }

        (await LedgerRows.ReadAsync(gateway.DataDirectory)).ShouldBeEmpty("the lock was held to the end");
        await gateway.StartAsync();
        gateway.AskToStop();
        (await gateway.EndedAsync()).ShouldBe(0);
        (await LedgerRows.ReadAsync(gateway.DataDirectory)).Count(r => r.End == ExchangeEnd.Ok).ShouldBe(Calls);
    }

    private static async Task<Task<Seen>[]> BeginAsync(HttpClient http, ServedGateway gateway, string model)
    {
        var began = 0;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = Enumerable.Range(0, Streams).Select(i =>
        {
            var first = 0;
            return SlowCall.RunAsync(http, gateway.Address, gateway.Token, Door.All[i % 3], model, stream: true, () =>
            {
                if (Interlocked.Exchange(ref first, 1) == 0 && Interlocked.Increment(ref began) == Streams) all.TrySetResult();
            });
        }).ToArray();
        await all.Task.WaitAsync(TimeSpan.FromSeconds(30));
        return running;
    }
}
