using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Canary;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Hostile;

/// <summary>What is good and too much: it is refused at once, told when to come back, and the gateway takes up its work again.</summary>
public sealed class LimitTests
{
    public static TheoryData<string> Paths { get; } = new(Door.All.Select(d => d.Path));

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Beyond_the_exchanges_that_may_run_at_once_it_is_503_with_retry_after(string path)
    {
        var door = Door.At(path);
        await using var gateway = await GatewayHarness.StartAsync(configExtra: ", \"limits\": { \"maxConcurrentExchanges\": 1 }");
        using var first = await RawClient.ConnectAsync(gateway.Address);
        await first.SendAsync(door.Post(gateway.Token, door.Good.Replace("-x\"", "-x+slow-first-byte-5000\"", StringComparison.Ordinal)));
        await GatewayHarness.EventuallyAsync(() => Task.FromResult(gateway.Server.ExchangesRunning == 1), "the first one runs");

        using (var second = await RawClient.ConnectAsync(gateway.Address))
        {
            await second.SendAsync(door.Post(gateway.Token, door.Good));
            var answer = (await second.ReadAsync())!;
            answer.Status.ShouldBe(503, answer.Body);
            answer["retry-after"].ShouldBe("1");
            door.ErrorWord(answer.Body).ShouldBe(path == "/v1/messages" ? "overloaded_error" : "service_unavailable");
        }

        gateway.Server.ExchangesRunning.ShouldBe(1);
        first.Dispose();
        await GatewayHarness.EventuallyAsync(() => Task.FromResult(gateway.Server.ExchangesRunning == 0), "the first one is gone");
        var (again, body) = await gateway.SendAsync(gateway.Post(door.Path, door.Good));
        ((int)again.StatusCode).ShouldBe(200, body);
        (await gateway.RowsAsync()).Select(r => r.End).ShouldBe([ExchangeEnd.ClientGone, ExchangeEnd.Ok]);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Beyond_the_memory_for_bodies_it_is_503_with_retry_after(string path)
    {
        var door = Door.At(path);
        await using var gateway = await GatewayHarness.StartAsync(
            configExtra: ", \"limits\": { \"maxBodyBytes\": 1048576, \"maxBodiesInMemoryBytes\": 1048576 }");
        // A declared length is set aside whole, before its bytes come.
        using var first = await RawClient.ConnectAsync(gateway.Address);
        await first.SendAsync(door.Head(gateway.Token, "Content-Length: 1000000\r\n") + "{");
        await GatewayHarness.EventuallyAsync(() => HeldAsync(gateway), "the first body is held");

        using (var second = await RawClient.ConnectAsync(gateway.Address))
        {
            var body = door.Good.Replace("Hi", new string('a', 100_000), StringComparison.Ordinal);
            await second.SendAsync(door.Post(gateway.Token, body));
            var answer = (await second.ReadAsync())!;
            answer.Status.ShouldBe(503, answer.Body);
            answer["retry-after"].ShouldBe("1");
            door.ErrorWord(answer.Body).ShouldBe(path == "/v1/messages" ? "overloaded_error" : "service_unavailable");
        }

        first.Dispose();
        await GatewayHarness.EventuallyAsync(async () => !await HeldAsync(gateway), "the first body's memory is back");
        var (again, text) = await gateway.SendAsync(gateway.Post(door.Path, door.Good));
        ((int)again.StatusCode).ShouldBe(200, text);
        (await gateway.RowsAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Names_that_callers_give_do_not_fill_the_log()
    {
        using var log = new CapturedLog();
        await using var gateway =
            await GatewayHarness.StartAsync(logging: log, models: """[ { "match": "claude-*", "targets": [ { "provider": "up" } ] } ]""");
        foreach (var door in Door.All)
        {
            var (response, _) = await gateway.SendAsync(gateway.Post(door.Path, door.With($"\"model\":\"{new string('m', 100_000)}\"")));
            ((int)response.StatusCode).ShouldBe(404);
        }

        // The line follows the answer.
        await GatewayHarness.EventuallyAsync(
            () => Task.FromResult(log.Entries.Count(e => e.Contains("model_not_found", StringComparison.Ordinal)) == 3),
                "each has its line");
        log.Entries.Max(e => e.Length).ShouldBeLessThan(4096);
    }

    private static async Task<bool> HeldAsync(GatewayHarness gateway)
    {
        using var json = System.Text.Json.JsonDocument.Parse(await gateway.Client.GetStringAsync(new Uri(gateway.Address, "/health")));
        return json.RootElement.GetProperty("bodies_held_bytes").GetInt64() > 0;
    }
}
