using System.Text;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Faults;

/// <summary>The deadlines of a provider, and a client that does not read: each bounds what it names and ends the upstream's call.</summary>
public sealed class DeadlineTests
{
    public static TheoryData<Dialect> Dialects => [.. Caller.All];

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task A_stream_that_never_pauses_ends_at_the_total_deadline(Dialect dialect)
    {
        await using var gateway = await GatewayHarness.StartAsync(providerExtra: """, "deadlines": { "totalSeconds": 0.5 }""");
        await using var client = await RawClient.PostAsync(
            gateway, Caller.Path(dialect), Caller.Body(dialect, "m", stream: true, prompt: "[long 4000] [slow 5]"));
        var answer = await client.AnswerAsync();
        answer.Status.ShouldBe(200);
        answer.IsCut.ShouldBeTrue();
        answer.Count(Caller.ErrorEvent(dialect)).ShouldBeLessThanOrEqualTo(1);
        answer.Events.Length.ShouldBeGreaterThan(3);
        await ShouldBeTimedOutAsync(gateway, "total_timeout");
    }

    [Fact]
    public async Task A_flood_that_no_read_has_to_wait_for_ends_at_the_total_deadline_too()
    {
        var piece = Encoding.ASCII.GetBytes("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + new string('x', 60_000) + "\"}}]}\n\n");
        await using var upstream = new ScriptedUpstream(async (connection, _) =>
        {
            await connection.WriteAsync(ScriptedUpstream.StreamHead);
            while (true) await connection.Stream.WriteAsync(piece);
        });
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address, """, "deadlines": { "totalSeconds": 0.5 }""");
        await using var client =
            await RawClient.PostAsync(gateway, "/v1/chat/completions", Caller.Body(Dialect.OpenAiChat, "m", stream: true));
        await client.UntilAsync(a => a.Status == 200);
        // Slower than the flood, so that the gateway waits for the client alone.
        var answer = await client.UntilAsync(_ =>
        {
            if (gateway.Server.ExchangesRunning > 0) Thread.Sleep(5);
            return false;
        });
        answer.IsCut.ShouldBeTrue();
        var row = (await gateway.RowsAsync()).Single();
        (row.End, row.ErrorType).ShouldBe((ExchangeEnd.Timeout, "total_timeout"));
        await upstream.Connections.Single().Ended.WaitAsync(GatewayHarness.Ceiling);
        await AtRest.ShouldComeAsync(gateway);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task A_silent_stream_ends_at_the_total_deadline_with_an_error_event(Dialect dialect)
    {
        await using var gateway = await GatewayHarness.StartAsync(providerExtra: """, "deadlines": { "totalSeconds": 0.5 }""");
        await using var client =
            await RawClient.PostAsync(gateway, Caller.Path(dialect), Caller.Body(dialect, "m+stall-mid", stream: true));
        var answer = await client.AnswerAsync();
        answer.IsCut.ShouldBeTrue();
        answer.Count(Caller.ErrorEvent(dialect)).ShouldBe(1);
        Caller.EndsWithErrorEvent(dialect, answer);
        await ShouldBeTimedOutAsync(gateway, "total_timeout");
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task The_total_deadline_also_bounds_the_wait_for_the_status(Dialect dialect)
    {
        await using var gateway = await GatewayHarness.StartAsync(providerExtra: """, "deadlines": { "totalSeconds": 0.3 }""");
        await using var client = await RawClient.PostAsync(
            gateway, Caller.Path(dialect), Caller.Body(dialect, "m+slow-first-byte-30000", stream: true));
        var answer = await client.AnswerAsync();
        answer.Status.ShouldBe(504);
        Caller.ErrorMessage(dialect, answer.Json).ShouldContain("0.3 s");
        await ShouldBeTimedOutAsync(gateway, "first_byte_timeout");
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Headers_without_a_first_event_end_at_the_first_byte_deadline(Dialect dialect)
    {
        await using var gateway = await GatewayHarness.StartAsync(providerExtra: """, "deadlines": { "firstByteSeconds": 0.4 }""");
        await using var client = await RawClient.PostAsync(
            gateway, Caller.Path(dialect), Caller.Body(dialect, "m+slow-first-event-30000", stream: true));
        var answer = await client.AnswerAsync();
        answer.Status.ShouldBe(200, "the status was passed on at once");
        answer.IsCut.ShouldBeTrue();
        answer.Count(Caller.ErrorEvent(dialect)).ShouldBe(1);
        await ShouldBeTimedOutAsync(gateway, "idle_timeout");
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("Not now, and ", true)]
    [InlineData("Not now, and ", false)]
    public async Task An_error_that_does_not_come_to_its_end_is_bounded_by_the_total_deadline_too(string begun, bool small)
    {
        // Beyond what is held of an error, the client has its beginning already.
        var first = small ? begun : new string('x', 100_000);
        await using var upstream = new ScriptedUpstream(async (connection, _) =>
        {
            await connection.WriteAsync($"HTTP/1.1 500 No\r\ncontent-type: text/plain\r\nconnection: close\r\n\r\n{first}");
            while (true)
            {
                // Never silent for long: only the whole is too long.
                await connection.WriteAsync(".");
                await Task.Delay(20);
            }
        });
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address, """, "deadlines": { "totalSeconds": 0.5 }""");
        foreach (var dialect in Caller.All)
        {
            await using var client = await RawClient.PostAsync(gateway, Caller.Path(dialect), Caller.Body(dialect, "m", stream: true));
            var answer = await client.AnswerAsync();
            if (small)
            {
                answer.Status.ShouldBe(504);
                Caller.ErrorMessage(dialect, answer.Json).ShouldContain("longer than is allowed in all");
            }
            else
            {
                answer.Status.ShouldBe(500);
                answer.IsCut.ShouldBeTrue();
            }
        }

        foreach (var connection in upstream.Connections) await connection.Ended.WaitAsync(GatewayHarness.Ceiling);
        foreach (var row in await gateway.RowsAsync()) (row.End, row.ErrorType).ShouldBe((ExchangeEnd.Timeout, "total_timeout"));
        await AtRest.ShouldComeAsync(gateway);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(200)]
    public async Task A_client_that_does_not_read_is_left_after_the_idle_deadline(int pauseEvery)
    {
        var piece = Encoding.ASCII.GetBytes("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + new string('x', 60_000)
            + "\"}}]}\n\n");
        await using var upstream = new ScriptedUpstream(async (connection, _) =>
        {
            await connection.WriteAsync("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n");
            for (var i = 1; ; i++)
            {
                await connection.Stream.WriteAsync(piece);
                if (pauseEvery > 0 && i % pauseEvery == 0) await Task.Delay(1);
            }
        });
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address, """, "deadlines": { "idleSeconds": 0.5 }""");
        await using var client =
            await RawClient.PostAsync(gateway, "/v1/chat/completions", Caller.Body(Dialect.OpenAiChat, "m", stream: true));
        await client.UntilAsync(a => a.Status == 200);
        await GatewayHarness.EventuallyAsync(async () => (await gateway.RowsAsync()).Count == 1, "the exchange is settled");
        var row = (await gateway.RowsAsync()).Single();
        row.End.ShouldBe(ExchangeEnd.ClientGone);
        row.ErrorType.ShouldBe("client_stalled");
        await AtRest.ShouldComeAsync(gateway);
        // The upstream's writes fail once its call is ended: the script ends with them.
        await upstream.Connections.Single().Ended.WaitAsync(GatewayHarness.Ceiling);
        (await ProviderReport.OfAsync(gateway)).Faults.ShouldBe(0, "a client that does not read is no fault of the provider's");
    }

    private static async Task ShouldBeTimedOutAsync(GatewayHarness gateway, string type)
    {
        var row = (await gateway.RowsAsync()).Single();
        row.End.ShouldBe(ExchangeEnd.Timeout);
        row.ErrorType.ShouldBe(type);
        var received = gateway.Simulator!.Received.All.Single(r => r.Method == "POST");
        await GatewayHarness.EventuallyAsync(() => Task.FromResult(received.ClientGoneAt is not null), "the upstream's call is ended");
        // By its kind: the list of models, which the gateway asks for by itself, counts too, and may come before or after.
        await GatewayHarness.EventuallyAsync(async () =>
            (await ProviderReport.OfAsync(gateway)).Kind == (type == "first_byte_timeout" ? "timeout" : type), "it counts against the provider");
        await AtRest.ShouldComeAsync(gateway);
    }
}
