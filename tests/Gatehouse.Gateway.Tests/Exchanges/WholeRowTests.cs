using Gatehouse.Dialects;
using Gatehouse.Dialects.Facts;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Gateway.Tests.Faults;

namespace Gatehouse.Gateway.Tests.Exchanges;

/// <summary>A call of which everything is known: each thing stands in its column, in each dialect, whole and streamed.</summary>
public sealed class WholeRowTests
{
    private static readonly DateTimeOffset s_then = DateTimeOffset.UnixEpoch;

    public static TheoryData<Dialect, bool> Calls() => EarlyFaultTests.Calls();

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task What_caller_provider_and_answer_tell_stands_in_the_row(Dialect dialect, bool stream)
    {
        var answer = Answer(dialect, stream);
        var head = $"content-type: {(stream ? "text/event-stream" : "application/json")}\r\n{(dialect == Dialect.Anthropic ? "request-id" : "x-request-id")}: req_theirs";
        await using var upstream = ScriptedUpstream.Answering(200, head, answer);
        await using var gateway = await GatewayHarness.StartAsync(
            upstream.Address,
            models: """[ { "match": "*", "targets": [ { "provider": "up", "model": "model-sent" } ] } ]""");
        var tenants = new TenantStore(gateway.Store);
        await tenants.AddUserAsync(new User("ann", "Ann", UserRole.Member, ProviderMode.Platform, s_then, null));
        await tenants.AddProjectAsync(new Project("p", "ann", "web", null, s_then));
        await tenants.AddWorkspaceAsync(new Workspace("w", "p", "ann", "box", s_then, null));
        var token = await gateway.MintAsync(
            "whole", one => one with { UserId = "ann", ProjectId = "p", WorkspaceId = "w", Harness = "generic" }, TokenKind.Workspace);
        var body = Caller.Body(dialect, "model-asked", stream);
        var before = TimeProvider.System.GetUtcNow();
        await using var client = await RawClient.PostAsync(
            gateway, Caller.Path(dialect), body, $"authorization: Bearer {token}", "user-agent: claude-cli/2.1.0 (external)", "x-request-id: req-ours",
            "x-claude-code-session-id: s-1", "x-claude-code-agent-id: a-1", "x-claude-code-parent-agent-id: p-1");
        var seen = await client.AnswerAsync();
        seen.Status.ShouldBe(200, seen.Text);
        seen.Text.ShouldBe(answer);

        var row = (await gateway.RowsAsync()).ShouldHaveSingleItem();
        row.Id.ToString().ShouldBe(seen["x-gatehouse-exchange"]);
        row.Id.Version.ShouldBe(7);
        DateTimeOffset.FromUnixTimeMilliseconds(row.StartedAtMicros / 1000).ShouldBeInRange(before.AddSeconds(-1), TimeProvider.System.GetUtcNow());
        row.TokenId.ShouldBe((await new AccessStore(gateway.Store).LoadAsync()).Single(one => one.Token.Name == "whole").Token.Id);
        (row.UserId, row.ProjectId, row.WorkspaceId, row.Harness).ShouldBe(("ann", "p", "w", "generic"));
        (row.ClientDialect, row.UpstreamDialect, row.Stream).ShouldBe((dialect, dialect, stream));
        row.Operation.ShouldBe(dialect switch
        {
            Dialect.Anthropic => ExchangeOperation.Messages,
            Dialect.OpenAiChat => ExchangeOperation.ChatCompletions,
            _ => ExchangeOperation.Responses,
        });
        (row.Provider, row.CredentialId, row.CredentialSource, row.CredentialOwner).ShouldBe(("up", "env:UP_KEY", "env", "platform"));
        (row.ModelAsked, row.ModelSent, row.ModelUsed).ShouldBe(("model-asked", "model-sent", "model-used"));
        (row.End, row.Status, row.UpstreamStatus, row.ErrorType, row.Attempts).ShouldBe((ExchangeEnd.Ok, 200, 200, null, 1));
        row.StopReason.ShouldBe(dialect switch { Dialect.Anthropic => "end_turn", Dialect.OpenAiChat => "stop", _ => "completed" });
        (row.ServiceTier, row.ResponseId).ShouldBe(("priority", "id_theirs"));
        row.ServerTools.ShouldBe(dialect switch
        {
            Dialect.Anthropic => """{"web_search_requests":2}""",
            Dialect.OpenAiChat => null,
            _ => """{"web_search_call":1}""",
        });
        (row.UsageSource, row.Usage).ShouldBe((UsageSource.Upstream, dialect == Dialect.Anthropic
            ? new Usage { Input = 11, Output = 13, CacheRead = 7, CacheWrite = 5, CacheWrite5m = 2, CacheWrite1h = 3 }
            : new Usage { Input = 18, Output = 13, CacheRead = 7, Reasoning = 4, InputIncludesCache = true }));
        (row.RequestBytes, row.ResponseBytes).ShouldBe((body.Length, answer.Length));
        row.Events.ShouldBe(stream ? seen.Events.Length - 1 : 0);
        row.FirstByteMicros.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(row.OverheadMicros.ShouldNotBeNull());
        row.DurationMicros.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(row.FirstByteMicros.Value);
        (row.ClientRequestId, row.UpstreamRequestId).ShouldBe(("req-ours", "req_theirs"));
        (row.Client, row.SessionId, row.AgentId, row.ParentAgentId).ShouldBe(("claude-cli", "s-1", "a-1", "p-1"));
    }

