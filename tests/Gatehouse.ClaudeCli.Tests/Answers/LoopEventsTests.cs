using System.Text;
using System.Text.RegularExpressions;
using Gatehouse.ClaudeCli.Answers;
using Gatehouse.ClaudeCli.Requests;
using Gatehouse.Dialects.Json;

namespace Gatehouse.ClaudeCli.Tests.Answers;

public sealed partial class LoopEventsTests
{
    private readonly LoopEvents _events = new(hasSchema: false);
    private readonly StringBuilder _written = new();

    [Fact]
    public void Two_turns_are_one_message_with_the_text_of_both_and_nothing_else()
    {
        Turn(10, 5, "tool_use", Thinking(), Text("I look."), Call("mcp__opencode__read"));
        Turn(20, 7, "tool_use", Call("mcp__opencode__edit"), Text("I edit."), Call("Agent"));
        Turn(30, 9, "end_turn", Text("Done."));
        _events.Ended.ShouldBeFalse();
        End(stopped: false, default);

        var stream = _written.ToString();
        stream.ShouldNotContain("tool_use");
        stream.ShouldNotContain("thinking");
        stream.ShouldNotContain("mcp__");
        stream.ShouldNotContain("input_json");
        Names().ShouldBe(["message_start",
            "content_block_start", "content_block_delta", "content_block_stop",
            "content_block_start", "content_block_delta", "content_block_delta", "content_block_stop",
            "content_block_start", "content_block_delta", "content_block_delta", "content_block_stop",
            "message_delta", "message_stop"]);
        Index().Matches(stream).Select(match => match.Groups[1].Value).ShouldBe(["0", "0", "0", "1", "1", "1", "1", "2", "2", "2", "2"]);
        _events.Key.ShouldBe(MessageKey.OfAssistant("I look.\n\nI edit.\n\nDone.", []));
        stream.ShouldContain("\"stop_reason\":\"end_turn\"");
        stream.ShouldContain("\"usage\":{\"input_tokens\":60,\"cache_creation_input_tokens\":3,\"cache_read_input_tokens\":6,");
        stream.ShouldContain("\"output_tokens\":21}");
        (_events.Ended, _events.Calls.Count).ShouldBe((true, 0));
    }

    [Fact]
    public void What_agents_used_that_do_not_come_out_is_told_too()
    {
        Turn(10, 5, "end_turn", Text("x"));
        End(stopped: false, new SpentTokens(100, 1, 2, 50));
        _written.ToString().ShouldContain("\"input_tokens\":100,");
        _written.ToString().ShouldContain("\"output_tokens\":50}");
    }

    [Theory]
    [InlineData(0, 3, 300)]
    [InlineData(0, 2, 200)]
    [InlineData(1_000, 3, 300)]
    [InlineData(1_000, 0, 0)]
    public void How_long_the_cache_keeps_what_was_written_is_told_of_every_turn_together(int spent, int hours, int expected)
    {
        for (var i = 0; i < 3; i++)
        {
            var (hour, minutes) = i < hours ? (100, 50) : (0, 150);
            Write(_events, $$$$"""{"type":"message_start","message":{"id":"m{{{{i}}}}","usage":{"input_tokens":1,"cache_creation_input_tokens":150,"cache_creation":{"ephemeral_5m_input_tokens":{{{{minutes}}}},"ephemeral_1h_input_tokens":{{{{hour}}}} },"output_tokens":1} } }""");
            // Also where the end tells the total again, without its parts.
            Write(_events, """{"type":"message_delta","usage":{"cache_creation_input_tokens":150,"output_tokens":9},"delta":{"stop_reason":"tool_use"} }""");
            Write(_events, """{"type":"message_stop"}""");
        }

        var total = Math.Max(450, spent);
        End(stopped: false, new SpentTokens(3, spent, 0, 27));
        _written.ToString().ShouldContain($"\"cache_creation_input_tokens\":{total},");
        _written.ToString().ShouldEndWith($$$"""
            "cache_creation":{"ephemeral_5m_input_tokens":{{{total - expected}}},"ephemeral_1h_input_tokens":{{{expected}}}},"output_tokens":27}}

            event: message_stop
            data: {"type":"message_stop"}


            """);
    }

    [Fact]
    public void What_agents_wrote_to_the_cache_for_an_hour_counts_once_a_message()
    {
        Turn(10, 5, "end_turn", Text("x"));
        var message = JsonView.Trusted("""{"id":"a","usage":{"cache_creation_input_tokens":80,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":80} } }"""u8);
        _events.TakeAgent(message);
        _events.TakeAgent(message);
        _events.TakeAgent(JsonView.Trusted("""{"id":"b","usage":{"cache_creation_input_tokens":7,"cache_creation":{"ephemeral_5m_input_tokens":5,"ephemeral_1h_input_tokens":2} } }"""u8));
        // 1 of its own, 87 of messages that were told of, 12 of one that was not.
        End(stopped: false, new SpentTokens(100, 100, 2, 50));
        _written.ToString().ShouldContain("\"cache_creation\":{\"ephemeral_5m_input_tokens\":18,\"ephemeral_1h_input_tokens\":82}");
    }

