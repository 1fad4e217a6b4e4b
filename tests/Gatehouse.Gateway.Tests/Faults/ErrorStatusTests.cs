using System.Text;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Faults;

/// <summary>An upstream that answers with an error: the caller sees that error and no other.</summary>
public sealed class ErrorStatusTests(FaultyGateway faulty) : IClassFixture<FaultyGateway>
{
    public static TheoryData<int, Dialect, bool> Cases()
    {
        var cases = new TheoryData<int, Dialect, bool>();
        foreach (var status in new[] { 400, 401, 403, 404, 413, 429, 500, 503, 529 })
        {
            foreach (var dialect in Caller.All)
            {
                cases.Add(status, dialect, false);
                cases.Add(status, dialect, true);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Status_headers_and_shape_are_the_upstreams(int status, Dialect dialect, bool stream)
    {
        var (answer, row) = await faulty.CallAsync(dialect, $"status-{status}-retry-7", stream);

        answer.Status.ShouldBe(status);
        answer.IsWhole.ShouldBeTrue();
        answer["retry-after"].ShouldBe("7");
        Caller.ErrorMessage(dialect, answer.Json).ShouldNotBeEmpty();
        answer[dialect == Dialect.Anthropic ? "request-id" : "x-request-id"].ShouldBe(row.UpstreamRequestId);
        answer[dialect == Dialect.Anthropic ? "anthropic-ratelimit-requests-limit" : "x-ratelimit-limit-requests"].ShouldNotBeNull();
        answer["x-gatehouse-exchange"].ShouldBe(row.Id.ToString());

        row.End.ShouldBe(status >= 500 ? ExchangeEnd.UpstreamError : ExchangeEnd.ClientError);
        row.Status.ShouldBe(status);
        row.UpstreamStatus.ShouldBe(status);
        row.ErrorType.ShouldNotBeNull();
        row.UsageSource.ShouldBe(UsageSource.None);
        row.Usage.IsEmpty.ShouldBeTrue();
        row.Events.ShouldBe(0);
        row.ResponseBytes.ShouldBe(answer.Body.Length);
        row.Attempts.ShouldBe(1);
        await faulty.ShouldBeAtRestAsync(dialect);
    }

    [Theory]
    [InlineData(400, "application/json", "{ \"error\" : {\"type\":\"x_error\",\"message\":\"caf\u00e9 \\u00e9\", \"zzz\": [1 ,2]} }\n")]
    [InlineData(404, "text/html", "<html>no such page</html>")]
    [InlineData(422, "application/problem+json", "{\"detail\":[{\"loc\":[\"body\"]}]}")]
    [InlineData(429, "text/plain", "")]
    [InlineData(500, "text/plain", "upstream connect error")]
    [InlineData(503, "application/json", "not json at all {")]
    public async Task The_body_is_the_upstreams_byte_for_byte_whatever_it_is(int status, string type, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        await using var upstream = ScriptedUpstream.Answering(status, $"content-type: {type}\r\nx-told: a", body);
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address);
        foreach (var dialect in Caller.All)
        {
            await using var client = await RawClient.PostAsync(gateway, Caller.Path(dialect), Caller.Body(dialect, "m", stream: true));
            var answer = await client.AnswerAsync();
            answer.Status.ShouldBe(status);
            answer.IsWhole.ShouldBeTrue();
            answer.Body.ShouldBe(bytes);
            answer["content-type"].ShouldBe(type);
            answer["content-length"].ShouldBe(bytes.Length.ToString(System.Globalization.CultureInfo.InvariantCulture));
            answer["x-told"].ShouldBe("a");
        }

        await AtRest.ShouldComeAsync(gateway);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_errors_first_byte_is_its_first_and_one_without_a_body_has_none(bool isTranslated)
    {
        await using var slow = new ScriptedUpstream(async (connection, _) =>
        {
            await connection.WriteAsync("HTTP/1.1 400 No\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{");
            // Far longer than a busy machine needs to read the first of them.
            await Task.Delay(2_000);
            await connection.WriteAsync("}");
        });
        await using var empty = ScriptedUpstream.Answering(400, "content-type: application/json", "");
        await using var broken = new ScriptedUpstream(async (connection, _) =>
        {
            await connection.WriteAsync("HTTP/1.1 400 No\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{\"a\"");
            connection.Close();
        });
        var rows = new List<ExchangeRecord>();
        foreach (var upstream in (ScriptedUpstream[])[slow, empty, broken])
        {
            var models = isTranslated ? """[ { "match": "*", "targets": [ { "provider": "up", "dialect": "openai-chat" } ] } ]""" : null;
            await using var gateway = await GatewayHarness.StartAsync(upstream.Address, models: models);
            await using var client = await RawClient.PostAsync(gateway, "/v1/messages", Caller.Body(Dialect.Anthropic, "m", stream: false));
            (await client.AnswerAsync()).Status.ShouldBe(upstream == broken ? 502 : 400);
            rows.Add((await gateway.RowsAsync()).ShouldHaveSingleItem());
        }

        (rows[0].DurationMicros - rows[0].FirstByteMicros).ShouldNotBeNull().ShouldBeGreaterThan(500_000);
        rows.Select(static row => row.FirstByteMicros is not null).ShouldBe([true, false, true]);
        rows.Select(static row => row.ResponseBytes).ShouldBe([2, 0, 4]);
    }

    [Fact]
    public async Task An_error_longer_than_what_is_held_back_comes_whole()
    {
        var body = "{\"error\":{\"message\":\"" + new string('x', 300_000) + "\"}}";
        await using var upstream = ScriptedUpstream.Answering(400, "content-type: application/json", body);
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address);
        await using var client = await RawClient.PostAsync(gateway, "/v1/messages", Caller.Body(Dialect.Anthropic, "m", false));
        var answer = await client.AnswerAsync();
        answer.IsWhole.ShouldBeTrue();
        answer.Text.ShouldBe(body);
        (await gateway.RowsAsync()).Single().End.ShouldBe(ExchangeEnd.ClientError);
    }

    [Theory]
    [InlineData(100, true, 502, ExchangeEnd.UpstreamError, "upstream_reset")]
    [InlineData(100, false, 504, ExchangeEnd.Timeout, "idle_timeout")]
    [InlineData(100_000, true, 400, ExchangeEnd.UpstreamError, "upstream_reset")]
    [InlineData(100_000, false, 400, ExchangeEnd.Timeout, "idle_timeout")]
    [InlineData(100_000, true, 400, ExchangeEnd.UpstreamError, "upstream_reset", true)]
    [InlineData(100_000, false, 400, ExchangeEnd.Timeout, "idle_timeout", true)]
    public async Task An_error_that_breaks_off_or_falls_silent_for_the_idle_deadline_is_given_up(
        int sent, bool breaks, int status, ExchangeEnd end, string type, bool inChunks = false)
    {
        await using var upstream = new ScriptedUpstream(async (connection, _) =>
        {
            var framing = inChunks ? $"transfer-encoding: chunked\r\n\r\n{sent:x}\r\n" : "content-length: 200000\r\n\r\n";
            await connection.WriteAsync("HTTP/1.1 400 No\r\ncontent-type: application/json\r\n" + framing + new string('x', sent) + (inChunks ? "\r\n" : ""));
            if (breaks) connection.Close();
            else await connection.WaitClosedAsync();
        });
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address, """, "deadlines": { "idleSeconds": 0.3 }""");
        await using var client = await RawClient.PostAsync(gateway, "/v1/messages", Caller.Body(Dialect.Anthropic, "m", false));
        var answer = await client.AnswerAsync();
        // What was held back becomes an error of the gateway's own; what was already sent can only be cut.
        answer.Status.ShouldBe(status);
        answer.IsCut.ShouldBe(status == 400);
        var row = (await gateway.RowsAsync()).Single();
        (row.End, row.ErrorType, row.Status).ShouldBe((end, type, status));
        (await ProviderReport.OfAsync(gateway)).Faults.ShouldBe(1, "it counts against the provider");
        await AtRest.ShouldComeAsync(gateway);
    }
}
