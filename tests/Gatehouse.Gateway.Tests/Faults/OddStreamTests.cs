using Gatehouse.Dialects;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Faults;

/// <summary>Answers that are odd but whole, or that fail in the upstream's own words: passed on as they are.</summary>
public sealed class OddStreamTests(FaultyGateway faulty) : IClassFixture<FaultyGateway>
{
    public static TheoryData<string, Dialect, bool> Whole()
    {
        var cases = new TheoryData<string, Dialect, bool>();
        foreach (var fault in new[] { "no-usage", "huge-event-300", "split-1", "split-7+crlf", "comments", "crlf+comments",
            "slow-first-event-200" })
        {
            foreach (var dialect in Caller.All)
            {
                cases.Add(fault, dialect, true);
                if (!fault.Contains("crlf", StringComparison.Ordinal) && !fault.Contains("comments", StringComparison.Ordinal))
                    cases.Add(fault, dialect, false);
            }
        }

        return cases;
    }

    /// <summary>A provider's own error event.</summary>
    public static string ErrorEvent(Dialect dialect) => dialect switch
    {
        Dialect.Anthropic => "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Full\"}}\n\n",
        Dialect.OpenAiChat => "data: {\"error\":{\"message\":\"Full\",\"type\":\"overloaded_error\",\"code\":\"overloaded_error\"}}\n\n",
        _ => "event: error\ndata: {\"type\":\"error\",\"code\":\"overloaded_error\",\"message\":\"Full\",\"param\":null,\"sequence_number\":1}\n\n",
    };

    public static TheoryData<Dialect, bool> Calls() => EarlyFaultTests.Calls();

    [Theory]
    [MemberData(nameof(Whole))]
    public async Task A_whole_answer_is_a_good_one_however_it_comes(string fault, Dialect dialect, bool stream)
    {
        var (answer, row) = await faulty.CallAsync(dialect, fault, stream);
        answer.Status.ShouldBe(200);
        answer.IsWhole.ShouldBeTrue(answer.Text.Length > 500 ? answer.Text[^500..] : answer.Text);
        answer.Count(Caller.ErrorEvent(dialect)).ShouldBe(0);
        row.End.ShouldBe(ExchangeEnd.Ok);
        row.ErrorType.ShouldBeNull();
        row.StopReason.ShouldNotBeNull();
        row.ModelUsed.ShouldNotBeNull();
        // The end of the last event is where the row is written; a CR LF may follow it in another piece.
        (answer.Body.Length - row.ResponseBytes).ShouldBeInRange(0, fault.Contains("crlf", StringComparison.Ordinal) ? 2 : 0);
        if (stream) row.Events.ShouldBe(answer.Events.Count(e => e.Split('\n').Any(l => l.StartsWith("data:", StringComparison.Ordinal))));
        if (fault == "no-usage")
        {
            row.UsageSource.ShouldBe(UsageSource.None);
            row.Usage.Input.ShouldBeNull("unknown is not zero");
            row.Usage.Output.ShouldBeNull();
        }
        else
        {
            row.UsageSource.ShouldBe(UsageSource.Upstream);
            row.Usage.Output!.Value.ShouldBeGreaterThan(0);
        }

        await faulty.ShouldBeAtRestAsync(dialect);
    }

    [Theory]
    [InlineData(Dialect.Anthropic)]
    [InlineData(Dialect.OpenAiChat)]
    [InlineData(Dialect.OpenAiResponses)]
    public async Task The_upstreams_own_error_event_is_passed_on_once(Dialect dialect)
    {
        var (answer, row) = await faulty.CallAsync(dialect, "error-event", stream: true);
        answer.Status.ShouldBe(200);
        var mark = dialect == Dialect.OpenAiResponses ? "event: response.failed" : Caller.ErrorEvent(dialect);
        answer.Count(mark).ShouldBe(1);
        answer.Text.ShouldNotContain("Provider 'up'");
        answer.Text.ShouldNotContain(Caller.Terminal(dialect));
        // A failed response is a terminal event of its dialect; the others' streams have no end after an error.
        answer.IsWhole.ShouldBe(dialect == Dialect.OpenAiResponses);
        row.End.ShouldBe(ExchangeEnd.UpstreamError);
        row.Status.ShouldBe(200);
        row.ErrorType.ShouldBe(dialect == Dialect.Anthropic ? "overloaded_error" : "server_error");
        row.ResponseBytes.ShouldBe(answer.Body.Length);
        await faulty.ShouldBeAtRestAsync(dialect);
    }

