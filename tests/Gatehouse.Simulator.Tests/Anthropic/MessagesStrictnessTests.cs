using Gatehouse.Simulator.Tests.Wire;

namespace Gatehouse.Simulator.Tests.Anthropic;

public sealed class MessagesStrictnessTests : IAsyncLifetime
{
    private const string User = """{"role":"user","content":"hi"}""";
    private const string Use = """{"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"t","input":{}}]}""";
    private const string Result = """{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"ok"}]}""";
    private const string Tool = """{"name":"t","input_schema":{"type":"object"}}""";
    private SimulatorServer _server = null!;

    /// <summary>Fields after model and max_tokens, and what the vendor says to them.</summary>
    public static TheoryData<string, string> Refused => new()
    {
        { """ "x":1 """, "messages: Field required" },
        { """ "messages":[] """, "messages: at least one message is required" },
        { """ "messages":"hi" """, "messages: Input should be a valid list" },
        { """ "messages":[1] """, "messages.0: Input should be a valid dictionary" },
        { """ "messages":[{"role":"user"}] """, "messages.0.content: Field required" },
        { """ "messages":[{"content":"x"}] """, "messages.0.role: Field required" },
        { """ "messages":[{"role":"tool","content":"x"}] """, "messages.0.role: Input should be 'user' or 'assistant'" },
        { $$$""" "messages":[{{{User}}},{"role":"system","content":"x"}] """, "messages: Unexpected role \"system\"." },
        { """ "messages":[{"role":"assistant","content":"x"}] """, "messages: first message must use the \"user\" role" },
        { """ "messages":[{"role":"user","content":""}] """, "messages.0: all messages must have non-empty content" },
        { """ "messages":[{"role":"user","content":5}] """, "messages.0.content: Input should be a valid list" },
        { """ "messages":[{"role":"user","content":"x","name":"y"}] """, "messages.0.name: Extra inputs are not permitted" },
        { """ "messages":[{"role":"user","content":[{"type":"text","text":""}]}] """, "messages: text content blocks must be non-empty" },
        { """ "messages":[{"role":"user","content":[{"type":"text","text":"x","foo":1}]}] """,
            "messages.0.content.0.text.foo: Extra inputs are not permitted" },
        { """ "messages":[{"role":"user","content":[{"type":"foo"}]}] """, "messages.0.content.0: Input tag 'foo' found using 'type'" },
        { """ "messages":[{"role":"user","content":[{"text":"x"}]}] """, "messages.0.content.0.type: Field required" },
        { """ "messages":[{"role":"user","content":[{"type":"image"}]}] """, "messages.0.content.0.image.source: Field required" },
        { """ "messages":[{"role":"user","content":[{"type":"text","text":5}]}] """,
            "messages.0.content.0.text.text: Input should be a valid string" },
        { """ "messages":[{"role":"user","content":[{"type":"text","text":"x","cache_control":{"type":"forever"}}]}] """,
            "messages.0.content.0.text.cache_control: Input tag 'forever' found using 'type'" },
        { """ "messages":[{"role":"user","content":[{"type":"image","source":{"type":"disk"}}]}] """,
            "messages.0.content.0.image.source: Input tag 'disk' found using 'type'" },
        { """ "messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png"}}]}] """,
            "messages.0.content.0.image.source.base64.data: Field required" },
        { """ "messages":[{"role":"user","content":[{"type":"document","source":{"type":"url","url":5}}]}] """,
            "messages.0.content.0.document.source.url.url: Input should be a valid string" },
        { Answered("\"content\":{}"), "messages.2.content.0.tool_result.content: Input should be a valid list" },
        { Answered("\"content\":[{\"type\":\"thinking\"}]"), "messages.2.content.0.tool_result.content.0: Input tag 'thinking' found using 'type'" },
        { Answered("\"content\":[{\"type\":\"text\"}]"), "messages.2.content.0.tool_result.content.0.text.text: Field required" },
        { Answered("\"content\":[{\"type\":\"image\",\"source\":5}]"), "messages.2.content.0.tool_result.content.0.image.source: Input should be a valid dictionary" },
        { Answered("\"content\":\"x\",\"is_error\":\"no\""), "messages.2.content.0.tool_result.is_error: Input should be a valid boolean" },
        { $$$""" "messages":[{{{User}}}],"tools":[{"name":"t","input_schema":{"type":"string"}}] """,
            "tools.0.custom.input_schema.type: Input should be 'object'" },
        { $$$""" "messages":[{{{User}}}],"tools":[{"name":"t","input_schema":{"type":"object"},"cache_control":{"type":"ephemeral","ttl":"2h"}}] """,
            "tools.0.cache_control.ephemeral.ttl: Input should be '5m' or '1h'" },
        { $$$""" "messages":[{{{User}}}],"foo":1 """, "foo: Extra inputs are not permitted" },
        { $$$""" "messages":[{{{User}}}],"stream":"yes" """, "stream: Input should be a valid boolean" },
        { $$$""" "messages":[{{{User}}}],"system":1 """, "system: Input should be a valid" },
        { $$$""" "messages":[{{{User}}}],"system":[{"type":"image"}] """, "system.0.type: Input should be 'text'" },
        { $$$""" "messages":[{{{User}}}],"temperature":1.5 """, "temperature: range: 0..1" },
        { $$$""" "messages":[{{{User}}}],"temperature":"hot" """, "temperature: Input should be a valid number" },
        { $$$""" "messages":[{{{User}}}],"stop_sequences":[1] """, "stop_sequences.0: Input should be a valid string" },
        { $$$""" "messages":[{{{User}}}],"context_management":{"edits":[]} """, "context_management: Extra inputs are not permitted" },
        { $$$""" "messages":[{{{User}}}],"tools":[{"name":"t"}] """, "tools.0.custom.input_schema: Field required" },
        { $$$""" "messages":[{{{User}}}],"tools":[{"input_schema":{"type":"object"}}] """, "tools.0.custom.name: Field required" },
        { $$$""" "messages":[{{{User}}}],"tools":[{"name":"t","input_schema":{}}] """, "tools.0.custom.input_schema.type: Field required" },
        { $$$""" "messages":[{{{User}}}],"tools":[{"name":"a b","input_schema":{"type":"object"}}] """,
            "tools.0.custom.name: String should match pattern" },
        { $$$""" "messages":[{{{User}}}],"tools":[{"name":"t","input_schema":{"type":"object"},"parameters":{}}] """,
            "tools.0.custom.parameters: Extra inputs are not permitted" },
        { $$$""" "messages":[{{{User}}}],"tools":[{{{Tool}}},{{{Tool}}}] """, "tools: Tool names must be unique." },
        { $$$""" "messages":[{{{User}}}],"tool_choice":{"type":"any"} """, "tool_choice may only be specified while providing tools." },
        { $$$""" "messages":[{{{User}}}],"tools":[{{{Tool}}}],"tool_choice":{"type":"tool","name":"u"} """,
            "tool_choice: Tool 'u' not found" },
        { $$$""" "messages":[{{{User}}}],"tools":[{{{Tool}}}],"tool_choice":{"type":"some"} """, "tool_choice: Input tag 'some'" },
        { $$$""" "messages":[{{{User}}},{{{Use}}}] """,
            "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_1." },
        { $$$""" "messages":[{{{User}}},{{{Use}}},{{{User}}}] """,
            "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_1." },
        { $$$""" "messages":[{{{User}}},{{{Use}}},{{{User}}},{{{Result}}}] """,
            "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_1." },
        { $$$""" "messages":[{{{User}}},{{{Use}}},{"role":"user","content":[{"type":"text","text":"first"},{"type":"tool_result","tool_use_id":"toolu_1"}]}] """, "messages.1: `tool_use` ids were found without" },
        { $$$""" "messages":[{{{Result}}}] """, "messages.0.content.0: unexpected `tool_use_id` found in `tool_result` blocks: toolu_1." },
        { $$$""" "messages":[{{{User}}},{{{Use}}},{{{Result}}},{{{Use}}},{{{Result}}}] """,
            "messages.3.content.0: `tool_use` ids must be unique" },
        { $$$""" "messages":[{{{User}}},{{{Use}}},{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1"},{"type":"tool_result","tool_use_id":"toolu_1"}]}] """, "messages.2.content.1: each `tool_use` must have a single result." },
        { $$$""" "messages":[{{{User}}},{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"t","input":"x"}]}] """,
            "messages.1.content.0.tool_use.input: Input should be a valid dictionary" },
        { $$$""" "messages":[{{{User}}}],"thinking":{"type":"maybe"} """, "thinking: Input tag 'maybe'" },
        { $$$""" "messages":[{{{User}}}],"thinking":{"type":"enabled"} """, "thinking.enabled.budget_tokens: Field required" },
        { $$$""" "messages":[{{{User}}}],"thinking":{"type":"enabled","budget_tokens":1000} """,
            "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024" },
        { $$$""" "messages":[{{{User}}}],"thinking":{"type":"enabled","budget_tokens":4096} """,
            "`max_tokens` must be greater than `thinking.budget_tokens`." },
        { $$$""" "messages":[{{{User}}}],"thinking":{"type":"adaptive"},"temperature":0.5 """,
            "`temperature` may only be set to 1 when thinking is enabled" },
        { $$$""" "messages":[{{{User}}}],"thinking":{"type":"adaptive"},"tools":[{{{Tool}}}],"tool_choice":{"type":"any"} """,
            "Thinking may not be enabled when tool_choice forces tool use." },
        { $$$""" "messages":[{{{User}}},{{{Use}}},{{{Result}}}],"thinking":{"type":"enabled","budget_tokens":1024} """,
            "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`." },
        { $$$""" "messages":[{{{User}}},{"role":"assistant","content":[{"type":"thinking","thinking":"mine","signature":"AAAA"},{"type":"text","text":"x"}]},{{{User}}}] """, "messages.1.content.0: Invalid `signature` in `thinking` block" },
        { $$$""" "messages":[{{{User}}},{"role":"assistant","content":[{"type":"redacted_thinking","data":"AAAA"},{"type":"text","text":"x"}]},{{{User}}}] """, "messages.1.content.0: Invalid `data` in `redacted_thinking` block" },
        { $$$""" "messages":[{"role":"user","content":[{{{Marked(5)}}}]}] """,
            "A maximum of 4 blocks with cache_control may be provided. Found 5." },
    };

