using Gatehouse.Dialects;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Faults;

/// <summary>
/// What goes wrong before the upstream has given a status: tried once more where nothing was sent, else an error of the gateway's own.
/// </summary>
public sealed class EarlyFaultTests(FaultyGateway faulty) : IClassFixture<FaultyGateway>
{
    public static TheoryData<Dialect, bool> Calls()
    {
        var calls = new TheoryData<Dialect, bool>();
        foreach (var dialect in Caller.All)
        {
            calls.Add(dialect, false);
            calls.Add(dialect, true);
        }

        return calls;
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_connection_lost_twice_is_a_502_in_the_dialect(Dialect dialect, bool stream)
    {
        var (answer, row) = await faulty.CallAsync(dialect, "reset-before-headers", stream);
        answer.Status.ShouldBe(502);
        answer.IsWhole.ShouldBeTrue();
        answer["content-type"].ShouldBe("application/json");
        answer["x-gatehouse-exchange"].ShouldBe(row.Id.ToString());
        Caller.ErrorMessage(dialect, answer.Json).ShouldContain("Provider 'up'");
        row.End.ShouldBe(ExchangeEnd.UpstreamError);
        row.Status.ShouldBe(502);
        row.UpstreamStatus.ShouldBeNull();
        row.ErrorType.ShouldBe("upstream_reset");
        row.Attempts.ShouldBe(2);
        row.UsageSource.ShouldBe(UsageSource.None);
        row.ResponseBytes.ShouldBe(0);
        await faulty.ShouldBeAtRestAsync(dialect);
    }

    /// <summary>What has begun to answer has taken the call up: it is not sent again, and the caller is not told that it was.</summary>
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-ty")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n")]
    public async Task A_connection_lost_in_the_head_of_an_answer_is_a_502_after_one_try(string begun)
    {
        await using var upstream = new ScriptedUpstream(async (connection, _) =>
        {
            await connection.WriteAsync(begun);
            connection.Close();
        });
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address);
        await using var client = await RawClient.PostAsync(gateway, "/v1/messages", Caller.Body(Dialect.Anthropic, "m", stream: false));
        var answer = await client.AnswerAsync();
        answer.Status.ShouldBe(502);
        var message = Caller.ErrorMessage(Dialect.Anthropic, answer.Json);
        message.ShouldContain("Provider 'up'");
        message.ShouldNotContain("twice");
        upstream.Calls.Count.ShouldBe(1);
        var row = (await gateway.RowsAsync()).Single();
        row.ErrorType.ShouldBe("upstream_reset");
        row.Attempts.ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_connection_lost_once_is_not_noticed_by_the_client(Dialect dialect, bool stream)
    {
        // The fault strikes each other request of a model; the two forms of a call must not share the count.
        var (answer, row) = await faulty.CallAsync(
            dialect, $"reset-once-before-headers+split-{(stream ? 700 : 800) + (int)dialect}", stream);
        answer.Status.ShouldBe(200, answer.Text);
        answer.IsWhole.ShouldBeTrue();
        if (stream) answer.Text.ShouldContain(Caller.Terminal(dialect));
        row.End.ShouldBe(ExchangeEnd.Ok);
        row.Attempts.ShouldBe(2);
        row.ErrorType.ShouldBeNull();
        row.UsageSource.ShouldBe(UsageSource.Upstream);
        await faulty.ShouldBeAtRestAsync(dialect);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_web_page_is_a_502_and_not_passed_on(Dialect dialect, bool stream)
    {
        var (answer, row) = await faulty.CallAsync(dialect, "html", stream);
        answer.Status.ShouldBe(502);
        answer["content-type"].ShouldBe("application/json");
        Caller.ErrorMessage(dialect, answer.Json).ShouldContain("web page");
        answer.Text.ShouldNotContain("sign in", Case.Insensitive);
        row.End.ShouldBe(ExchangeEnd.UpstreamError);
        row.UpstreamStatus.ShouldBe(200);
        row.Status.ShouldBe(502);
        row.ErrorType.ShouldBe("unexpected_content_type");
        await faulty.ShouldBeAtRestAsync(dialect);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_slow_first_byte_is_waited_for(Dialect dialect, bool stream)
    {
        // Longer than the idle deadline of this gateway, which is for what comes after the first byte.
        var (answer, row) = await faulty.CallAsync(dialect, "slow-first-byte-700", stream);
        answer.Status.ShouldBe(200);
        answer.IsWhole.ShouldBeTrue();
        row.End.ShouldBe(ExchangeEnd.Ok);
        row.FirstByteMicros!.Value.ShouldBeGreaterThanOrEqualTo(650_000);
        row.OverheadMicros!.Value.ShouldBeLessThan(row.FirstByteMicros.Value);
        await faulty.ShouldBeAtRestAsync(dialect);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_first_byte_that_comes_too_late_is_a_504_in_the_dialect(Dialect dialect, bool stream)
    {
        await using var gateway = await GatewayHarness.StartAsync(providerExtra: """, "deadlines": { "firstByteSeconds": 0.3 }""");
        await using var client = await RawClient.PostAsync(
            gateway, Caller.Path(dialect), Caller.Body(dialect, "model-x+slow-first-byte-30000", stream));
        var answer = await client.AnswerAsync();
        answer.Status.ShouldBe(504);
        answer.IsWhole.ShouldBeTrue();
        Caller.ErrorMessage(dialect, answer.Json).ShouldContain("Provider 'up'");
        var row = (await gateway.RowsAsync()).Single();
        row.End.ShouldBe(ExchangeEnd.Timeout);
        row.Status.ShouldBe(504);
        row.ErrorType.ShouldBe("first_byte_timeout");
        row.UpstreamStatus.ShouldBeNull();
        row.Attempts.ShouldBe(1);
        var received = gateway.Simulator!.Received.All.Single(r => r.Method == "POST");
        await GatewayHarness.EventuallyAsync(() => Task.FromResult(received.ClientGoneAt is not null), "the upstream's call is ended");
        await AtRest.ShouldComeAsync(gateway);
    }

    [Fact]
    public async Task A_connection_lost_inside_the_answers_head_is_told_as_the_one_try_that_it_was()
    {
        await using var upstream = new ScriptedUpstream(async (connection, _) =>
        {
            await connection.WriteAsync("HTTP/1.1 200 OK\r\ncontent-ty");
            connection.Close();
        });
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address);
        await using var client = await RawClient.PostAsync(gateway, "/v1/messages", Caller.Body(Dialect.Anthropic, "m", stream: true));
        var answer = await client.AnswerAsync();
        answer.Status.ShouldBe(502);
        Caller.ErrorMessage(Dialect.Anthropic, answer.Json).ShouldContain("closed the connection before it answered. Trying");
        (await gateway.RowsAsync()).Single().Attempts.ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_provider_that_is_not_there_is_a_502(Dialect dialect, bool stream)
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var address = $"http://{listener.LocalEndpoint}";
        listener.Stop();
        await using var gateway = await GatewayHarness.StartAsync(address);
        await using var client = await RawClient.PostAsync(gateway, Caller.Path(dialect), Caller.Body(dialect, "m", stream));
        var answer = await client.AnswerAsync();
        answer.Status.ShouldBe(502);
        Caller.ErrorMessage(dialect, answer.Json).ShouldContain("could not be reached");
        var row = (await gateway.RowsAsync()).Single();
        row.ErrorType.ShouldBe("connect_failed");
        row.End.ShouldBe(ExchangeEnd.UpstreamError);
        await AtRest.ShouldComeAsync(gateway);
    }
}