    [Fact]
    public void No_more_is_kept_for_an_hour_than_was_written()
    {
        Turn(10, 5, "end_turn", Text("x"));
        _events.TakeAgent(JsonView.Trusted("""{"id":"a","usage":{"cache_creation":{"ephemeral_1h_input_tokens":80} } }"""u8));
        End(stopped: false, default);
        _written.ToString().ShouldContain("\"cache_creation\":{\"ephemeral_5m_input_tokens\":0,\"ephemeral_1h_input_tokens\":1}");
    }

    [Fact]
    public void What_models_used_is_counted_from_where_the_last_answer_ended()
    {
        var before = SpentTokens.OfProcess(JsonView.Trusted("""{"a":{"inputTokens":1,"outputTokens":2,"cacheReadInputTokens":3,"cacheCreationInputTokens":4}}"""u8));
        var after = SpentTokens.OfProcess(JsonView.Trusted(
            """{"a":{"inputTokens":2,"outputTokens":4,"cacheReadInputTokens":6,"cacheCreationInputTokens":8},"b":{"inputTokens":10,"outputTokens":20}}"""u8));
        (after - before).ShouldBe(new SpentTokens(11, 4, 3, 22));
    }

    [Theory]
    [InlineData(true, "tool_use")]
    [InlineData(false, "max_tokens")]
    public void Work_that_was_stopped_is_an_answer_that_was_cut(bool stopped, string reason)
    {
        Turn(1, 1, reason, Text("So far."));
        End(stopped, default);
        _written.ToString().ShouldContain("\"stop_reason\":\"max_tokens\"");
    }

    [Fact]
    public void Of_an_answer_with_a_schema_the_structured_output_alone_comes_out()
    {
        var events = new LoopEvents(hasSchema: true);
        Write(events, """{"type":"message_start","message":{}}""");
        Write(events, """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""");
        Write(events, """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Here it is:"}}""");
        Write(events, """{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t","name":"StructuredOutput","input":{}}}""");
        Write(events, """{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"a\":1}"}}""");
        Write(events, """{"type":"content_block_stop","index":1}""");
        events.Key.ShouldBe(MessageKey.OfAssistant("""{"a":1}""", []));
        _written.ToString().ShouldNotContain("Here it is");
        _written.ToString().ShouldContain("""{"type":"content_block_stop","index":0}""");
    }

    [Fact]
    public void A_turn_that_is_lost_in_its_middle_breaks_the_answer_unless_nothing_of_it_was_out()
    {
        Write(_events, """{"type":"message_start","message":{}}""");
        Write(_events, """{"type":"message_start","message":{}}""");
        _events.IsBroken.ShouldBeFalse();
        Write(_events, """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":"Half"}}""");
        var closed = new LoopEvents(hasSchema: false);
        Write(closed, """{"type":"message_start","message":{}}""");
        Write(closed, """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":"Half"}}""");
        Write(closed, """{"type":"message_stop"}""");
        closed.IsBroken.ShouldBeTrue();
        Write(_events, """{"type":"message_start","message":{}}""");
        _events.IsBroken.ShouldBeTrue();
    }

    [Fact]
    public void Work_without_a_word_is_no_answer()
    {
        Turn(1, 1, "end_turn", Call("mcp__opencode__read"));
        _events.HasContent.ShouldBeFalse();
    }

    private void Turn(int input, int output, string reason, params string[] blocks)
    {
        Write(_events, $$$"""{"type":"message_start","message":{"id":"m","usage":{"cache_read_input_tokens":2,"input_tokens":{{{input}}},"cache_creation_input_tokens":1,"output_tokens":1} } }""");
        for (var i = 0; i < blocks.Length; i++)
        {
            foreach (var data in blocks[i].Split('\n')) Write(_events, data.Replace("INDEX", $"{i}", StringComparison.Ordinal));
        }

        Write(_events, $$$"""{"type":"message_delta","usage":{"output_tokens":{{{output}}} },"delta":{"stop_reason":"{{{reason}}}"} }""");
        Write(_events, """{"type":"message_stop"}""");
    }

    private static string Text(string text) => Block("""{"type":"text","text":""}""", $$"""{"type":"text_delta","text":"{{text}}"}""");

    private static string Thinking() => Block("""{"type":"thinking","thinking":""}""", """{"type":"thinking_delta","thinking":"hm"}""");

    private static string Call(string name) => Block($$"""{"type":"tool_use","id":"t","name":"{{name}}","input":{} }""", """{"type":"input_json_delta","partial_json":"{}"}""");

    private static string Block(string start, string delta) =>
        $$"""
        {"type":"content_block_start","content_block":{{start}},"index":INDEX}
        {"type":"content_block_delta","delta":{{delta}},"index":INDEX}
        {"type":"content_block_stop","index":INDEX}
        """;

    private void Write(LoopEvents events, string json)
    {
        using var output = new PooledBuffer();
        events.Write(JsonView.Trusted(Encoding.UTF8.GetBytes(json)), output);
        _written.Append(Encoding.UTF8.GetString(output.Written));
    }

    private void End(bool stopped, SpentTokens spent)
    {
        using var output = new PooledBuffer();
        _events.End(stopped, spent, output);
        _written.Append(Encoding.UTF8.GetString(output.Written));
    }

    private IEnumerable<string> Names() => _written.ToString().Split('\n').Where(line => line.StartsWith("event: ", StringComparison.Ordinal)).Select(line => line[7..]);

    [GeneratedRegex("\"index\":(\\d+)")]
    private static partial Regex Index();
}
