using System.Text;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Faults;

/// <summary>Clients that go away: the upstream's call ends, and what is known by then is written down.</summary>
public sealed class ClientGoneTests
{
    public static TheoryData<Dialect> Dialects => [.. Caller.All];

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Before_the_upstream_answers(Dialect dialect)
    {
        await using var gateway = await GatewayHarness.StartAsync();
        await using var client = await RawClient.PostAsync(
            gateway, Caller.Path(dialect), Caller.Body(dialect, "m+slow-first-byte-30000", stream: true));
        await GatewayHarness.EventuallyAsync(() =>
            Task.FromResult(gateway.Simulator!.Received.All.Any(r => r.Method == "POST")), "the upstream is called");
        client.Leave();
        var row = await GoneAsync(gateway);
        row.Status.ShouldBeNull();
        row.UpstreamStatus.ShouldBeNull();
        row.Provider.ShouldBe("up");
        row.UsageSource.ShouldBe(UsageSource.None);
    }

    [Theory]
    [InlineData(Dialect.Anthropic, "[long 5000] [slow 20]", "m")]
    [InlineData(Dialect.OpenAiChat, "[long 5000] [slow 20]", "m")]
    [InlineData(Dialect.OpenAiResponses, "[long 5000] [slow 20]", "m")]
    [InlineData(Dialect.Anthropic, "one two three four five", "m+stall-mid")]
    [InlineData(Dialect.OpenAiChat, "one two three four five", "m+stall-mid")]
    [InlineData(Dialect.OpenAiResponses, "one two three four five", "m+stall-inside")]
    public async Task In_the_middle_of_a_stream(Dialect dialect, string prompt, string model)
    {
        await using var gateway = await GatewayHarness.StartAsync();
        await using var client =
            await RawClient.PostAsync(gateway, Caller.Path(dialect), Caller.Body(dialect, model, stream: true, prompt));
        await client.UntilAsync(a => a.Events.Length > 3);
        client.Leave();
        var row = await GoneAsync(gateway);
        row.Status.ShouldBe(200);
        row.UpstreamStatus.ShouldBe(200);
        row.Events.ShouldBeGreaterThanOrEqualTo(3);
        row.ModelUsed.ShouldNotBeNull();
        row.UsageSource.ShouldBe(dialect == Dialect.Anthropic ? UsageSource.Partial : UsageSource.None);
        if (dialect == Dialect.Anthropic) row.Usage.Input.ShouldNotBeNull();
    }

    [Fact]
    public async Task With_more_behind_its_request_than_anybody_takes_in()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        await using var client = await RawClient.PostAsync(
            gateway, Caller.Path(Dialect.Anthropic), Caller.Body(Dialect.Anthropic, "m+stall-mid", stream: true, "one two three four five"));
        await client.UntilAsync(a => a.Events.Length > 3);
        await client.SendMoreAsync(Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 40000\r\n\r\n{new string('x', 40_000)}"));
        client.Leave();
        (await GoneAsync(gateway)).Status.ShouldBe(200);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task In_the_middle_of_a_body(Dialect dialect)
    {
        await using var gateway = await GatewayHarness.StartAsync();
        await using var client =
            await RawClient.PostAsync(gateway, Caller.Path(dialect), Caller.Body(dialect, "m+stall-mid", stream: false));
        await client.UntilAsync(a => a.Body.Length > 0);
        client.Leave();
        (await GoneAsync(gateway)).UsageSource.ShouldBe(UsageSource.None);
    }

    [Fact]
    public async Task In_the_middle_of_an_errors_body()
    {
        var answering = new TaskCompletionSource();
        await using var upstream = new ScriptedUpstream(async (connection, _) =>
        {
            await connection.WriteAsync("HTTP/1.1 400 No\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{\"err");
            answering.SetResult();
            await connection.WaitClosedAsync();
        });
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address);
        await using var client = await RawClient.PostAsync(gateway, "/v1/messages", Caller.Body(Dialect.Anthropic, "m", stream: false));
        await answering.Task.WaitAsync(GatewayHarness.Ceiling);
        client.Leave();
        await upstream.Connections.Single().Closed;
        await AtRest.ShouldComeAsync(gateway);
        (await gateway.RowsAsync()).Single().End.ShouldBe(ExchangeEnd.ClientGone);
    }

    [Fact]
    public async Task Before_its_own_request_was_whole()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        await using var client = await RawClient.SendAsync(gateway, Encoding.ASCII.GetBytes(
            $"POST /v1/messages HTTP/1.1\r\nhost: {gateway.Address.Authority}\r\nauthorization: Bearer {gateway.Token}\r\n"
            + "content-type: application/json\r\ncontent-length: 100000\r\n\r\n{\"model\":\"m\","));
        await GatewayHarness.EventuallyAsync(() => Task.FromResult(gateway.Server.ExchangesRunning == 1), "the request is let in");
        client.Leave();
        await AtRest.ShouldComeAsync(gateway);
        (await gateway.RowsAsync()).ShouldBeEmpty("nothing was admitted");
        gateway.Simulator!.Received.All.ShouldNotContain(r => r.Method == "POST");
    }

    private static async Task<ExchangeRecord> GoneAsync(GatewayHarness gateway)
    {
        var received = gateway.Simulator!.Received.All.Single(r => r.Method == "POST");
        await GatewayHarness.EventuallyAsync(() => Task.FromResult(received.ClientGoneAt is not null), "the upstream's call is ended");
        await AtRest.ShouldComeAsync(gateway);
        var row = (await gateway.RowsAsync()).Single();
        row.End.ShouldBe(ExchangeEnd.ClientGone);
        (await ProviderReport.OfAsync(gateway)).Faults.ShouldBe(0);
        return row;
    }
}
