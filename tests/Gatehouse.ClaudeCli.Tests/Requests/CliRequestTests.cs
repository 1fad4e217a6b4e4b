using System.Text;
using Gatehouse.ClaudeCli.Requests;

namespace Gatehouse.ClaudeCli.Tests.Requests;

public sealed class CliRequestTests
{
    [Theory]
    [InlineData(null, "sonnet")]
    [InlineData("claude-opus-4-5-20251101", "claude-opus-4-5-20251101")]
    [InlineData("claude-sonnet-5[1m]", "claude-sonnet-5[1m]")]
    [InlineData("my-opus", "opus")]
    [InlineData("Opus[1m]", "opus[1m]")]
    [InlineData("anthropic/haiku", "haiku")]
    [InlineData("anthropic/claude-opus-4-8[1m]", "claude-opus-4-8[1m]")]
    [InlineData("  ", "sonnet")]
    [InlineData("gpt-5.5", "sonnet")]
    public void A_name_that_is_not_the_vendors_is_a_tier(string? asked, string model) => CliModels.Named(asked).ShouldBe(model);

    [Fact]
    public void The_tiers_and_the_configured_ids_are_listed_each_once() =>
        System.Text.Json.Nodes.JsonNode.Parse(CliModels.Document(["claude-opus-5-5", "opus"]))!["data"]!.AsArray().Select(one => (string?)one!["id"])
            .ShouldBe(["opus", "sonnet", "haiku", "claude-opus-5-5"]);

    [Fact]
    public void What_the_program_has_no_place_for_is_told()
    {
        var request = Read("""
            {"model":"opus","max_tokens":5,"temperature":0.5,"stop_sequences":["x"],"top_k":null,"frobnicate":1,"tool_choice":{"type":"any"},
             "system":[{"type":"text","text":"x-anthropic-billing-header: cc_version=1"},{"type":"text","text":"Be terse."}],
             "tools":[{"type":"web_search_20250305","name":"web_search"},{"name":"mine","input_schema":{"type":"object"}}],
             "messages":[{"role":"user","content":"hi"},{"role":"system","content":"note"},{"role":"user","content":"again"}]}
            """)!;
        request.Losses.Order().ShouldBe(
            ["billing_header", "server_tools", "stop_sequences", "system_inside_messages", "temperature", "tool_choice", "unknown_field"]);
        request.System.ShouldBe(["Be terse."]);
        request.Tools.Count.ShouldBe(1);
        request.Flags.Model.ShouldBe("opus");
    }

    [Fact]
    public void Schemas_of_tools_stay_as_they_are()
    {
        const string schema = """{"anyOf":[{"$ref":"#/$defs/a"},{"const":1.50}],"$defs":{"a":{"type":"string","minLength":2}},"additionalProperties":false}""";
        var request = Read($$"""{"tools":[{"name":"t","description":"d","input_schema":{{schema}}}],"messages":[{"role":"user","content":"hi"}]}""")!;
        Encoding.UTF8.GetString(request.Tools.Listed.Span).ShouldContain($"\"inputSchema\":{schema}");
    }

    [Fact]
    public void The_same_tools_in_another_order_are_the_same_set()
    {
        var one = Read("""{"tools":[{"name":"b","description":"x"},{"name":"a"}],"messages":[{"role":"user","content":"hi"}]}""")!;
        Read("""{"tools":[{"name":"a"},{"name":"b","description":"x"}],"messages":[{"role":"user","content":"hi"}]}""")!.Setup.ShouldBe(one.Setup);
        Read("""{"tools":[{"name":"a"},{"name":"b","description":"y"}],"messages":[{"role":"user","content":"hi"}]}""")!.Setup.ShouldNotBe(one.Setup);
    }

    [Theory]
    [InlineData("nothing", "JSON")]
    [InlineData("[]", "JSON")]
    [InlineData("{}", "at least one message")]
    [InlineData("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}""", "end with a message")]
    [InlineData("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"tool_use","id":"t1"},{"type":"tool_use","id":"t2"}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1"}]}]}""", "immediately after: t2")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1"}]}]}""", "unexpected `tool_use_id`")]
    [InlineData("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"tool_use","id":"t1"}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1"},{"type":"tool_result","tool_use_id":"t1"}]}]}""", "single result")]
    public void What_it_cannot_serve_is_refused_with_the_reason(string body, string reason)
    {
        CliRequest.Read(Encoding.UTF8.GetBytes(body), out var refusal).ShouldBeNull();
        refusal.ShouldNotBeNull().ShouldContain(reason);
    }

    [Fact]
    public void Thinking_effort_and_schema_are_carried()
    {
        var request = Read("""{"thinking":{"type":"enabled","budget_tokens":2048},"output_config":{"effort":"low","format":{"type":"json_schema","schema":{"type":"object"}}},"messages":[{"role":"user","content":"hi"}]}""")!;
        request.ThinkingTokens.ShouldBe(2048);
        request.Flags.Effort.ShouldBe("low");
        request.Flags.Schema.ShouldBe("""{"type":"object"}""");
        request.Flags.Adaptive.ShouldBeFalse();
        Read("""{"thinking":{"type":"adaptive"},"messages":[{"role":"user","content":"hi"}]}""")!.Flags.Adaptive.ShouldBeTrue();
    }

    private static CliRequest? Read(string body) => CliRequest.Read(Encoding.UTF8.GetBytes(body), out _);
}
