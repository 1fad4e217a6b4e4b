using System.Text;
using Gatehouse.Catalog;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Faults;

/// <summary>
/// Each named edit of the catalog: both its halves go, nothing else changes, and the loss is told; without it, nothing happens.
/// </summary>
public sealed class NamedEditTests
{
    private const string Kept = "kept-beta-2025-01-01";

    /// <summary>What a request looks like with and without a removed part. <c>§…§</c> marks what goes.</summary>
    private static readonly Dictionary<(string Edit, Dialect Dialect), string> s_bodies = new()
    {
        [("no-context-management", Dialect.Anthropic)] = """{"model":"m"§,"context_management":{"edits":[ {"type":"x"} ]}§, "messages" : [{"role":"user","content":"context_management"}]}""",
        [("no-effort", Dialect.Anthropic)] = """{"model":"m"§,"output_config":{"effort":"high"}§,"messages":[{"role":"user"§,"output_config":{"effort":"low"}§,"content":"output_config"}]}""",
        [("no-defer-loading", Dialect.Anthropic)] =
            """{"model":"m","tools":[{"name":"a"§,"defer_loading":true§},{"name":"b"}],"messages":[{"role":"user","content":"x"}]}""",
        [("no-billing-header", Dialect.Anthropic)] = """{"model":"m","system":[§{"type":"text","text":"x-anthropic-billing-header: a=b"},§{"type":"text","text":"You are x-anthropic-billing-header:"}],"messages":[]}""",
        [("no-thinking-display", Dialect.Anthropic)] =
            """{"model":"m","thinking":{"type":"enabled"§,"display":"omitted"§},"messages":[]}""",
        [("no-thinking-token-count", Dialect.Anthropic)] = """{"model":"m","messages":[]}""",
        [("no-strict-tools", Dialect.Anthropic)] =
            """{"model":"m","tools":[{"name":"a"§,"strict":true§,"input_schema":{"strict":1}}],"messages":[]}""",
        [("no-strict-tools", Dialect.OpenAiChat)] = """{"model":"m","tools":[{"type":"function","function":{"name":"a"§,"strict":true§,"parameters":{"strict":1}}}],"messages":[]}""",
        [("no-strict-tools", Dialect.OpenAiResponses)] =
            """{"model":"m","tools":[{"type":"function","name":"a"§,"strict":true§}],"input":"strict"}""",
        [("no-cache-control", Dialect.Anthropic)] = """{"model":"m"§,"cache_control":{"type":"ephemeral"}§,"system":[{"type":"text","text":"s"§,"cache_control":{"type":"ephemeral","ttl":"1h"}§}],"tools":[{"name":"a"§,"cache_control":{}§}],"messages":[{"role":"user","content":[{"type":"text","text":"cache_control"§,"cache_control":{}§}]}]}""",
        [("no-metadata", Dialect.Anthropic)] =
            """{"model":"m"§,"metadata":{"user_id":"u"}§,"messages":[{"role":"user","content":"x","metadata":1}]}""",
        [("no-metadata", Dialect.OpenAiChat)] = """{"model":"m"§,"metadata":{"user_id":"u"}§,"messages":[]}""",
        [("no-metadata", Dialect.OpenAiResponses)] = """{"model":"m"§,"metadata":{"user_id":"u"}§,"input":"x"}""",
        [("no-client-metadata", Dialect.OpenAiResponses)] = """{"model":"m"§,"client_metadata":{"a":"u"}§,"input":"x"}""",
        [("no-store", Dialect.OpenAiChat)] = """{"model":"m"§,"store":false§,"messages":[]}""",
        [("no-store", Dialect.OpenAiResponses)] = """{"model":"m"§,"store":false§,"input":"x"}""",
        [("no-prompt-cache-key", Dialect.OpenAiChat)] = """{"model":"m"§,"prompt_cache_key":"k"§,"messages":[]}""",
        [("no-prompt-cache-key", Dialect.OpenAiResponses)] = """{"model":"m"§,"prompt_cache_key":"k"§,"input":"x"}""",
        [("no-parallel-tool-calls", Dialect.OpenAiChat)] = """{"model":"m"§,"parallel_tool_calls":true§,"messages":[]}""",
        [("no-parallel-tool-calls", Dialect.OpenAiResponses)] = """{"model":"m"§,"parallel_tool_calls":true§,"input":"x"}""",
        [("no-reasoning-effort", Dialect.OpenAiChat)] = """{"model":"m"§,"reasoning_effort":"low"§,"messages":[]}""",
        [("no-stream-options", Dialect.OpenAiChat)] = """{"model":"m"§,"stream_options":{"include_usage":true}§,"messages":[]}""",
        [("no-verbosity", Dialect.OpenAiChat)] = """{"model":"m"§,"verbosity":"low"§,"messages":[]}""",
        [("no-verbosity", Dialect.OpenAiResponses)] = """{"model":"m","text":{"format":{"type":"text"}§,"verbosity":"low"§},"input":"x"}""",
    };

    public static TheoryData<string, Dialect> Edits
    {
        get
        {
            var edits = new TheoryData<string, Dialect>();
            foreach (var edit in ProviderCatalog.Embedded.Edits) edits.Add(edit.Name, edit.Dialect);
            return edits;
        }
    }

