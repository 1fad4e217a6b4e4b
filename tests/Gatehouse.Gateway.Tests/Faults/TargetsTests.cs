using System.Net;
using System.Net.Sockets;
using System.Text;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Faults;

/// <summary>A model with two targets: the second is for a first that fails before the client got anything, and for nothing else.</summary>
public sealed class TargetsTests
{
    private const string Both =
        """[ { "match": "*", "targets": [ { "provider": "first", "model": "first-name" }, { "provider": "up", "model": "second-name" } ] } ]""";

    public static TheoryData<Dialect> Dialects => [.. Caller.All];

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task A_first_that_is_not_there_gives_way(Dialect dialect)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var gone = $"http://{listener.LocalEndpoint}";
        listener.Stop();
        await using var gateway = await StartAsync(gone);
        await ShouldBeAnsweredBySecondAsync(gateway, dialect, attempts: 2);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task A_first_that_fails_gives_way(Dialect dialect)
    {
        await using var first =
            ScriptedUpstream.Answering(503, "content-type: application/json\r\nx-first: yes\r\nretry-after: 9", "{\"error\":\"no\"}");
        await using var gateway = await StartAsync(first.Address);
        var answer = await ShouldBeAnsweredBySecondAsync(gateway, dialect, attempts: 2);
        answer["x-first"].ShouldBeNull();
        answer["retry-after"].ShouldBeNull();
        Encoding.UTF8.GetString(first.Calls.Single().Body).ShouldContain("\"model\":\"first-name\"");
    }

    [Fact]
    public async Task A_first_that_loses_the_connection_is_tried_twice_and_gives_way()
    {
        await using var first = new ScriptedUpstream((connection, _) =>
        {
            connection.Reset();
            return Task.CompletedTask;
        });
        await using var gateway = await StartAsync(first.Address);
        await ShouldBeAnsweredBySecondAsync(gateway, Dialect.Anthropic, attempts: 3);
        first.Calls.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(429)]
    public async Task A_refusal_is_the_answer_and_nobody_else_is_asked(int status)
    {
        await using var first =
            ScriptedUpstream.Answering(status, "content-type: application/json\r\nretry-after: 9", "{\"error\":{\"message\":\"first\"}}");
        await using var gateway = await StartAsync(first.Address);
        await using var client = await RawClient.PostAsync(gateway, "/v1/messages", Caller.Body(Dialect.Anthropic, "m", stream: true));
        var answer = await client.AnswerAsync();
        answer.Status.ShouldBe(status);
        answer["retry-after"].ShouldBe("9");
        answer.Text.ShouldBe("{\"error\":{\"message\":\"first\"}}");
        gateway.Simulator!.Received.All.ShouldNotContain(r => r.Method == "POST");
        var row = (await gateway.RowsAsync()).Single();
        row.Provider.ShouldBe("first");
        row.ModelSent.ShouldBe("first-name");
        row.Attempts.ShouldBe(1);
    }

    [Fact]
    public async Task When_both_fail_the_last_ones_answer_is_the_answer()
    {
        await using var first = ScriptedUpstream.Answering(503, "content-type: text/plain", "first");
        await using var gateway =
            await StartAsync(first.Address, Both.Replace("second-name", "x+status-529-retry-3", StringComparison.Ordinal));
        await using var client = await RawClient.PostAsync(gateway, "/v1/messages", Caller.Body(Dialect.Anthropic, "m", stream: false));
        var answer = await client.AnswerAsync();
        answer.Status.ShouldBe(529);
        answer["retry-after"].ShouldBe("3");
        Caller.ErrorMessage(Dialect.Anthropic, answer.Json).ShouldNotBeEmpty();
        var row = (await gateway.RowsAsync()).Single();
        (row.Provider, row.Attempts, row.UpstreamStatus, row.End).ShouldBe(("up", 2, 529, ExchangeEnd.UpstreamError));
    }

    [Fact]
    public async Task A_first_that_breaks_in_the_middle_is_not_mended_by_the_second()
    {
        await using var first = new ScriptedUpstream(async (connection, _) =>
        {
            await connection.WriteAsync(
                ScriptedUpstream.StreamHead.Replace("connection: close", "content-length: 500", StringComparison.Ordinal));
            await connection.WriteAsync("event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\"}}\n\n");
            connection.Close();
        });
        await using var gateway = await StartAsync(first.Address);
        await using var client = await RawClient.PostAsync(gateway, "/v1/messages", Caller.Body(Dialect.Anthropic, "m", stream: true));
        var answer = await client.AnswerAsync();
        answer.IsCut.ShouldBeTrue();
        answer.Count(Caller.ErrorEvent(Dialect.Anthropic)).ShouldBe(1);
        gateway.Simulator!.Received.All.ShouldNotContain(r => r.Method == "POST");
    }

    private static Task<GatewayHarness> StartAsync(string first, string models = Both) => GatewayHarness.StartAsync(
        providerExtra: $$""" }, "first": { "endpoints": { "anthropic": "{{first}}", "openai-chat": "{{first}}/v1", "openai-responses": "{{first}}/v1" }, "apiKeyEnv": "UP_KEY", "allowPrivateNetwork": true""",
        models: models);

    private static async Task<RawAnswer> ShouldBeAnsweredBySecondAsync(GatewayHarness gateway, Dialect dialect, int attempts)
    {
        await using var client = await RawClient.PostAsync(gateway, Caller.Path(dialect), Caller.Body(dialect, "m", stream: true));
        var answer = await client.AnswerAsync();
        answer.Status.ShouldBe(200, answer.Text);
        answer.IsWhole.ShouldBeTrue();
        answer.Text.ShouldContain(Caller.Terminal(dialect));
        var received = gateway.Simulator!.Received.All.Single(r => r.Method == "POST");
        Encoding.UTF8.GetString(received.Body.Span).ShouldBe(Encoding.UTF8.GetString(Caller.Body(dialect, "second-name", stream: true)));
        var row = (await gateway.RowsAsync()).ShouldHaveSingleItem();
        row.End.ShouldBe(ExchangeEnd.Ok);
        row.Provider.ShouldBe("up");
        row.ModelAsked.ShouldBe("m");
        row.ModelSent.ShouldBe("second-name");
        row.UpstreamStatus.ShouldBe(200);
        row.Attempts.ShouldBe(attempts);
        await AtRest.ShouldComeAsync(gateway);
        return answer;
    }
}