    public async ValueTask InitializeAsync() => _server = await SimulatorServer.StartAsync(new SimulatorOptions());

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory, MemberData(nameof(Refused))]
    public async Task A_bad_request_is_refused_in_the_vendors_words(string fields, string message)
    {
        var refusal = await AskAsync($$$"""{"model":"claude-x","max_tokens":4096,{{{fields}}}}""");
        refusal.Status.ShouldBe(400);
        refusal.Type.ShouldBe("invalid_request_error");
        refusal.Message.ShouldStartWith(message);
    }

    [Theory]
    [InlineData("""{"max_tokens":5,"messages":[{"role":"user","content":"hi"}]}""", "model: Field required")]
    [InlineData(
        """{"model":"","max_tokens":5,"messages":[{"role":"user","content":"hi"}]}""", "model: String should have at least 1 character")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"hi"}]}""", "max_tokens: Field required")]
    [InlineData("""{"model":"m","max_tokens":0,"messages":[{"role":"user","content":"hi"}]}""",
        "max_tokens: Input should be greater than or equal to 1")]
    [InlineData(
        """{"model":"m","max_tokens":"5","messages":[{"role":"user","content":"hi"}]}""", "max_tokens: Input should be a valid integer")]
    [InlineData("""{"model":"m","max_tokens":null,"messages":[{"role":"user","content":"hi"}]}""", "max_tokens: Input should be a valid integer")]
    [InlineData("""{"model":null,"max_tokens":5,"messages":[{"role":"user","content":"hi"}]}""", "model: Input should be a valid string")]
    [InlineData("""{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"cut \ud83d"}]}""",
        "The request body is not valid JSON: no low surrogate in string: line 1 column ")]
    [InlineData("""{"model":"m",""", "The request body is not valid JSON:")]
    [InlineData("""[]""", "The request body is not valid JSON:")]
    public async Task A_bad_frame_is_refused(string body, string message)
    {
        var refusal = await AskAsync(body);
        refusal.Status.ShouldBe(400);
        refusal.Message.ShouldStartWith(message);
    }

    [Fact]
    public async Task The_version_header_is_needed() =>
        (await Refusal.OfAsync(_server, "/v1/messages", Ask.Body(Ask.Messages, "m", false), ("x-api-key", "k")))
            .ShouldBe(new Refusal(400, "invalid_request_error", "anthropic-version: header is required", null, null));

    [Fact]
    public async Task Count_tokens_takes_no_settings_of_an_answer() =>
        (await AskAsync(Ask.Body(Ask.Messages, "m", false), path: "/v1/messages/count_tokens")).Message.ShouldBe(
            "max_tokens: Extra inputs are not permitted");

    [Theory]
    [InlineData("context-management-2025-06-27", """ "messages":[{"role":"user","content":"hi"}],"context_management":{"edits":[]} """)]
    [InlineData("x,per-turn-control-2026-07-01",
        """ "messages":[{"role":"user","content":"hi"},{"role":"system","content":"s","output_config":{"effort":"high"}}] """)]
    [InlineData("interleaved-thinking-2025-05-14",
        """ "messages":[{"role":"user","content":"hi"}],"thinking":{"type":"enabled","budget_tokens":9999} """)]
    public async Task A_beta_header_opens_its_fields(string beta, string fields)
    {
        var body = $$$"""{"model":"m","max_tokens":4096,{{{fields}}}}""";
        (await AskAsync(body)).Status.ShouldBe(400);
        (await AskAsync(body, ("anthropic-beta", beta))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task What_real_agents_send_is_accepted()
    {
        var body = $$$"""
            {"model":"claude-opus-5-5","max_tokens":128000,"stream":false,"metadata":{"user_id":"{}"},"output_config":{"effort":"high"},
             "thinking":{"type":"adaptive","display":"updates"},
             "system":[{"type":"text","text":"x-anthropic-billing-header: a=b;"},{"type":"text","text":"s","cache_control":{"type":"ephemeral","ttl":"1h"}}],
             "tools":[{"name":"t","description":"d","input_schema":{"type":"object"},"defer_loading":true,"strict":true},{"type":"web_search_20250305","name":"web_search","max_uses":5}],
             "messages":[{{{User}}},{{{Use}}},{{{Result}}}]}
            """;
        (await AskAsync(body)).Status.ShouldBe(200);
    }

    private Task<Refusal> AskAsync(string body, (string, string)? header = null, string path = "/v1/messages?beta=true") =>
        Refusal.OfAsync(
            _server, path, body, [("x-api-key", "k"), ("anthropic-version", "2023-06-01"), .. header is { } h ? new[] { h } : []]);

    private static string Answered(string fields) =>
        $$$""" "messages":[{{{User}}},{{{Use}}},{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1",{{{fields}}} }]}] """;

    private static string Marked(int count) =>
        string.Join(',', Enumerable.Repeat("""{"type":"text","text":"x","cache_control":{"type":"ephemeral"}}""", count));
}
