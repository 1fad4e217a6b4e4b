using System.Text;
using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation.Responses;

/// <summary>A response as a document and as a stream.</summary>
public sealed class ResponsesFormsTests
{
    private const string Rich = """
        {"id":"resp_1","object":"response","created_at":1,"status":"completed","completed_at":9,"error":null,"incomplete_details":null,"model":"m","frobnicate":[1],"output":[
        {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"So\n"},{"type":"summary_text","text":""}],"content":[{"type":"reasoning_text","text":"raw"}],"encrypted_content":"E"},
        {"type":"web_search_call","id":"ws_1","status":"completed","action":{"type":"search","query":"q"}},
        {"type":"message","id":"msg_1","status":"completed","role":"assistant","phase":"final_answer","content":[{"type":"output_text","text":"Zo\u00eb \"x\"","annotations":[{"type":"url_citation","url":"u","title":"t","start_index":0,"end_index":3}],"logprobs":[]},{"type":"refusal","refusal":"No."}]},
        {"type":"function_call","id":"fc_1","status":"completed","call_id":"c1","name":"f","namespace":"n","arguments":"{\"a\": 1}"},
        {"type":"custom_tool_call","id":"ctc_1","status":"completed","call_id":"c2","name":"p","input":"*** \"x\""},
        {"type":"image_generation_call","id":"ig_1","status":"completed","result":"AAAA"},
        {"type":"hologram","id":"h_1","size":3}],
        "usage":{"input_tokens":1,"input_tokens_details":{"cached_tokens":0},"output_tokens":2,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":3}}
        """;

    [Theory]
    [InlineData("completed")]
    [InlineData("incomplete")]
    public void A_document_becomes_a_legal_stream_and_comes_back_whole(string status)
    {
        var document = Rich.Replace("\"status\":\"completed\",\"completed_at\"", $"\"status\":\"{status}\",\"completed_at\"", StringComparison.Ordinal);
        var stream = Replay(document);
        LegalStream.Check(Dialect.OpenAiResponses, stream, null);
        // A document that is printed over several lines is one line in an event.
        Collect(stream, out var failure).ShouldBe(document.ReplaceLineEndings(" "));
        failure.ShouldBeNull();
    }

    [Fact]
    public void A_stream_whose_last_event_lacks_the_output_is_collected_with_the_items_before()
    {
        var stream = """
            event: response.output_item.done
            data: {"type":"response.output_item.done","output_index":1,"item":{"type":"message","id":"b"}}

            event: response.output_item.done
            data: {"type":"response.output_item.done","output_index":0,"item":{"type":"reasoning","id":"a"}}

            event: response.completed
            data: {"type":"response.completed","response":{"id":"r","output":[],"usage":null}}


            """;
        Collect(stream, out _).ShouldBe("""{"id":"r","usage":null,"output":[{"type":"reasoning","id":"a"},{"type":"message","id":"b"}]}""");
    }

    [Theory]
    [InlineData("event: response.failed\ndata: {\"type\":\"response.failed\",\"response\":{\"error\":{\"code\":\"rate_limit_exceeded\",\"message\":\"slow\"}}}\n\n", ErrorKind.RateLimited, "slow")]
    [InlineData("event: error\ndata: {\"type\":\"error\",\"code\":\"server_error\",\"message\":\"fire\"}\n\n", ErrorKind.BadGateway, "fire")]
    [InlineData("event: response.created\ndata: {\"type\":\"response.created\"}\n\n", ErrorKind.BadGateway, "broke off")]
    [InlineData("event: response.completed\ndata: {\"type\":\"response.completed\"}\n\n", ErrorKind.BadGateway, "without the response")]
    public void A_stream_that_ends_badly_gives_no_document(string stream, ErrorKind kind, string words)
    {
        Collect(stream, out var failure).ShouldBeEmpty();
        failure.ShouldNotBeNull().Kind.ShouldBe(kind);
        failure.Message.ShouldContain(words);
    }

    [Theory]
    [InlineData("{\"error\":{\"message\":\"x\"}}")]
    [InlineData("{\"object\":\"response\",\"status\":\"in_progress\"}")]
    [InlineData("{\"object\":\"response\",\"status\":\"queued\"}")]
    [InlineData("<html>")]
    [InlineData("")]
    public void What_is_no_ended_response_is_not_replayed(string document)
    {
        using var events = new PooledBuffer();
        AnswerForms.TryReplay(Dialect.OpenAiResponses, Encoding.UTF8.GetBytes(document), events).ShouldBeFalse();
        events.Length.ShouldBe(0);
    }

    private static string Replay(string document)
    {
        using var events = new PooledBuffer();
        AnswerForms.TryReplay(Dialect.OpenAiResponses, Encoding.UTF8.GetBytes(document), events).ShouldBeTrue();
        return Encoding.UTF8.GetString(events.Written);
    }

    private static string Collect(string stream, out DialectError? failure)
    {
        using var document = new PooledBuffer();
        var collector = AnswerForms.Collector(Dialect.OpenAiResponses, document);
        using var feed = new EventFeed(collector);
        feed.Read(Encoding.UTF8.GetBytes(stream));
        feed.End();
        collector.Ended.ShouldBeTrue();
        failure = collector.Failure;
        return Encoding.UTF8.GetString(document.Written);
    }
}
