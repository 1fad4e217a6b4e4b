using System.Text;
using System.Text.Json;

namespace Gatehouse.Simulator.Tests.Wire;

/// <summary>The official order of events, written down by hand from the vendors' references.</summary>
public sealed class EventSequenceTests : IAsyncLifetime
{
    private SimulatorServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await SimulatorServer.StartAsync(new SimulatorOptions());

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Messages_with_thinking_redaction_text_and_a_tool()
    {
        var events = await StreamAsync(Ask.Messages, """
            {"model":"m","max_tokens":9999,"stream":true,"thinking":{"type":"adaptive"},"tools":[{"name":"t","input_schema":{"type":"object"}}],
             "messages":[{"role":"user","content":"[redacted] [think] [say ok] [tool t {\"a\":\"long enough to be cut\"}]"}]}
            """);
        Kinds(events).ShouldBe(
        [
            "message_start", "content_block_start:redacted_thinking", "ping", "content_block_stop",
            "content_block_start:thinking", "thinking_delta*", "signature_delta*", "content_block_stop",
            "content_block_start:text", "text_delta*", "content_block_stop",
            "content_block_start:tool_use", "input_json_delta*", "content_block_stop",
            "message_delta:tool_use", "message_stop",
        ]);
        events.Where(e => e.Data.TryGetProperty("index", out _)).Select(e => e.Data.GetProperty("index").GetInt32()).Distinct()
            .ShouldBe([0, 1, 2, 3]);
        Joined(events, "input_json_delta", "partial_json").ShouldBe("""{"a":"long enough to be cut"}""");
        events.Count(e => Delta(e) == "input_json_delta").ShouldBeGreaterThan(2);
        events.ShouldAllBe(e => e.Name == e.Data.GetProperty("type").GetString());
    }

    [Fact]
    public async Task Chat_with_text_and_two_tools()
    {
        var events = await StreamAsync(Ask.Chat, """
            {"model":"m","stream":true,"stream_options":{"include_usage":true},"tools":[{"type":"function","function":{"name":"t"}}],
             "messages":[{"role":"user","content":"[say ok] [tool t {\"a\":\"long enough to be cut\"}] [tool t {}]"}]}
            """);
        events.ShouldAllBe(e => e.Name == null);
        var choices = events.SelectMany(e => e.Data.GetProperty("choices").EnumerateArray()).ToList();
        choices[0].GetProperty("delta").GetRawText().ShouldBe("""{"role":"assistant","content":"","refusal":null}""");
        choices[1].GetProperty("delta").GetRawText().ShouldBe("""{"content":"ok"}""");
        var calls = choices.Where(c => c.GetProperty("delta").TryGetProperty("tool_calls", out _))
            .Select(c => c.GetProperty("delta").GetProperty("tool_calls")[0]).ToList();
        calls.Where(c => c.TryGetProperty("id", out _)).Select(c => c.GetProperty("index").GetInt32()).ShouldBe([0, 1]);
        string.Concat(calls.Where(c => c.GetProperty("index").GetInt32() == 0)
            .Select(c => c.GetProperty("function").GetProperty("arguments").GetString()))
            .ShouldBe("""{"a":"long enough to be cut"}""");
        choices[^1].GetRawText().ShouldBe("""{"index":0,"delta":{},"logprobs":null,"finish_reason":"tool_calls"}""");
        events[^1].Data.GetProperty("choices").GetArrayLength().ShouldBe(0);
        events[^1].Data.GetProperty("usage").GetProperty("total_tokens").GetInt32().ShouldBeGreaterThan(0);
        events.SkipLast(1).ShouldAllBe(e => e.Data.GetProperty("usage").ValueKind == JsonValueKind.Null);
    }

    [Fact]
    public async Task Chat_without_the_option_has_no_usage_anywhere()
    {
        var events = await StreamAsync(Ask.Chat, """{"model":"m","stream":true,"messages":[{"role":"user","content":"x"}]}""");
        events.Any(e => e.Data.TryGetProperty("usage", out _)).ShouldBeFalse();
    }

