using System.Collections.Concurrent;
using System.Text;
using Dapper;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Exchanges;
using Gatehouse.Gateway.Tests.Faults;

namespace Gatehouse.Gateway.Tests.Soak;

/// <summary>Many exchanges that go wrong, each fault in each dialect with a stream and without: what one of them leaves behind shows after some thousand.</summary>
[Collection(SoakCollection.Name)]
public sealed class FaultSoakTests(ITestOutputHelper output)
{
    private const int Warm = 50;
    /// <summary>Rounds of a plain call: what the simulated provider remembers of calls is full after some six thousand.</summary>
    private const int Filling = 1020;
    private const int Measured = 100;
    /// <summary>Many: a client of a broken stream is given a moment for the last event.</summary>
    private const int Lanes = 32;
    private const string Leaves = "leaves";

    /// <summary>The exchanges of which a client saw the head of an answer.</summary>
    private readonly ConcurrentBag<Guid> _seen = [];

    /// <summary>Those that take no time. A client that leaves is one of them.</summary>
    private static readonly string[] s_faults =
    [
        "status-400", "status-429-retry-1", "status-500", "status-529", "reset-before-headers", "reset-mid", "reset-inside", "eof-mid", "eof-inside",
        "truncate", "truncate-mid", "error-event", "html", "bad-json", "gzip-always", "no-usage", "split-50", Leaves,
    ];

    /// <summary>Those that a deadline ends or that take large buffers, which pools keep for a while.</summary>
    private static readonly string[] s_seldom = ["stall-mid", "stall-inside", "slow-first-byte-30000", "huge-event-64"];

    [Fact]
    public async Task Exchanges_that_went_wrong_leave_nothing_but_their_rows()
    {
        await using var gateway = await GatewayHarness.StartAsync(providerExtra: """, "deadlines": { "idleSeconds": 0.3, "firstByteSeconds": 2 }""");
        var sent = await RunAsync(gateway, ["no-usage"], Filling) + await RunAsync(gateway, s_seldom, 8) + await RunAsync(gateway, s_faults, Warm);
        await AtRest.ShouldComeAsync(gateway);
        var before = await Footprint.OfAsync(gateway);
        sent += await RunAsync(gateway, s_seldom, 2) + await RunAsync(gateway, s_faults, Measured);
        await AtRest.ShouldComeAsync(gateway);
        // What the provider's side has closed, the gateway's must close too.
        await GatewayHarness.EventuallyAsync(() => Task.FromResult(gateway.Simulator!.Stats.OpenConnections <= Lanes + 2), "the connections to the provider are closed");
        var after = await Footprint.OfAsync(gateway);
        output.WriteLine($"{sent} exchanges\nbefore: {before}\nafter:  {after}");

        // An exchange that every broken answer left behind would show; what pools hold back, or let go of meanwhile, is some megabytes whatever the number of calls.
        (after.Heap - before.Heap).ShouldBeLessThan(2 << 20);
        // A connection that is kept for the next call has two ends, before the gateway and behind it.
        (after.Handles - before.Handles).ShouldBeLessThanOrEqualTo(12 + (4 * Lanes), after.OpenedSince(before));
        (after.Threads - before.Threads).ShouldBeLessThanOrEqualTo(8);
        (after.Workers - before.Workers).ShouldBeLessThanOrEqualTo(64);
        var rows = (await gateway.Store.ReadAsync(c => c.Query<(byte[] Id, long End, long? Duration)>("SELECT id, end_kind, duration_us FROM exchanges"))).ToDictionary(
            row => new Guid(row.Id, bigEndian: true), row => (End: (ExchangeEnd)row.End, row.Duration));
        _seen.Where(id => !rows.ContainsKey(id)).ShouldBeEmpty();
        // Who leaves at once may do so before the request was read.
        rows.Count.ShouldBeInRange(_seen.Count, sent);
        rows.Values.ShouldAllBe(row => row.End != ExchangeEnd.Running && row.End != ExchangeEnd.Interrupted && row.Duration != null);
    }

    /// <summary>Sends each fault in each dialect, with a stream and without, so many times; how many calls those were.</summary>
    private async Task<int> RunAsync(GatewayHarness gateway, string[] faults, int rounds)
    {
        var calls = Enumerable.Range(0, rounds).SelectMany(_ => faults.SelectMany(fault => Caller.All.SelectMany(
            dialect => new[] { false, true }.Select(stream => (fault, dialect, stream))))).ToArray();
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Lanes).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) is var at && at < calls.Length) await CallAsync(gateway, calls[at].fault, calls[at].dialect, calls[at].stream);
        }));
        return calls.Length;
    }

    private async Task CallAsync(GatewayHarness gateway, string fault, Dialect dialect, bool stream)
    {
        if (fault == Leaves)
        {
            await using var client = await RawClient.PostAsync(gateway, Caller.Path(dialect), Caller.Body(dialect, "model-x", stream, "[long 20] [slow 20]"));
            if (stream)
            {
                var begun = await client.UntilAsync(answer => answer.Body.Length > 0);
                _seen.Add(Guid.Parse(begun["x-gatehouse-exchange"]!));
            }

            client.Leave();
            return;
        }

        using var ceiling = new CancellationTokenSource(GatewayHarness.Ceiling);
        using var request = gateway.Post(Caller.Path(dialect), Encoding.UTF8.GetString(Caller.Body(dialect, "model-x+" + fault, stream)));
        var seen = false;
        try
        {
            using var response = await gateway.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ceiling.Token);
            _seen.Add(Guid.Parse(response.Headers.GetValues("x-gatehouse-exchange").Single()));
            seen = true;
            await response.Content.ReadAsByteArrayAsync(ceiling.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // It broke off, as it should. What clients see of that is other tests' matter, but each of these calls gets at least the head of an answer.
            if (!seen) throw;
        }
    }
}