    /// <summary>What nobody told is unknown, and never 0.</summary>
    [Theory]
    [MemberData(nameof(Calls))]
    public async Task What_nobody_tells_is_null(Dialect dialect, bool stream)
    {
        var answer = dialect switch
        {
            Dialect.Anthropic when stream => "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
            Dialect.OpenAiChat when stream => "data: [DONE]\n\n",
            Dialect.OpenAiResponses when stream => "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{}}\n\n",
            _ => "{}",
        };
        await using var upstream = ScriptedUpstream.Answering(200, $"content-type: {(stream ? "text/event-stream" : "application/json")}", answer);
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address);
        await using var client = await RawClient.PostAsync(gateway, Caller.Path(dialect), Caller.Body(dialect, "m", stream));
        (await client.AnswerAsync()).Status.ShouldBe(200);

        var row = (await gateway.RowsAsync()).ShouldHaveSingleItem();
        (row.End, row.UsageSource).ShouldBe((ExchangeEnd.Ok, UsageSource.None));
        var usage = row.Usage;
        ((long?[])[usage.Input, usage.Output, usage.CacheRead, usage.CacheWrite, usage.CacheWrite5m, usage.CacheWrite1h, usage.Reasoning]).ShouldAllBe(one => one == null);
        ((string?[])[
            row.UserId, row.ProjectId, row.WorkspaceId, row.Harness, row.ModelUsed, row.StopReason, row.ServiceTier, row.ServerTools, row.ErrorType, row.ClientRequestId,
            row.UpstreamRequestId, row.ResponseId, row.Client, row.SessionId, row.AgentId, row.ParentAgentId, row.Losses]).ShouldAllBe(one => one == null);
    }

    private static string Answer(Dialect dialect, bool stream)
    {
        const string messageUsage =
            """{"input_tokens":11,"cache_creation_input_tokens":5,"cache_read_input_tokens":7,"cache_creation":{"ephemeral_5m_input_tokens":2,"ephemeral_1h_input_tokens":3},"output_tokens":13,"server_tool_use":{"web_search_requests":2},"service_tier":"priority"}""";
        const string chatUsage =
            """{"prompt_tokens":18,"completion_tokens":13,"total_tokens":31,"prompt_tokens_details":{"cached_tokens":7},"completion_tokens_details":{"reasoning_tokens":4}}""";
        const string response =
            """{"id":"id_theirs","object":"response","status":"completed","model":"model-used","service_tier":"priority","output":[{"type":"web_search_call","id":"ws_1","status":"completed"},{"type":"message","id":"msg_1","role":"assistant","status":"completed","content":[{"type":"output_text","text":"Hi","annotations":[]}]}],"usage":{"input_tokens":18,"input_tokens_details":{"cached_tokens":7},"output_tokens":13,"output_tokens_details":{"reasoning_tokens":4},"total_tokens":31}}""";
        return (dialect, stream) switch
        {
            (Dialect.Anthropic, false) =>
                """{"id":"id_theirs","type":"message","role":"assistant","model":"model-used","content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn","stop_sequence":null,"usage":"""
                + messageUsage + "}",
            (Dialect.Anthropic, true) =>
                Event("message_start", """{"type":"message_start","message":{"id":"id_theirs","type":"message","role":"assistant","model":"model-used","content":[],"stop_reason":null,"usage":"""
                    + messageUsage.Replace("13", "1", StringComparison.Ordinal) + "}}")
                + Event("message_delta", """{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":""" + messageUsage + "}")
                + Event("message_stop", """{"type":"message_stop"}"""),
            (Dialect.OpenAiChat, false) =>
                """{"id":"id_theirs","object":"chat.completion","created":1,"model":"model-used","service_tier":"priority","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"usage":"""
                + chatUsage + "}",
            (Dialect.OpenAiChat, true) =>
                """data: {"id":"id_theirs","object":"chat.completion.chunk","created":1,"model":"model-used","service_tier":"priority","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}],"usage":null}""" + "\n\n"
                + """data: {"id":"id_theirs","object":"chat.completion.chunk","created":1,"model":"model-used","service_tier":"priority","choices":[],"usage":""" + chatUsage + "}\n\ndata: [DONE]\n\n",
            (_, false) => response,
            _ => Event("response.created", """{"type":"response.created","sequence_number":0,"response":{"id":"id_theirs","status":"in_progress","model":"model-used"}}""")
                + Event("response.completed", """{"type":"response.completed","sequence_number":1,"response":""" + response + "}"),
        };

        static string Event(string name, string data) => $"event: {name}\ndata: {data}\n\n";
    }
}
