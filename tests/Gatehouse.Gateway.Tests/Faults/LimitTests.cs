using System.Text;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Faults;

/// <summary>Bounds on how much runs and is held at once, and the order to stop.</summary>
public sealed class LimitTests
{
    public static TheoryData<Dialect> Dialects => [.. Caller.All];

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task More_exchanges_than_allowed_are_told_to_come_again(Dialect dialect)
    {
        await using var gateway = await GatewayHarness.StartAsync(configExtra: """, "limits": { "maxConcurrentExchanges": 1 }""");
        await using var first = await RawClient.PostAsync(gateway, Caller.Path(dialect), Caller.Body(dialect, "m+stall-mid", stream: true));
        await first.UntilAsync(a => a.Events.Length > 1);
        await using var second = await RawClient.PostAsync(gateway, Caller.Path(dialect), Caller.Body(dialect, "m", stream: true));
        var refused = await second.AnswerAsync();
        refused.Status.ShouldBe(503);
        refused["retry-after"].ShouldBe("1");
        Caller.ErrorMessage(dialect, refused.Json).ShouldContain("maxConcurrentExchanges");
        using (var ready = await gateway.Client.GetAsync(new Uri(gateway.Address, "/readyz"))) ((int)ready.StatusCode).ShouldBe(503);
        using (var alive = await gateway.Client.GetAsync(new Uri(gateway.Address, "/healthz"))) ((int)alive.StatusCode).ShouldBe(200, "a full gateway is alive");

        first.Leave();
        await AtRest.ShouldComeAsync(gateway);
        await using var third = await RawClient.PostAsync(gateway, Caller.Path(dialect), Caller.Body(dialect, "m", stream: true));
        (await third.AnswerAsync()).Status.ShouldBe(200);
        (await gateway.RowsAsync()).Count.ShouldBe(2, "a refusal at the door has no row");
    }

    [Theory]
    [InlineData("/v1/messages/count_tokens", "/v1/messages")]
    [InlineData("/v1/responses/input_tokens", "/v1/responses")]
    public async Task Counting_calls_leave_half_of_all_places_to_others(string counting, string answering)
    {
        // Whoever counts here takes its time.
        await using var upstream = new ScriptedUpstream(async (connection, request) =>
        {
            if (request.RequestLine.Contains("_tokens", StringComparison.Ordinal)) await connection.WaitClosedAsync();
            else await connection.WriteAsync("HTTP/1.1 400 No\r\ncontent-length: 2\r\n\r\n{}");
        });
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address, configExtra: """, "limits": { "maxConcurrentExchanges": 4 }""");
        var body = Caller.Body(answering == "/v1/messages" ? Dialect.Anthropic : Dialect.OpenAiResponses, "m", stream: false);
        await using var first = await RawClient.PostAsync(gateway, counting, body);
        await using var second = await RawClient.PostAsync(gateway, counting, body);
        await GatewayHarness.EventuallyAsync(() => Task.FromResult(gateway.Server.ExchangesRunning == 2), "both count");
        await using (var third = await RawClient.PostAsync(gateway, counting, body))
        {
            var refused = await third.AnswerAsync();
            refused.Status.ShouldBe(503);
            refused["retry-after"].ShouldBe("1");
        }

