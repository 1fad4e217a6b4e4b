using System.Text;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation.Anthropic;

/// <summary>The two forms of a message, and the ways between them.</summary>
public sealed class AnthropicFormsTests
{
    private const string Usage = """{"input_tokens":3,"cache_read_input_tokens":null,"output_tokens":9,"service_tier":"standard"}""";

    public static TheoryData<string> Contents =>
    [
        "[]",
        """[{"type":"text","text":""}]""",
        """[{"type":"text","text":"a\nb \"c\" \u00fc","citations":null}]""",
        """[{"type":"text","text":"a","citations":[{"type":"char_location","cited_text":"x","document_index":0},{"type":"page_location"}]}]""",
        """[{"type":"thinking","thinking":"hm","signature":"c2ln"},{"type":"redacted_thinking","data":"b3BhcXVl"},{"type":"text","text":"so"}]""",
        """[{"type":"thinking","thinking":"","signature":"c2ln"}]""",
        """[{"type":"tool_use","id":"toolu_1","name":"f","input":{"a": 1.0,"b":"\u00fc\\"},"caller":{"type":"direct"}},{"type":"tool_use","id":"toolu_2","name":"g","input":{}}]""",
        """[{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{"query":"x"}},{"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":[{"type":"web_search_result","url":"u"}]}]""",
        """[{"type":"something_new","text":"stays","input":{"a":1}}]""",
    ];

    [Theory]
    [MemberData(nameof(Contents))]
    public void A_message_is_the_same_after_a_round_trip_through_its_stream(string content)
    {
        var message = $$"""{"id":"msg_1","type":"message","role":"assistant","model":"m","content":{{content}},"stop_reason":"stop_sequence","stop_sequence":"X","usage":{{Usage}},"new_member":[1]}""";
        using var events = new PooledBuffer();
        AnswerForms.TryReplay(Dialect.Anthropic, Encoding.UTF8.GetBytes(message), events).ShouldBeTrue();
        LegalStream.Check(Dialect.Anthropic, Encoding.UTF8.GetString(events.Written), null);
        Collect(events.Written).Document.ShouldBe(message);
    }

    [Fact]
    public void Counts_and_members_of_the_end_replace_those_of_the_start()
    {
        const string stream = """
            event: message_start
            data: {"type":"message_start","message":{"id":"m","type":"message","content":[],"stop_reason":null,"stop_sequence":null,"container":null,"usage":{"input_tokens":5,"output_tokens":1}}}

            event: ping
            data: {"type":"ping"}

            event: message_delta
            data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null,"container":{"id":"c"}},"usage":{"input_tokens":null,"output_tokens":7,"server_tool_use":{"web_search_requests":1}},"context_management":{"applied_edits":[]}}

            event: message_stop
            data: {"type":"message_stop"}


            """;
        Collect(Encoding.UTF8.GetBytes(stream)).Document.ShouldBe(
            """{"id":"m","type":"message","content":[],"stop_reason":"end_turn","stop_sequence":null,"container":{"id":"c"},"usage":"""
            + """{"input_tokens":5,"output_tokens":7,"server_tool_use":{"web_search_requests":1}},"context_management":{"applied_edits":[]}}""");
    }

    [Fact]
    public void Reason_and_counts_may_come_apart_and_a_start_may_hold_nothing()
    {
        const string stream = """
            data: {"type":"message_start","message":{"id":"m","type":"message"}}

            data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":"","citations":[]}}

            data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}

            data: {"type":"content_block_delta","index":0,"delta":{"type":"citations_delta","citation":{"type":"page_location"}}}

            data: {"type":"content_block_delta","index":0,"delta":{"type":"citations_delta"}}

            data: {"type":"content_block_stop","index":0}

            data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":1}}

            data: {"type":"message_delta","delta":{},"usage":{"output_tokens":7}}

            data: {"type":"message_stop"}


            """;
        Collect(Encoding.UTF8.GetBytes(stream)).Document.ShouldBe(
            """{"id":"m","type":"message","content":[{"type":"text","text":"a","citations":[{"type":"page_location"}]}],"usage":{"output_tokens":7},"stop_reason":"end_turn"}""");
    }

    [Theory]
    [InlineData("", "{}")]
    [InlineData("{\\\"a\\\": 1}", "{\"a\": 1}")]
    [InlineData("not json", "{\"_raw_arguments\":\"not json\"}")]
    [InlineData("[1]", "{\"_raw_arguments\":\"[1]\"}")]
    [InlineData("{\\\"cut\\\": \\\"of", "{\"_raw_arguments\":\"{\\\"cut\\\": \\\"of\"}")]
    public void Input_that_is_no_object_is_kept_as_it_came(string escaped, string input)
    {
        var stream = Start()
            + """data: {"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"f","input":{}}}""" + "\n\n"
            + $$$"""data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{{{escaped}}}"}}""" + "\n\n"
            + """data: {"type":"content_block_stop","index":0}""" + "\n\n" + Stop();
        Collect(Encoding.UTF8.GetBytes(stream)).Document.ShouldContain("""{"type":"tool_use","id":"t","name":"f","input":""" + input + "}");
    }

    [Fact]
    public void A_stream_that_breaks_off_or_reports_an_error_gives_no_document()
    {
        var (document, failure) = Collect(Encoding.UTF8.GetBytes(Start()));
        document.ShouldBeEmpty();
        failure.ShouldNotBeNull().ShouldContain("broke off");
        (document, failure) = Collect(Encoding.UTF8.GetBytes(Start() + """data: {"type":"error","error":{"type":"overloaded_error","message":"Too much"}}""" + "\n\n" + Stop()));
        document.ShouldBeEmpty();
        failure.ShouldBe("Too much");
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"type":"error","error":{"type":"api_error","message":"m"}}""")]
    [InlineData("""{"type":"message","content":"text"}""")]
    public void What_is_no_message_is_not_replayed(string document)
    {
        using var events = new PooledBuffer();
        AnswerForms.TryReplay(Dialect.Anthropic, Encoding.UTF8.GetBytes(document), events).ShouldBeFalse();
        events.Length.ShouldBe(0);
    }

    private static string Start() =>
        """data: {"type":"message_start","message":{"id":"m","type":"message","content":[],"stop_reason":null,"usage":{"output_tokens":1}}}""" + "\n\n";

    private static string Stop() =>
        """data: {"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":2}}""" + "\n\n" + """data: {"type":"message_stop"}""" + "\n\n";

    private static (string Document, string? Failure) Collect(ReadOnlySpan<byte> events)
    {
        using var document = new PooledBuffer();
        var collector = AnswerForms.Collector(Dialect.Anthropic, document);
        using var feed = new EventFeed(collector);
        feed.Read(events);
        feed.End();
        return (Encoding.UTF8.GetString(document.Written), collector.Failure?.Message);
    }
}
