using System.Text.Json;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Faults;

/// <summary>
/// A gateway before the simulator, shared by the cases of one class: starting one for each of a hundred would take most of their time. What stalls goes through another
/// that has little patience: the deadline of this one must not end what a busy machine is slow to break.
/// </summary>
public sealed class FaultyGateway : IAsyncLifetime
{
    private int _calls;
    private GatewayHarness? _impatient;

    internal GatewayHarness Gateway { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Gateway = await GatewayHarness.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        if (_impatient is not null) await _impatient.DisposeAsync();
    }

    /// <summary>Calls with a fault, reads to the end, and finds the row that was written about it.</summary>
    internal async Task<(RawAnswer Answer, ExchangeRecord Row)> CallAsync(
        Dialect dialect, string fault, bool stream, params string[] headers)
    {
        var gateway = Gateway;
        if (fault.StartsWith("stall", StringComparison.Ordinal))
        {
            gateway = _impatient ??= await GatewayHarness.StartAsync(providerExtra: """, "deadlines": { "idleSeconds": 0.4 }""");
        }

        var id = $"call-{Interlocked.Increment(ref _calls)}-{fault}";
        var body = Caller.Body(dialect, $"model-x+{fault}", stream);
        await using var client = await RawClient.PostAsync(gateway, Caller.Path(dialect), body, ["x-request-id: " + id, .. headers]);
        var answer = await client.AnswerAsync();
        var row = (await gateway.RowsAsync()).Single(r => r.ClientRequestId == id);
        row.ClientDialect.ShouldBe(dialect);
        row.Stream.ShouldBe(stream);
        row.RequestBytes.ShouldBe(body.Length);
        row.DurationMicros.ShouldNotBeNull();
        row.UpstreamDialect.ShouldBe(dialect);
        return (answer, row);
    }

    /// <summary>Fails unless nothing is left of what went before, and a plain call works.</summary>
    internal async Task ShouldBeAtRestAsync(Dialect dialect)
    {
        await AtRest.ShouldComeAsync(Gateway);
        if (_impatient is not null) await AtRest.ShouldComeAsync(_impatient);
        var (answer, row) = await CallAsync(dialect, "no-usage", stream: false);
        answer.Status.ShouldBe(200, answer.Text);
        answer.IsWhole.ShouldBeTrue();
        row.End.ShouldBe(ExchangeEnd.Ok);
        await AtRest.ShouldComeAsync(Gateway);
    }
}

/// <summary>The state of a gateway that does nothing.</summary>
internal static class AtRest
{
    /// <summary>Waits until no exchange runs, no body is held and the simulator sends no stream; fails at the ceiling.</summary>
    public static async Task ShouldComeAsync(GatewayHarness gateway)
    {
        await GatewayHarness.EventuallyAsync(() => Task.FromResult(gateway.Server.ExchangesRunning == 0), "no exchange runs");
        await GatewayHarness.EventuallyAsync(async () => await HeldAsync(gateway) == 0, "no request body is held");
        if (gateway.Simulator is not { } simulator) return;
        await GatewayHarness.EventuallyAsync(() =>
            Task.FromResult(simulator.Stats.OpenStreams == 0), "the upstream sends no stream any more");
    }

    /// <summary>Bytes of request bodies that it counts as held.</summary>
    public static async Task<long> HeldAsync(GatewayHarness gateway)
    {
        using var health = JsonDocument.Parse(await gateway.Client.GetStringAsync(new Uri(gateway.Address, "/health")));
        return health.RootElement.GetProperty("bodies_held_bytes").GetInt64();
    }
}
