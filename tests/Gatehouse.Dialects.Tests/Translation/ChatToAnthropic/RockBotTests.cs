using System.Text;
using System.Text.Json;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation.ChatToAnthropic;

/// <summary>What a bot with an OpenAI SDK sends to Claude, and what it gets back: each mapping by its name.</summary>
public sealed class RockBotTests
{
    [Fact]
    public void A_tool_round_trip_reaches_the_provider_whole()
    {
        using var body = Translate("""
            {"model":"m","messages":[
              {"role":"system","content":"Be kind."},{"role":"user","content":"Weather?"},
              {"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"get","arguments":"{\"city\": \"Paris\"}"}}]},
              {"role":"tool","tool_call_id":"call_1","content":"Rain"}],
             "tools":[{"type":"function","function":{"name":"get","description":"d","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}]}
            """);
        var root = body.RootElement;
        root.GetProperty("system")[0].GetProperty("text").GetString().ShouldBe("Be kind.");
        var messages = root.GetProperty("messages");
        messages.GetArrayLength().ShouldBe(3);
        messages[1].GetProperty("content")[0].GetRawText().ShouldBe("""{"type":"tool_use","id":"call_1","name":"get","input":{"city": "Paris"}}""");
        messages[2].GetProperty("content")[0].GetRawText().ShouldBe("""{"type":"tool_result","tool_use_id":"call_1","content":"Rain"}""");
    }

    [Fact]
    public void Text_and_a_tool_call_stream_back()
    {
        var events = Answer(
            """{"model":"m","messages":[{"role":"user","content":"Hi"}],"tools":[{"type":"function","function":{"name":"get"}}]}""",
            """
            event: message_start
            data: {"type":"message_start","message":{"id":"msg_1","usage":{"input_tokens":3,"cache_read_input_tokens":4,"output_tokens":1}}}

            event: content_block_start
            data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Let me \"look\""}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":0}

            event: content_block_start
            data: {"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"toolu_1","name":"get","input":{}}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"city\":"}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"\"Paris\"}"}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":1}

            event: message_delta
            data: {"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":9}}

            event: message_stop
            data: {"type":"message_stop"}


            """);
        events.ShouldContain("\"content\":\"Let me \\\"look\\\"\"");
        events.ShouldContain("""{"index":0,"id":"toolu_1","type":"function","function":{"name":"get","arguments":""}}""");
        events.ShouldContain("\"arguments\":\"{\\\"city\\\":\"");
        events.ShouldContain("\"finish_reason\":\"tool_calls\"");
        events.ShouldEndWith("data: [DONE]\n\n");
    }

    private static EdgeContext Context() => new()
    {
        ExchangeId = new Guid("01980000-1111-7222-8333-444455556666"),
        Created = 1_790_000_000,
        ModelAsked = "asked",
        ModelSent = "claude",
        ClientStreams = true,
        UpstreamStreams = true,
        Seal = new PlainSeal(),
        Memory = new PlainMemory(),
    };

    private static JsonDocument Translate(string body)
    {
        using var request = EdgeSet.Find(Dialect.OpenAiChat, Dialect.Anthropic)!.Translate(Encoding.UTF8.GetBytes(body), Context());
        request.Refusal.ShouldBeNull();
        return JsonDocument.Parse(request.Body.WrittenMemory.ToArray());
    }

    private static string Answer(string body, string answer)
    {
        using var request = EdgeSet.Find(Dialect.OpenAiChat, Dialect.Anthropic)!.Translate(Encoding.UTF8.GetBytes(body), Context());
        using var output = new PooledBuffer();
        var map = request.BeginAnswer(output);
        using var feed = new EventFeed(map);
        feed.Read(Encoding.UTF8.GetBytes(answer));
        feed.End();
        map.Failure.ShouldBeNull();
        return Encoding.UTF8.GetString(output.Written);
    }
}