    [Theory]
    [MemberData(nameof(Edits))]
    public async Task What_it_names_is_gone_from_header_and_body_and_told(string name, Dialect dialect)
    {
        var (edit, marked) = Find(name, dialect);
        var parts = marked.Split('§');
        var with = string.Concat(parts);
        var without = string.Concat(parts.Where((_, i) => i % 2 == 0));
        var betas = edit.RemoveBetaPrefixes.Select(p => p + "2025-01-01");
        await using var upstream = ScriptedUpstream.Answering(200, "content-type: application/json", "{}");
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address, $$""", "edits": ["{{name}}"]""");

        var answer = await CallAsync(gateway, dialect, with, [.. betas, Kept]);
        answer["x-gatehouse-losses"].ShouldBe(name);
        Encoding.UTF8.GetString(upstream.Calls[0].Body).ShouldBe(without);
        upstream.Calls[0]["anthropic-beta"].ShouldBe(dialect == Dialect.Anthropic ? Kept : null);
        (await gateway.RowsAsync()).Single().Losses.ShouldBe(name);
    }

    [Theory]
    [MemberData(nameof(Edits))]
    public async Task A_request_without_it_is_left_alone(string name, Dialect dialect)
    {
        var without = string.Concat(Find(name, dialect).Marked.Split('§').Where((_, i) => i % 2 == 0));
        await using var upstream = ScriptedUpstream.Answering(200, "content-type: application/json", "{}");
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address, $$""", "edits": ["{{name}}"]""");
        var answer = await CallAsync(gateway, dialect, without, [Kept]);
        answer["x-gatehouse-losses"].ShouldBeNull();
        Encoding.UTF8.GetString(upstream.Calls[0].Body).ShouldBe(without);
        upstream.Calls[0]["anthropic-beta"].ShouldBe(dialect == Dialect.Anthropic ? Kept : null);
        (await gateway.RowsAsync()).Single().Losses.ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Edits))]
    public async Task A_provider_that_does_not_name_it_gets_everything(string name, Dialect dialect)
    {
        var (edit, marked) = Find(name, dialect);
        var with = marked.Replace("§", "", StringComparison.Ordinal);
        var betas = edit.RemoveBetaPrefixes.Select(p => p + "2025-01-01").Append(Kept).ToArray();
        await using var upstream = ScriptedUpstream.Answering(200, "content-type: application/json", "{}");
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address);
        (await CallAsync(gateway, dialect, with, betas))["x-gatehouse-losses"].ShouldBeNull();
        Encoding.UTF8.GetString(upstream.Calls[0].Body).ShouldBe(with);
        if (dialect == Dialect.Anthropic) upstream.Calls[0]["anthropic-beta"].ShouldBe(string.Join(',', betas));
    }

    [Fact]
    public async Task Several_edits_and_a_new_name_go_together()
    {
        await using var upstream = ScriptedUpstream.Answering(200, "content-type: application/json", "{}");
        await using var gateway =
            await GatewayHarness.StartAsync(upstream.Address, """, "edits": ["no-metadata", "no-effort", "no-strict-tools"]""");
        var answer = await CallAsync(
            gateway, Dialect.Anthropic,
            """{"metadata":{},"model":"renamed[1m]","output_config":{},"messages":[]}""", ["effort-2025-11-24"]);
        Encoding.UTF8.GetString(upstream.Calls[0].Body).ShouldBe("""{"model":"other-name","messages":[]}""");
        answer["x-gatehouse-losses"].ShouldBe("no-metadata,no-effort");
        upstream.Calls[0]["anthropic-beta"].ShouldBeNull();
    }

    [Fact]
    public async Task A_beta_that_goes_is_told_in_whatever_case_it_was_written()
    {
        await using var upstream = ScriptedUpstream.Answering(200, "content-type: application/json", "{}");
        await using var gateway = await GatewayHarness.StartAsync(upstream.Address, """, "edits": ["no-context-management"]""");
        var answer = await CallAsync(gateway, Dialect.Anthropic, """{"model":"m","messages":[]}""", ["Context-Management-2025-06-27", Kept]);
        upstream.Calls[0]["anthropic-beta"].ShouldBe(Kept);
        answer["x-gatehouse-losses"].ShouldBe("no-context-management");
        (await gateway.RowsAsync()).Single().Losses.ShouldBe("no-context-management");
    }

    private static (ProviderEdit Edit, string Marked) Find(string name, Dialect dialect)
    {
        var edit = ProviderCatalog.Embedded.Edits.Single(e => e.Name == name && e.Dialect == dialect);
        s_bodies.TryGetValue((name, dialect), out var marked)
            .ShouldBeTrue($"There is no request for the edit {name} of {dialect}: add one.");
        return (edit, marked!);
    }

    private static async Task<RawAnswer> CallAsync(GatewayHarness gateway, Dialect dialect, string body, string[] betas)
    {
        string[] headers = dialect == Dialect.Anthropic ? ["anthropic-beta: " + string.Join(',', betas)] : [];
        await using var client = await RawClient.PostAsync(gateway, Caller.Path(dialect), Encoding.UTF8.GetBytes(body), headers);
        var answer = await client.AnswerAsync();
        answer.Status.ShouldBe(200, answer.Text);
        return answer;
    }
}
