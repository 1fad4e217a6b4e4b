using System.Text;
using Gatehouse.ClaudeCli.Agents;
using Gatehouse.ClaudeCli.Answers;
using Gatehouse.ClaudeCli.Requests;
using Gatehouse.Dialects.Json;

namespace Gatehouse.ClaudeCli.Tests.Answers;

public sealed class TurnEventsTests
{
    [Fact]
    public void Events_stay_as_they_are_but_for_the_names_of_tools()
    {
        var events = new TurnEvents(hasSchema: false, AgentNames.None);
        Write(events, """{"type":"message_start","message":{"id":"m","new_member":{"a":[1.0]}}}""")
            .ShouldBe("event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"new_member\":{\"a\":[1.0]}}}\n\n");
        Write(events, """{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t1","name":"mcp__oc__read_file","input":{}}}""")
            .ShouldContain("""{"type":"tool_use","id":"t1","name":"read_file","input":{}}""");
        Write(events, """{"type":"an_event_of_tomorrow","x":1}""").ShouldBe("event: an_event_of_tomorrow\ndata: {\"type\":\"an_event_of_tomorrow\",\"x\":1}\n\n");
        Write(events, """{"type":"message_stop"}""");
        events.Calls.ShouldBe(["t1"]);
        events.Ended.ShouldBeTrue();
    }

    [Fact]
    public void Structured_output_comes_as_text()
    {
        var events = new TurnEvents(hasSchema: true, AgentNames.None);
        Write(events, """{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t","name":"StructuredOutput","input":{}}}""")
            .ShouldContain("""{"type":"text","text":""}""");
        Write(events, """{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"a\":1}"}}""")
            .ShouldContain("""{"type":"text_delta","text":"{\"a\":1}"}""");
        Write(events, """{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":3}}""").ShouldContain("\"stop_reason\":\"end_turn\"");
        events.Calls.ShouldBeEmpty();
        events.Key.ShouldBe(MessageKey.OfAssistant("""{"a":1}""", []));
    }

    [Fact]
    public void An_agents_name_in_a_call_is_the_clients_own_and_the_rest_stays_as_it_was()
    {
        var tools = JsonView.Trusted("""[{"name":"task","input_schema":{"properties":{"subagent_type":{"enum":["oracle","explore"]}}}}]"""u8);
        var events = new TurnEvents(hasSchema: false, AgentNames.Read(tools));
        Write(events, """{"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"t","name":"mcp__oc__task","input":{}}}""");
        Write(events, """{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"prompt\": \"a Code-Reviewer\", \"suba"}}""").ShouldBeEmpty();
        Write(events, """{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"gent_type\":\"Code-Reviewer\"}"}}""").ShouldBeEmpty();
        var end = Write(events, """{"type":"content_block_stop","index":2}""");
        end.ShouldContain("""{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"prompt\": \"a Code-Reviewer\", \"subagent_type\":\"oracle\"}"}}""");
        end.ShouldEndWith("event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":2}\n\n");
    }

    private static string Write(TurnEvents events, string json)
    {
        using var output = new PooledBuffer();
        events.Write(JsonView.Trusted(Encoding.UTF8.GetBytes(json)), output);
        return Encoding.UTF8.GetString(output.Written);
    }
}