    [Theory]
    [InlineData(Dialect.Anthropic, false)]
    [InlineData(Dialect.OpenAiChat, false)]
    [InlineData(Dialect.OpenAiResponses, false)]
    [InlineData(Dialect.Anthropic, true)]
    [InlineData(Dialect.OpenAiChat, true)]
    [InlineData(Dialect.OpenAiResponses, true)]
    public async Task Behind_an_error_event_nobody_waits_for_more(Dialect dialect, bool leaves)
    {
        var told = ErrorEvent(dialect);

        // The provider leaves its message open.
        await using var upstream = new ScriptedUpstream(async (connection, _) =>
        {
            await connection.WriteAsync(ScriptedUpstream.StreamHead + told);
            await connection.WaitClosedAsync();
        });
        var keepAlive = leaves ? 60 : 0.1;
        await using var gateway = await GatewayHarness.StartAsync(
            upstream.Address, configExtra: FormattableString.Invariant($$""", "stream": { "keepAliveSeconds": {{keepAlive}} }"""));
        await using var client = await RawClient.PostAsync(gateway, Caller.Path(dialect), Caller.Body(dialect, "m", stream: true));
        await client.UntilAsync(a => a.Text.EndsWith(told, StringComparison.Ordinal));
        if (leaves) client.Leave();
        else
        {
            var answer = await client.AnswerAsync();
            answer.Text.ShouldBe(told);
            answer.IsCut.ShouldBeTrue();
        }

        await AtRest.ShouldComeAsync(gateway);
        var row = (await gateway.RowsAsync()).Single();
        (row.End, row.ErrorType, row.Status).ShouldBe((ExchangeEnd.UpstreamError, "overloaded_error", 200), "an agent's library leaves at the error, and has not gone of its own accord");
        (await ProviderReport.OfAsync(gateway)).Faults.ShouldBe(1);
    }

    [Theory]
    [InlineData(Dialect.Anthropic)]
    [InlineData(Dialect.OpenAiChat)]
    [InlineData(Dialect.OpenAiResponses)]
    public async Task An_error_inside_a_good_status_is_passed_on_and_known(Dialect dialect)
    {
        var (answer, row) = await faulty.CallAsync(dialect, "error-event", stream: false);
        answer.Status.ShouldBe(200);
        answer.IsWhole.ShouldBeTrue();
        answer.Json.GetProperty("error").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Object);
        row.End.ShouldBe(ExchangeEnd.UpstreamError);
        row.ErrorType.ShouldNotBeNull();
        row.ResponseBytes.ShouldBe(answer.Body.Length);
        await faulty.ShouldBeAtRestAsync(dialect);
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_malformed_payload_is_passed_on(Dialect dialect, bool stream)
    {
        var (answer, row) = await faulty.CallAsync(dialect, "bad-json", stream);
        answer.Status.ShouldBe(200);
        // One bad event among good ones is for the client to judge; a body that does not parse is no answer.
        answer.IsWhole.ShouldBeTrue();
        row.End.ShouldBe(stream ? ExchangeEnd.Ok : ExchangeEnd.UpstreamError);
        row.ResponseBytes.ShouldBe(answer.Body.Length);
        answer.Text.ShouldNotContain("Provider 'up'");
        await faulty.ShouldBeAtRestAsync(dialect);
    }
}
