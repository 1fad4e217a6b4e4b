using Gatehouse.Dialects;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Faults;

/// <summary>A silent upstream: the client hears from the gateway, between two events and nowhere else.</summary>
public sealed class KeepAliveTests
{
    private const string Often = """, "stream": { "keepAliveSeconds": 0.05 }""";
    private const string Head = ScriptedUpstream.StreamHead;

    /// <summary>Long enough for several keep-alives to be due.</summary>
    private static readonly TimeSpan s_silence = TimeSpan.FromMilliseconds(400);

    public static TheoryData<Dialect> Dialects => [.. Caller.All];

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Before_the_first_event_and_between_two_the_client_hears_something(Dialect dialect)
    {
        var (before, between) = (new TaskCompletionSource(), new TaskCompletionSource());
        var (first, rest) = Stream(dialect);
        await using var upstream = new ScriptedUpstream(async (connection, _) =>
        {
            await connection.WriteAsync(Head);
            await before.Task.WaitAsync(GatewayHarness.Ceiling);
            await connection.WriteAsync(first);
            await between.Task.WaitAsync(GatewayHarness.Ceiling);
            await connection.WriteAsync(rest);
            connection.Close();
        });
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address, configExtra: Often);
        await using var client = await RawClient.PostAsync(gateway, Caller.Path(dialect), Caller.Body(dialect, "m", stream: true));

        var alive = Caller.KeepAlive(dialect);
        (await client.UntilAsync(a => a.Count(alive) >= 2)).Text.Replace(alive, "", StringComparison.Ordinal).ShouldBeEmpty();
        before.SetResult();
        await client.UntilAsync(a => a.Text.Contains(first + alive, StringComparison.Ordinal));
        between.SetResult();
        var answer = await client.AnswerAsync();
        answer.IsWhole.ShouldBeTrue();
        answer.Text.Replace(alive, "", StringComparison.Ordinal).ShouldBe(first + rest);
        var row = (await gateway.RowsAsync()).Single();
        row.End.ShouldBe(ExchangeEnd.Ok);
        row.ResponseBytes.ShouldBe(first.Length + rest.Length, "the gateway's own bytes are not the upstream's");
        row.Events.ShouldBe(2);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Inside_an_event_nothing_is_put(Dialect dialect)
    {
        var (first, rest) = Stream(dialect);
        await using var upstream = new ScriptedUpstream(async (connection, _) =>
        {
            // Silent before the blank line's second LF, the least that can be missing, and inside the data.
            await connection.WriteAsync(Head + first[..^1]);
            await Task.Delay(s_silence);
            await connection.WriteAsync(first[^1..] + rest[..5]);
            await Task.Delay(s_silence);
            await connection.WriteAsync(rest[5..]);
            connection.Close();
        });
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address, configExtra: Often);
        await using var client = await RawClient.PostAsync(gateway, Caller.Path(dialect), Caller.Body(dialect, "m", stream: true));
        var answer = await client.AnswerAsync();
        answer.IsWhole.ShouldBeTrue();
        answer.Text.ShouldBe(first + rest);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task A_stream_that_declares_its_length_is_kept_alive_and_told_its_error_too(Dialect dialect)
    {
        var silent = new TaskCompletionSource();
        var (first, _) = Stream(dialect);
        await using var upstream = new ScriptedUpstream(async (connection, _) =>
        {
            await connection.WriteAsync($"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: {first.Length}\r\n\r\n");
            await silent.Task.WaitAsync(GatewayHarness.Ceiling);
            await connection.WriteAsync(first);
        });
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address, configExtra: Often);
        await using var client = await RawClient.PostAsync(gateway, Caller.Path(dialect), Caller.Body(dialect, "m", stream: true));
        await client.UntilAsync(a => a.Count(Caller.KeepAlive(dialect)) > 0);
        silent.SetResult();
        var answer = await client.AnswerAsync();
        answer.IsCut.ShouldBeTrue();
        answer.Text.ShouldContain(first);
        answer.Count(Caller.ErrorEvent(dialect)).ShouldBe(1);
        var row = (await gateway.RowsAsync()).Single();
        row.End.ShouldBe(ExchangeEnd.UpstreamError);
        row.ErrorType.ShouldBe("upstream_truncated");
    }

    [Theory]
    [InlineData("content-type: application/json", "{\"id\":\"x\",", "\"a\":1}")]
    [InlineData("content-type: application/json", "", "{}")]
    [InlineData("content-type: text/event-stream\r\ncontent-encoding: zstd", "zzz", "\n\n")]
    public async Task A_body_that_is_no_plain_stream_gets_nothing(string headers, string first, string rest)
    {
        await using var upstream = new ScriptedUpstream(async (connection, _) =>
        {
            await connection.WriteAsync($"HTTP/1.1 200 OK\r\n{headers}\r\nconnection: close\r\n\r\n{first}");
            await Task.Delay(s_silence);
            await connection.WriteAsync(rest);
            connection.Close();
        });
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address, configExtra: Often);
        await using var client = await RawClient.PostAsync(gateway, "/v1/messages", Caller.Body(Dialect.Anthropic, "m", stream: true));
        var answer = await client.AnswerAsync();
        answer.IsWhole.ShouldBeTrue();
        answer.Text.ShouldBe(first + rest);
    }

    private static (string First, string Second) Stream(Dialect dialect) => dialect switch
    {
        Dialect.Anthropic => ("event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\"}}\n\n",
            "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"),
        Dialect.OpenAiChat => ("data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n", "data: [DONE]\n\n"),
        _ => ("event: response.created\ndata: {\"type\":\"response.created\",\"sequence_number\":0,\"response\":{\"id\":\"r\"}}\n\n",
            "event: response.completed\ndata: {\"type\":\"response.completed\",\"sequence_number\":1,\"response\":{\"id\":\"r\"}}\n\n"),
    };
}