    [Fact]
    public async Task Responses_with_reasoning_text_function_and_custom_tool()
    {
        var events = await StreamAsync(Ask.Responses, """
            {"model":"m","stream":true,"reasoning":{"effort":"low","summary":"auto"},"include":["reasoning.encrypted_content"],
             "tools":[{"type":"function","name":"t"},{"type":"custom","name":"p"}],
             "input":"[think] [say ok] [tool t {\"a\":1}] [custom p some text]"}
            """);
        Kinds(events).ShouldBe(
        [
            "response.created", "response.in_progress",
            "response.output_item.added:reasoning", "response.reasoning_summary_part.added", "response.reasoning_summary_text.delta*",
            "response.reasoning_summary_text.done", "response.reasoning_summary_part.done", "response.output_item.done:reasoning",
            "response.output_item.added:message", "response.content_part.added", "response.output_text.delta*", "response.output_text.done",
            "response.content_part.done", "response.output_item.done:message",
            "response.output_item.added:function_call", "response.function_call_arguments.delta*", "response.function_call_arguments.done",
            "response.output_item.done:function_call",
            "response.output_item.added:custom_tool_call", "response.custom_tool_call_input.delta*", "response.custom_tool_call_input.done",
            "response.output_item.done:custom_tool_call",
            "response.completed",
        ]);
        events.Select(e => e.Data.GetProperty("sequence_number").GetInt32()).ShouldBe(Enumerable.Range(0, events.Count));
        var final = events[^1].Data.GetProperty("response");
        final.GetProperty("status").GetString().ShouldBe("completed");
        final.GetProperty("output").EnumerateArray().Select(i => i.GetProperty("id").GetString())
            .ShouldBe(events.Where(e => e.Name == "response.output_item.added")
                .Select(e => e.Data.GetProperty("item").GetProperty("id").GetString()));
        final.GetProperty("output")[3].GetProperty("input").GetString().ShouldBe("some text");
        final.GetProperty("usage").GetProperty("output_tokens_details").GetProperty("reasoning_tokens").GetInt32().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Responses_with_tools_of_the_vendors_own()
    {
        var events = await StreamAsync(Ask.Responses, """
            {"model":"m","stream":true,"input":"[hosted search] [hosted code] [hosted mcp] [say ok]",
             "tools":[{"type":"web_search"},{"type":"code_interpreter","container":{"type":"auto"}},{"type":"mcp","server_label":"files","server_url":"https://mcp.example"}]}
            """);
        Kinds(events).Skip(2).SkipLast(8).ShouldBe(
        [
            "response.output_item.added:web_search_call", "response.web_search_call.in_progress", "response.web_search_call.searching",
            "response.web_search_call.completed", "response.output_item.done:web_search_call",
            "response.output_item.added:code_interpreter_call", "response.code_interpreter_call.in_progress", "response.code_interpreter_call_code.delta*",
            "response.code_interpreter_call_code.done", "response.code_interpreter_call.interpreting", "response.code_interpreter_call.completed",
            "response.output_item.done:code_interpreter_call",
            "response.output_item.added:mcp_call", "response.mcp_call.in_progress", "response.mcp_call_arguments.delta*", "response.mcp_call_arguments.done",
            "response.mcp_call.completed", "response.output_item.done:mcp_call",
        ]);
        // What a tool gave is known when it is done.
        foreach (var item in events.Where(e => e.Name == "response.output_item.added").Select(e => e.Data.GetProperty("item")).SkipLast(1))
        {
            item.GetProperty("status").GetString().ShouldBe("in_progress");
            foreach (var told in item.EnumerateObject().Where(field => field.Name is "action" or "output" or "outputs"))
                told.Value.ValueKind.ShouldBe(JsonValueKind.Null, item.GetRawText());
        }
    }

    /// <summary>What is known only at the end stands in the whole message as in the stream's last usage.</summary>
    [Fact]
    public async Task A_whole_message_reports_what_a_streamed_one_does()
    {
        const string body = """
            {"model":"m","max_tokens":9999,"stream":STREAM,"thinking":{"type":"adaptive"},"tools":[{"type":"web_search_20250305","name":"web_search"}],
             "messages":[{"role":"user","content":"[think] [hosted search]"}]}
            """;
        var streamed = (await StreamAsync(Ask.Messages, body.Replace("STREAM", "true"))).Single(e => e.Name == "message_delta").Data.GetProperty("usage");
        var answer = await RawAnswer.AskAsync(_server.Address, Ask.Raw(Ask.Messages, body.Replace("STREAM", "false")));
        var whole = JsonDocument.Parse(answer.Body).RootElement.GetProperty("usage");
        foreach (var field in streamed.EnumerateObject()) whole.GetProperty(field.Name).GetRawText().ShouldBe(field.Value.GetRawText(), field.Name);
        whole.GetProperty("output_tokens_details").GetProperty("thinking_tokens").GetInt32().ShouldBeGreaterThan(0);
        whole.GetProperty("server_tool_use").GetProperty("web_search_requests").GetInt32().ShouldBe(1);
    }

    [Theory]
    [InlineData(Ask.Messages, "\"stop_reason\":\"max_tokens\"",
        """{"model":"m","stream":true,"max_tokens":2,"messages":[{"role":"user","content":"a long prompt that is cut"}]}""")]
    [InlineData(Ask.Chat, "\"finish_reason\":\"length\"",
        """{"model":"m","stream":true,"max_tokens":2,"messages":[{"role":"user","content":"a long prompt that is cut"}]}""")]
    [InlineData(Ask.Responses, "event: response.incomplete\n", """{"model":"m","stream":true,"max_output_tokens":16,"input":"a long prompt that is cut because it has more than sixty-four characters in it"}""")]
    public async Task The_token_limit_ends_an_answer_in_the_dialects_way(string dialect, string expected, string body) =>
        (await RawAnswer.AskAsync(_server.Address, Ask.Raw(dialect, body))).Body.ShouldContain(expected);

    private async Task<List<(string? Name, JsonElement Data)>> StreamAsync(string dialect, string body)
    {
        var answer = await RawAnswer.AskAsync(_server.Address, Ask.Raw(dialect, body));
        answer.Status.ShouldBe(200, answer.Body);
        answer.Header("content-type").ShouldBe("text/event-stream; charset=utf-8");
        var events = new List<(string?, JsonElement)>();
        foreach (var block in Encoding.UTF8.GetString(answer.BodyBytes).Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            if (block == "data: [DONE]") continue;
            var lines = block.Split('\n');
            var name = lines[0].StartsWith("event: ", StringComparison.Ordinal) ? lines[0][7..] : null;
            lines.Length.ShouldBe(name is null ? 1 : 2);
            events.Add((name, JsonDocument.Parse(lines[^1][6..]).RootElement));
        }
        return events;
    }

    /// <summary>The events' kinds; a run of the same delta is one with a star.</summary>
    private static List<string> Kinds(List<(string? Name, JsonElement Data)> events)
    {
        var kinds = new List<string>();
        foreach (var (name, data) in events)
        {
            var kind = Delta((name, data)) is { } delta ? delta + "*"
                : name!.EndsWith(".delta", StringComparison.Ordinal) ? name + "*"
                : data.TryGetProperty("content_block", out var block) ? $"{name}:{block.GetProperty("type").GetString()}"
                : data.TryGetProperty("item", out var item) ? $"{name}:{item.GetProperty("type").GetString()}"
                : name == "message_delta" ? $"{name}:{data.GetProperty("delta").GetProperty("stop_reason").GetString()}"
                : name;
            if (!kind.EndsWith('*') || kinds[^1] != kind) kinds.Add(kind);
        }
        return kinds;
    }

    private static string? Delta((string? Name, JsonElement Data) e) =>
        e.Name == "content_block_delta" ? e.Data.GetProperty("delta").GetProperty("type").GetString() : null;

    private static string Joined(List<(string? Name, JsonElement Data)> events, string delta, string field) =>
        string.Concat(events.Where(e => Delta(e) == delta).Select(e => e.Data.GetProperty("delta").GetProperty(field).GetString()));
}
