using System.Text.Json.Nodes;

namespace Gatehouse.EndToEnd.Programs;

/// <summary>
/// A JSON schema for the answer, asked for in each dialect's own way, through the real <c>claude</c> program, which has its model give it as a call of a tool of its own: the client gets
/// text that keeps to the schema, and no call.
/// </summary>
public sealed class StructuredOutputTests(ProgramStage stage) : IClassFixture<ProgramStage>
{
    private const string Schema = """{"type":"object","properties":{"city":{"type":"string"},"degrees":{"type":"number"}},"required":["city","degrees"],"additionalProperties":false}""";
    private readonly string _marker = $"schema-{Guid.NewGuid():N}";

    [Theory]
    [InlineData("v1/messages", """{"output_config":{"format":{"type":"json_schema","schema":SCHEMA}}}""")]
    [InlineData("v1/chat/completions", """{"response_format":{"type":"json_schema","json_schema":{"name":"weather","schema":SCHEMA,"strict":true}}}""")]
    [InlineData("v1/responses", """{"text":{"format":{"type":"json_schema","name":"weather","schema":SCHEMA,"strict":true}}}""")]
    public async Task The_answer_is_text_that_keeps_to_the_schema(string path, string more)
    {
        var members = JsonNode.Parse(more.Replace("SCHEMA", Schema, StringComparison.Ordinal))!.AsObject();
        foreach (var version in new[] { ProgramStage.Current, ProgramStage.Older })
        {
            foreach (var stream in new[] { false, true })
            {
                var marker = $"{_marker}{version}{stream}";
                var said = await Asked.AskAsync(
                    stage, path, stream, "claude-sonnet-4-5" + version, $$"""{{marker}} [tool StructuredOutput {"city":"Zürich \"HB\"","degrees":21.5}]""", members);
                var answer = JsonNode.Parse(said.Text).ShouldNotBeNull(said.Whole);
                ((string?)answer["city"]).ShouldBe("Zürich \"HB\"");
                ((double?)answer["degrees"]).ShouldBe(21.5);
                said.Whole.ShouldNotContain("StructuredOutput", customMessage: version);
                said.Whole.ShouldNotContain("\"tool_use\"");
                said.Whole.ShouldNotContain("\"tool_calls\"");
                said.OutputTokens.ShouldBeGreaterThan(0);
                await SchemaShouldHaveArrivedAsync(marker);
            }
        }
    }

    // The vendor got the client's schema: as the input of the one tool by which the program has it kept to.
    private async Task SchemaShouldHaveArrivedAsync(string marker)
    {
        var body = JsonNode.Parse((await stage.ReceivedAsync(marker))[0].Request.Body)!;
        var tool = body["tools"]!.AsArray().Single(one => (string?)one!["name"] == "StructuredOutput")!;
        JsonNode.DeepEquals(tool["input_schema"]!["properties"], JsonNode.Parse(Schema)!["properties"]).ShouldBeTrue(tool.ToJsonString());
        JsonNode.DeepEquals(tool["input_schema"]!["required"], JsonNode.Parse(Schema)!["required"]).ShouldBeTrue(tool.ToJsonString());
    }
}
