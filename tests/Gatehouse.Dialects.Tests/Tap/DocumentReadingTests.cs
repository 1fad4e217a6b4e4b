using System.Text;
using Gatehouse.Dialects.Tap;

namespace Gatehouse.Dialects.Tests.Tap;

public sealed class DocumentReadingTests
{
    [Theory]
    [InlineData(
        Dialect.Anthropic,
        """{"id":"msg_1","type":"message","content":[{"type":"tool_use","input":{"usage":{"input_tokens":1},"id":"no"}}],"model":"claude-opus-5-5","stop_reason":"end_turn","usage":{"input_tokens":5,"cache_creation_input_tokens":1,"cache_read_input_tokens":2,"output_tokens":9,"server_tool_use":{"web_search_requests":1},"service_tier":"priority"}}""",
        "id=msg_1 model=claude-opus-5-5 stop=end_turn tier=priority error= in=5 out=9 read=2 write=1 5m= 1h= think= incl=False tools=web_search_requests:1")]
    [InlineData(
        Dialect.Anthropic,
        """{"input_tokens":2095}""",
        "id= model= stop= tier= error= in=2095 out= read= write= 5m= 1h= think= incl=False tools=-")]
    [InlineData(
        Dialect.Anthropic,
        """{"type":"error","error":{"type":"invalid_request_error","message":"m"},"request_id":"req_1"}""",
        "id= model= stop= tier= error=invalid_request_error in= out= read= write= 5m= 1h= think= incl=False tools=-")]
    [InlineData(
        Dialect.OpenAiChat,
        """{"id":"chatcmpl-1","model":"gpt-4o","choices":[{"index":0,"message":{"content":"{\"usage\":1}","usage":{}},"finish_reason":"length"},{"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":4}},"service_tier":"default"}""",
        "id=chatcmpl-1 model=gpt-4o stop=length tier=default error= in=10 out=2 read=4 write= 5m= 1h= think= incl=True tools=-")]
    [InlineData(
        Dialect.OpenAiChat,
        """{"error":{"message":"Incorrect API key","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}""",
        "id= model= stop= tier= error=invalid_request_error in= out= read= write= 5m= 1h= think= incl=True tools=-")]
    [InlineData(
        Dialect.OpenAiResponses,
        """{"id":"resp_1","status":"completed","error":null,"incomplete_details":null,"model":"gpt-5.5","output":[{"id":"x","status":"no","usage":{"input_tokens":1}}],"usage":{"input_tokens":3,"output_tokens":4,"output_tokens_details":{"reasoning_tokens":1}}}""",
        "id=resp_1 model=gpt-5.5 stop=completed tier= error= in=3 out=4 read= write= 5m= 1h= think=1 incl=True tools=-")]
    [InlineData(
        Dialect.OpenAiResponses,
        """{"id":"resp_1","status":"incomplete","incomplete_details":{"reason":"content_filter"},"model":"gpt-5.5"}""",
        "id=resp_1 model=gpt-5.5 stop=content_filter tier= error= in= out= read= write= 5m= 1h= think= incl=True tools=-")]
    public void A_document_cut_at_every_pair_of_places_gives_the_same_facts(Dialect dialect, string json, string expected)
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes(json), (byte)'\n'];
        var tap = new ResponseTap();
        for (var first = 0; first < bytes.Length; first++)
        {
            for (var second = first; second < bytes.Length; second += 1 + (second / 40))
            {
                TapReplay.Play(tap, dialect, BodyFraming.Json, bytes, first, second);
                if (!TapReplay.Describe(tap).StartsWith(expected + " boundary=False terminal=True", StringComparison.Ordinal))
                    TapReplay.Describe(tap).ShouldBe(expected, $"cut at {first} and {second}");
            }
        }

        tap.SawError.ShouldBe(json.Contains("\"error\":{", StringComparison.Ordinal));
        tap.Events.ShouldBe(0);
    }

    [Theory]
    [InlineData("<html>oops</html>")]
    [InlineData("{\"usage\":{\"input_tokens\":5}")]
    [InlineData("")]
    [InlineData("{\"usage\":{\"input_tokens\":5},}")]
    public void What_is_not_a_whole_document_yields_nothing(string text)
    {
        var tap = TapReplay.Play(Dialect.Anthropic, BodyFraming.Json, Encoding.UTF8.GetBytes(text));
        tap.SawTerminal.ShouldBeFalse();
        tap.Facts.Usage.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void A_byte_order_mark_in_pieces_is_passed_over()
    {
        byte[] bytes = [0xEF, 0xBB, 0xBF, .. "{\"id\":\"msg_1\"}"u8];
        for (var cut = 0; cut < bytes.Length; cut++)
            TapReplay.Play(Dialect.Anthropic, BodyFraming.Json, bytes, cut).Facts.ResponseId.ShouldBe("msg_1");
    }
}
