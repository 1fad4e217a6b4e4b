using System.Text.Json.Nodes;
using Gatehouse.Simulator.Tests.Wire;

namespace Gatehouse.Simulator.Tests.Chat;

/// <summary>Hosts that tell what their models think, and want it back.</summary>
public sealed class ChatThoughtTests : IAsyncLifetime
{
    private const string Prompt = "[think] [tool t {\"a\":1}]";
    private SimulatorServer _server = null!;

    public static TheoryData<string, string> Hosts => new() { { "deepseek-chat", "reasoning_content" }, { "openrouter/some", "reasoning_details" } };

    public async ValueTask InitializeAsync() => _server = await SimulatorServer.StartAsync(new SimulatorOptions());

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task What_was_thought_is_taken_back_as_it_was_and_no_otherwise(string model, string field)
    {
        var message = (await AnswerAsync(Body(model)))["choices"]![0]!["message"]!;
        message["tool_calls"]!.AsArray().Count.ShouldBe(1);
        var thought = message[field]!.ToJsonString();
        (await StatusAsync(Body(model, message.ToJsonString()))).Status.ShouldBe(200);
        (await StatusAsync(Body(model, message.ToJsonString().Replace(thought, thought.Replace("will", "won't"), StringComparison.Ordinal)))).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Tool_results_without_it_are_refused_by_hosts_that_want_it()
    {
        var message = (await AnswerAsync(Body("deepseek-chat")))["choices"]![0]!["message"]!.AsObject();
        message.Remove("reasoning_content");
        var refusal = await StatusAsync(Body("deepseek-chat", message.ToJsonString()));
        refusal.Status.ShouldBe(400);
        refusal.Message.ShouldStartWith("Missing `reasoning_content`");
        (await StatusAsync(Body("deepseek-chat", message.ToJsonString(), "thanks"))).Status.ShouldBe(200, "the turn is over");
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task A_stream_tells_it_before_the_calls(string model, string field)
    {
        var answer = await Ask.SendAsync(_server, Ask.Chat, model, stream: true, prompt: "[think] [say done]");
        answer.Body.IndexOf($"\"{field}\"", StringComparison.Ordinal).ShouldBeInRange(1, answer.Body.IndexOf("done", StringComparison.Ordinal));
        (await Ask.SendAsync(_server, Ask.Chat, "gpt-5.5", stream: true, prompt: "[think] [say done]")).Body.ShouldNotContain($"\"{field}\"");
    }

    private static string Body(string model, string? assistant = null, string? more = null)
    {
        var messages = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = Prompt });
        if (assistant is not null)
        {
            var message = JsonNode.Parse(assistant)!;
            messages.Add(message);
            messages.Add(new JsonObject { ["role"] = "tool", ["tool_call_id"] = (string?)message["tool_calls"]![0]!["id"], ["content"] = "ok" });
        }

        if (more is not null) messages.Add(new JsonObject { ["role"] = "user", ["content"] = more });
        var tool = JsonNode.Parse("""{"type":"function","function":{"name":"t","parameters":{"type":"object"}}}""");
        return new JsonObject { ["model"] = model, ["messages"] = messages, ["tools"] = new JsonArray(tool) }.ToJsonString();
    }

    private async Task<JsonNode> AnswerAsync(string body) =>
        JsonNode.Parse((await RawAnswer.AskAsync(_server.Address, Ask.Raw(Ask.Chat, body))).BodyBytes)!;

    private Task<Refusal> StatusAsync(string body) => Refusal.OfAsync(_server, "/v1/chat/completions", body, ("authorization", "Bearer k"));
}
