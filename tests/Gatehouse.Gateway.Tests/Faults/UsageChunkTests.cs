using System.Text;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Faults;

/// <summary>The chunk with a chat stream's usage: asked for always, given to those who asked.</summary>
public sealed class UsageChunkTests
{
    private const string Chunks = "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}],\"usage\":null}\n\n";
    private const string Usage =
        "data: {\"id\":\"c\",\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4,\"total_tokens\":7}}\n\n";
    private const string Done = "data: [DONE]\n\n";

    [Theory]
    [InlineData(",\"stream_options\":{\"include_usage\":true}", ",\"stream_options\":{\"include_usage\":true}", true)]
    [InlineData("", ",\"stream_options\":{\"include_usage\":true}", false)]
    [InlineData(",\"stream_options\":{\"include_usage\":false}", ",\"stream_options\":{\"include_usage\":true}", false)]
    [InlineData(",\"stream_options\":{\"x\":1}", ",\"stream_options\":{\"x\":1,\"include_usage\":true}", false)]
    [InlineData(",\"stream_options\":null", ",\"stream_options\":{\"include_usage\":true}", false)]
    public async Task It_is_kept_from_those_who_did_not_ask(string asked, string sent, bool gets)
    {
        await using var upstream = ScriptedUpstream.Answering(200, "content-type: text/event-stream", Chunks + Usage + Done);
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address);
        var answer = await CallAsync(gateway, asked);
        answer.IsWhole.ShouldBeTrue();
        answer.Text.ShouldBe(gets ? Chunks + Usage + Done : Chunks + Done);
        Normal(Encoding.UTF8.GetString(upstream.Calls.Single().Body)).ShouldBe(Normal(Body(sent)));
        var row = (await gateway.RowsAsync()).Single();
        row.Usage.Input.ShouldBe(3);
        row.Usage.Output.ShouldBe(4);
        row.UsageSource.ShouldBe(UsageSource.Upstream);
        row.Events.ShouldBe(3);
        row.Losses.ShouldBeNull("asking for usage takes nothing away");
    }

    [Theory]
    [InlineData("", "identity")]
    [InlineData(",\"stream_options\":{\"include_usage\":true}", "gzip, br")]
    public async Task It_can_be_kept_back_because_no_compressed_answer_is_asked_for(string asked, string coding)
    {
        await using var upstream = ScriptedUpstream.Answering(200, "content-type: text/event-stream", Chunks + Usage + Done);
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address);
        (await CallAsync(gateway, asked, "accept-encoding: gzip, br")).IsWhole.ShouldBeTrue();
        upstream.Calls.Single()["accept-encoding"].ShouldBe(coding);
    }

    [Fact]
    public async Task A_provider_can_be_spared_the_question()
    {
        await using var upstream = ScriptedUpstream.Answering(200, "content-type: text/event-stream", Chunks + Done);
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address, """, "includeUsage": false""");
        var answer = await CallAsync(gateway, "");
        answer.Text.ShouldBe(Chunks + Done);
        Encoding.UTF8.GetString(upstream.Calls.Single().Body).ShouldBe(Body(""));
        (await gateway.RowsAsync()).Single().UsageSource.ShouldBe(UsageSource.None);
    }

    [Theory]
    [InlineData("")]
    [InlineData(",\"stream_options\":{\"include_usage\":true}")]
    public async Task A_host_that_refuses_stream_options_gets_none(string asked)
    {
        await using var upstream = ScriptedUpstream.Answering(200, "content-type: text/event-stream", Chunks + Usage + Done);
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address, """, "edits": ["no-stream-options"]""");
        var answer = await CallAsync(gateway, asked);
        Encoding.UTF8.GetString(upstream.Calls.Single().Body).ShouldBe(Body(""));
        answer["x-gatehouse-losses"].ShouldBe(asked.Length > 0 ? "no-stream-options" : null);
    }

    [Theory]
    [InlineData(6, false)]
    [InlineData(16, false)]
    [InlineData(40, false)]
    [InlineData(40, true)]
    [InlineData(-2, false)]
    [InlineData(-1, true)]
    public async Task Nothing_of_one_in_which_the_provider_dies_goes_out(int length, bool inOrder)
    {
        var part = length > 0 ? Usage[..length] : Usage[..^-length];
        await using var upstream = new ScriptedUpstream(async (connection, _) =>
        {
            await connection.WriteAsync((inOrder ? ScriptedUpstream.StreamHead : ScriptedUpstream.StreamHead.Replace(
                "connection: close", "content-length: 5000", StringComparison.Ordinal)) + Chunks + part);
            connection.Close();
        });
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address);
        var answer = await CallAsync(gateway, "");
        answer.IsCut.ShouldBeTrue();
        answer.Text.ShouldStartWith(Chunks + "data: {\"error\"");
        answer.Count("data: ").ShouldBe(2, answer.Text);
        Caller.EndsWithErrorEvent(Dialects.Dialect.OpenAiChat, answer);
        var row = (await gateway.RowsAsync()).ShouldHaveSingleItem();
        (row.End, row.ErrorType).ShouldBe((ExchangeEnd.UpstreamError, inOrder ? "upstream_truncated" : "upstream_reset"));
        (await ProviderReport.OfAsync(gateway)).Faults.ShouldBe(1);
    }

    [Fact]
    public async Task While_the_provider_is_silent_inside_one_the_client_gets_keep_alives_and_then_the_error()
    {
        await using var upstream = new ScriptedUpstream(async (connection, _) =>
        {
            await connection.WriteAsync(ScriptedUpstream.StreamHead + Chunks + Usage[..40]);
            await connection.WaitClosedAsync();
        });
        await using var gateway = await GatewayHarness.StartAsync(
            upstream.Address, providerExtra: """, "deadlines": { "idleSeconds": 1 }""", configExtra: """, "stream": { "keepAliveSeconds": 0.1 }""");
        var answer = await CallAsync(gateway, "");
        answer.IsCut.ShouldBeTrue();
        var keepAlive = Caller.KeepAlive(Dialects.Dialect.OpenAiChat);
        answer.Text.ShouldStartWith(Chunks + keepAlive);
        answer.Text.Replace(keepAlive, "", StringComparison.Ordinal).ShouldStartWith(Chunks + "data: {\"error\"");
        Caller.EndsWithErrorEvent(Dialects.Dialect.OpenAiChat, answer);
        (await gateway.RowsAsync()).ShouldHaveSingleItem().End.ShouldBe(ExchangeEnd.Timeout);
    }

    [Theory]
    [InlineData(200, "application/json")]
    [InlineData(429, "application/json")]
    public async Task An_answer_that_is_no_stream_keeps_its_length(int status, string type)
    {
        await using var upstream = ScriptedUpstream.Answering(status, "content-type: " + type, "{\"choices\":[],\"usage\":{}}");
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address);
        var answer = await CallAsync(gateway, "");
        answer.Status.ShouldBe(status);
        answer.Text.ShouldBe("{\"choices\":[],\"usage\":{}}");
        answer["content-length"].ShouldBe("25");
    }

    private static async Task<RawAnswer> CallAsync(GatewayHarness gateway, string options, params string[] headers)
    {
        await using var client = await RawClient.PostAsync(gateway, "/v1/chat/completions", Encoding.UTF8.GetBytes(Body(options)), headers);
        return await client.AnswerAsync();
    }

    private static string Body(string options) =>
        $$"""{"model":"m","messages":[{"role":"user","content":"Hi"}],"stream":true{{options}}}""";

    /// <summary>Where the member was put does not matter, what it says does.</summary>
    private static string Normal(string body) => string.Join(',', System.Text.Json.JsonDocument.Parse(body).RootElement.EnumerateObject()
        .OrderBy(p => p.Name, StringComparer.Ordinal)
        .Select(p => p.Name + "=" + (p.Value.ValueKind == System.Text.Json.JsonValueKind.Object
            ? string.Join(';', p.Value.EnumerateObject().OrderBy(q => q.Name, StringComparer.Ordinal)
                .Select(q => q.Name + q.Value)) : p.Value.GetRawText())));
}