        await using var other = await RawClient.PostAsync(gateway, answering, body);
        (await other.AnswerAsync()).Status.ShouldBe(400, "a call that a model answers reaches its provider");
        gateway.Server.ExchangesRunning.ShouldBe(2);
    }

    [Theory]
    [InlineData("/v1/messages/count_tokens", "/v1/messages")]
    [InlineData("/v1/responses/input_tokens", "/v1/responses")]
    public async Task And_half_of_the_room_for_bodies(string counting, string answering)
    {
        await using var gateway = await GatewayHarness.StartAsync(
            configExtra: """, "limits": { "maxBodyBytes": 100000, "maxBodiesInMemoryBytes": 250000 }""");
        await using var first = await RawClient.SendAsync(gateway, Encoding.ASCII.GetBytes(
            $"POST {counting} HTTP/1.1\r\nhost: {gateway.Address.Authority}\r\nauthorization: Bearer {gateway.Token}\r\ncontent-type: application/json\r\n"
            + "content-length: 90000\r\n\r\n{"));
        await GatewayHarness.EventuallyAsync(async () => await AtRest.HeldAsync(gateway) == 90_000, "the first body has its room");
        var body = Caller.Body(answering == "/v1/messages" ? Dialect.Anthropic : Dialect.OpenAiResponses, "m", stream: false, prompt: new string('x', 80_000));
        await using (var second = await RawClient.PostAsync(gateway, counting, body)) (await second.AnswerAsync()).Status.ShouldBe(503);
        await using var other = await RawClient.PostAsync(gateway, answering, body);
        (await other.AnswerAsync()).Status.ShouldBe(200);
    }

    [Fact]
    public async Task More_bodies_than_there_is_room_for_are_told_to_come_again()
    {
        await using var gateway = await GatewayHarness.StartAsync(
            configExtra: """, "limits": { "maxBodyBytes": 100000, "maxBodiesInMemoryBytes": 150000 }""");
        await using var first = await RawClient.SendAsync(gateway, Encoding.ASCII.GetBytes(
            $"POST /v1/messages HTTP/1.1\r\nhost: {gateway.Address.Authority}\r\nauthorization: Bearer {gateway.Token}\r\ncontent-type: application/json\r\n"
            + "content-length: 90000\r\n\r\n{"));
        await GatewayHarness.EventuallyAsync(
            async () => (await gateway.Client.GetStringAsync(new Uri(gateway.Address, "/health"))).Contains(
                "\"bodies_held_bytes\":90000", StringComparison.Ordinal),
            "the first body has its room");
        var big = Caller.Body(Dialect.Anthropic, "m", stream: false, prompt: new string('x', 80_000));
        await using (var second = await RawClient.PostAsync(gateway, "/v1/messages", big))
        {
            var refused = await second.AnswerAsync();
            refused.Status.ShouldBe(503);
            refused["retry-after"].ShouldBe("1");
            Caller.ErrorMessage(Dialect.Anthropic, refused.Json).ShouldContain("room");
        }

        await using (var small = await RawClient.PostAsync(gateway, "/v1/messages", Caller.Body(Dialect.Anthropic, "m", stream: false)))
            (await small.AnswerAsync()).Status.ShouldBe(200, "what fits is served meanwhile");
        first.Leave();
        await AtRest.ShouldComeAsync(gateway);
        await using var third = await RawClient.PostAsync(gateway, "/v1/messages", big);
        (await third.AnswerAsync()).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_that_is_too_large_is_refused_whether_it_says_so_or_not(bool declares)
    {
        await using var gateway = await GatewayHarness.StartAsync(configExtra: """, "limits": { "maxBodyBytes": 20000 }""");
        var head = $"POST /v1/messages HTTP/1.1\r\nhost: {gateway.Address.Authority}\r\nauthorization: Bearer {gateway.Token}\r\ncontent-type: application/json\r\n";
        await using var client = await RawClient.SendAsync(gateway, Encoding.ASCII.GetBytes(declares
            ? head + "content-length: 20001\r\n\r\n{"
            : head + "transfer-encoding: chunked\r\n\r\n7530\r\n" + new string(' ', 30_000) + "\r\n"));
        var answer = await client.AnswerAsync();
        answer.Status.ShouldBe(413);
        answer.Json.GetProperty("error").GetProperty("type").GetString().ShouldBe("request_too_large");
        await AtRest.ShouldComeAsync(gateway);
    }

    [Fact]
    public async Task The_order_to_stop_lets_running_exchanges_finish_and_no_new_one_in()
    {
        var go = new TaskCompletionSource();
        await using var upstream = new ScriptedUpstream(async (connection, _) =>
        {
            await connection.WriteAsync(ScriptedUpstream.StreamHead + "event: message_start\ndata: {\"type\":\"message_start\"}\n\n");
            await go.Task.WaitAsync(GatewayHarness.Ceiling);
            await connection.WriteAsync("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
            connection.Close();
        });
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address);
        await using var running = await RawClient.PostAsync(gateway, "/v1/messages", Caller.Body(Dialect.Anthropic, "m", stream: true));
        await running.UntilAsync(a => a.Events.Length > 1);

        var stopping = gateway.Server.StopAsync();
        await GatewayHarness.EventuallyAsync(async () =>
        {
            using var ready = await gateway.Client.GetAsync(new Uri(gateway.Address, "/readyz"));
            return (int)ready.StatusCode == 503
                && (await ready.Content.ReadAsStringAsync()).Contains("shutting down", StringComparison.Ordinal);
        }, "it says that it shuts down");
        using (var alive = await gateway.Client.GetAsync(new Uri(gateway.Address, "/healthz"))) ((int)alive.StatusCode).ShouldBe(200, "it lives until it has stopped");
        foreach (var dialect in Caller.All)
        {
            await using var late = await RawClient.PostAsync(gateway, Caller.Path(dialect), Caller.Body(dialect, "m", stream: true));
            var refused = await late.AnswerAsync();
            refused.Status.ShouldBe(503);
            refused["retry-after"].ShouldBe("5");
            Caller.ErrorMessage(dialect, refused.Json).ShouldContain("shutting down");
        }

        stopping.IsCompleted.ShouldBeFalse();
        go.SetResult();
        var answer = await running.AnswerAsync();
        answer.IsWhole.ShouldBeTrue();
        answer.Text.ShouldContain("message_stop");
        (await stopping.WaitAsync(GatewayHarness.Ceiling)).ShouldBeTrue();
        (await gateway.RowsAsync()).Single().End.ShouldBe(ExchangeEnd.Ok);
    }

    [Fact]
    public async Task An_exchange_that_outlasts_the_drain_is_broken_off()
    {
        await using var gateway = await GatewayHarness.StartAsync(configExtra: """, "limits": { "drainSeconds": 0.3 }""");
        await using var running =
            await RawClient.PostAsync(gateway, "/v1/messages", Caller.Body(Dialect.Anthropic, "m+stall-mid", stream: true));
        await running.UntilAsync(a => a.Events.Length > 1);
        (await gateway.Server.StopAsync().WaitAsync(GatewayHarness.Ceiling)).ShouldBeFalse();
        (await running.AnswerAsync()).IsCut.ShouldBeTrue();
        await GatewayHarness.EventuallyAsync(async () => (await gateway.RowsAsync()).Count == 1, "it has a row");
        var row = (await gateway.RowsAsync()).Single();
        (row.End, row.ErrorType).ShouldBe((ExchangeEnd.Interrupted, "shutdown"), "the caller did not go, and an operator looks for what a stop cost");
        gateway.Server.ExchangesCutOff.ShouldBe(1);
    }
}
