using System.Text.Json.Nodes;
using Gatehouse.Simulator.Tests.Wire;

namespace Gatehouse.Simulator.Tests.Scripts;

/// <summary>The vendors' own tools: what they did is told, and taken back as it was only.</summary>
public sealed class HostedToolTests : IAsyncLifetime
{
    private const string Prompt = "[hosted search] [hosted code] [hosted mcp] [say done]";
    private SimulatorServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await SimulatorServer.StartAsync(new SimulatorOptions());

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Anthropics_are_called_when_they_are_offered_and_what_a_search_found_is_checked()
    {
        var body = JsonNode.Parse($$$"""
            {"model":"claude-x","max_tokens":100,"messages":[{"role":"user","content":"{{{Prompt}}}"}],
             "tools":[{"type":"web_search_20250305","name":"web_search"},{"type":"code_execution_20250825","name":"code_execution"}]}
            """)!.AsObject();
        var content = (await AnswerAsync(Ask.Messages, body))["content"]!.AsArray();
        content.Select(static block => (string?)block!["type"]).ShouldBe(["server_tool_use", "web_search_tool_result", "server_tool_use", "code_execution_tool_result", "text"]);

        body["messages"]!.AsArray().Add(new JsonObject { ["role"] = "assistant", ["content"] = content.DeepClone() });
        body["messages"]!.AsArray().Add(new JsonObject { ["role"] = "user", ["content"] = "thanks" });
        (await RefusalAsync(body)).Status.ShouldBe(200);
        body["messages"]![1]!["content"]![1]!["content"]![0]!["encrypted_content"] = "bWFkZSB1cA==";
        (await RefusalAsync(body)).Message.ShouldContain("Invalid `encrypted_content`");
    }

    [Fact]
    public async Task Responses_are_items_when_they_are_offered()
    {
        var body = JsonNode.Parse($$$"""
            {"model":"gpt-x","input":"{{{Prompt}}}","store":false,
             "tools":[{"type":"web_search"},{"type":"code_interpreter","container":{"type":"auto"}},{"type":"mcp","server_label":"files","server_url":"https://mcp.example"}]}
            """)!.AsObject();
        var output = (await AnswerAsync(Ask.Responses, body))["output"]!.AsArray();
        output.Select(static item => (string?)item!["type"]).ShouldBe(["web_search_call", "code_interpreter_call", "mcp_call", "message"]);
        ((string?)output[2]!["server_label"]).ShouldBe("files");
        body.Remove("tools");
        (await AnswerAsync(Ask.Responses, body))["output"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Chats_only_one_is_offered_by_a_field_and_the_text_cites_the_page()
    {
        var body = JsonNode.Parse($$$"""{"model":"gpt-x","messages":[{"role":"user","content":"{{{Prompt}}}"}],"web_search_options":{}}""")!.AsObject();
        var message = (await AnswerAsync(Ask.Chat, body))["choices"]![0]!["message"]!;
        var cited = message["annotations"]!.AsArray().ShouldHaveSingleItem()!["url_citation"]!;
        ((string?)cited["url"], (int)cited["start_index"]!, (int)cited["end_index"]!).ShouldBe(("https://pages.example/bern", 0, "done".Length));
        body.Remove("web_search_options");
        (await AnswerAsync(Ask.Chat, body))["choices"]![0]!["message"]!["annotations"]!.AsArray().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_text_behind_a_search_cites_the_page_and_the_place_that_it_names_is_checked(bool stream)
    {
        var body = JsonNode.Parse($$$"""
            {"model":"claude-x","max_tokens":100,"messages":[{"role":"user","content":"[hosted search] [say done]"}],
             "tools":[{"type":"web_search_20250305","name":"web_search"}]}
            """)!.AsObject();
        if (stream) body["stream"] = true;
        var raw = System.Text.Encoding.UTF8.GetString((await RawAnswer.AskAsync(_server.Address, Ask.Raw(Ask.Messages, body.ToJsonString()))).BodyBytes);
        raw.ShouldContain(stream ? "citations_delta" : "\"citations\"");
        raw.ShouldContain("web_search_result_location");

        var cited = JsonNode.Parse("""{"type":"text","text":"done","citations":[{"type":"web_search_result_location","url":"u","title":"t","cited_text":"c","encrypted_index":"bWFkZSB1cA=="}]}""");
        body["messages"]!.AsArray().Add(new JsonObject { ["role"] = "assistant", ["content"] = new JsonArray(cited) });
        body["messages"]!.AsArray().Add(new JsonObject { ["role"] = "user", ["content"] = "thanks" });
        (await RefusalAsync(body)).Message.ShouldContain("Invalid `encrypted_index`");
    }

    private async Task<JsonNode> AnswerAsync(string dialect, JsonObject body) =>
        JsonNode.Parse((await RawAnswer.AskAsync(_server.Address, Ask.Raw(dialect, body.ToJsonString()))).BodyBytes)!;

    private Task<Refusal> RefusalAsync(JsonObject body) =>
        Refusal.OfAsync(_server, "/v1/messages", body.ToJsonString(), ("x-api-key", "k"), ("anthropic-version", "2023-06-01"));
}
