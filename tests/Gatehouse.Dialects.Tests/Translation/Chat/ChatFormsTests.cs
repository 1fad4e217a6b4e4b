using System.Text;
using System.Text.Json;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation.Chat;

public sealed class ChatFormsTests
{
    private const string Document = """
        {"id":"c1","object":"chat.completion","created":5,"model":"m","system_fingerprint":"fp","brand":{"new":[1,{"a":null}]},
         "choices":[
          {"index":0,"message":{"role":"assistant","content":"Hi \"you\"\u00e9","refusal":null,"annotations":[{"type":"url_citation","url_citation":{"url":"u"}}],"reasoning_content":"hm",
            "tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\": 1.50}"}},{"id":"b","type":"custom","custom":{"name":"g","input":"t"}}]},
           "logprobs":{"content":[{"token":"Hi","logprob":-0.1,"bytes":null,"top_logprobs":[]}],"refusal":null},"finish_reason":"tool_calls"},
          {"index":1,"message":{"role":"assistant","content":"Second","refusal":null},"logprobs":null,"finish_reason":"stop"}],
         "usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"more":{"x":1}}}
        """;

    [Fact]
    public void A_document_comes_back_whole_from_the_stream_that_replays_it() => Same(Collect(Replay(Document)), Document);

    [Fact]
    public void A_document_of_several_lines_is_replayed_in_events_of_one() =>
        Replay(Document).Split("\n\n", StringSplitOptions.RemoveEmptyEntries).ShouldAllBe(static line => line.StartsWith("data: ") && !line.Contains('\n'));

    [Theory]
    [InlineData("{\"error\":{\"message\":\"x\"}}")]
    [InlineData("{\"choices\":[]}")]
    [InlineData("{\"choices\":{}}")]
    [InlineData("{\"choices\":[{\"text\":\"x\"}]}")]
    [InlineData("[]")]
    [InlineData("<html>")]
    [InlineData("")]
    public void What_is_no_answer_is_not_replayed(string document)
    {
        using var events = new PooledBuffer();
        AnswerForms.TryReplay(Dialect.OpenAiChat, Encoding.UTF8.GetBytes(document), events).ShouldBeFalse();
        events.Length.ShouldBe(0);
    }

    [Fact]
    public void Pieces_of_several_choices_and_calls_are_put_together() => Same(
        Collect(
            """
            data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null,"obfuscation":"zz"}

            data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}]},"finish_reason":null}]}

            data: {"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"b","type":"function","function":{"name":"g","arguments":"{"}}]}}]}

            data: {"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"","function":{"name":"","arguments":"{}"}}]}}]}

            data: {"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"function":{"arguments":"}"}}]}}]}

            data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}

            data: {"id":"c","choices":[],"usage":{"prompt_tokens":1}}

            data: [DONE]


            """),
        """
        {"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":null,
          "tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"b","type":"function","function":{"name":"g","arguments":"{}"}}],"refusal":null},
          "finish_reason":"tool_calls"}],"usage":{"prompt_tokens":1}}
        """);

    [Fact]
    public void A_choice_without_a_number_and_empty_words_before_the_end_are_understood() => Same(
        Collect(
            """
            data: {"id":"c","object":"chat.completion.chunk","choices":[{"delta":{"role":"assistant","content":"a"},"finish_reason":""}]}

            data: {"id":"c","choices":[{"delta":{"content":"b"},"finish_reason":"stop"}]}

            data: {"id":"c","choices":[{"delta":{},"finish_reason":""}]}

            data: [DONE]


            """),
        """{"id":"c","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"ab","refusal":null},"finish_reason":"stop"}]}""");

    [Fact]
    public void A_document_that_gives_an_empty_reason_ended_in_order() =>
        Replay("""{"choices":[{"index":0,"message":{"role":"assistant","content":"a"},"finish_reason":""}]}""").ShouldContain("\"finish_reason\":\"stop\"");

    [Theory]
    [InlineData("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"},\"finish_reason\":\"\"}]}\n\ndata: [DONE]\n\n", "broke off")]
    [InlineData("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"}}]}\n\ndata: [DONE]\n\n", "broke off")]
    [InlineData("data: [DONE]\n\n", "broke off")]
    [InlineData("data: {\"error\":{\"message\":\"Slow down\",\"code\":\"rate_limit_exceeded\"}}\n\n", "Slow down")]
    [InlineData("data: nonsense\n\n", "not JSON")]
    public void A_stream_that_ends_badly_gives_no_document(string stream, string reason)
    {
        using var document = new PooledBuffer();
        var collector = Feed(stream, document);
        collector.Failure.ShouldNotBeNull().Message.ShouldContain(reason);
        document.Length.ShouldBe(0);
    }

    private static string Replay(string document)
    {
        using var events = new PooledBuffer();
        AnswerForms.TryReplay(Dialect.OpenAiChat, Encoding.UTF8.GetBytes(document), events).ShouldBeTrue();
        return Encoding.UTF8.GetString(events.Written);
    }

    private static string Collect(string stream)
    {
        using var document = new PooledBuffer();
        Feed(stream, document).Failure.ShouldBeNull();
        return Encoding.UTF8.GetString(document.Written);
    }

    private static StreamMap Feed(string stream, PooledBuffer document)
    {
        var collector = AnswerForms.Collector(Dialect.OpenAiChat, document);
        using var feed = new EventFeed(collector);
        feed.Read(Encoding.UTF8.GetBytes(stream));
        feed.End();
        return collector;
    }

    /// <summary>The same members with the same values, whatever their order.</summary>
    private static void Same(string one, string other) =>
        JsonElement.DeepEquals(JsonDocument.Parse(one).RootElement, JsonDocument.Parse(other).RootElement).ShouldBeTrue(one);
}
