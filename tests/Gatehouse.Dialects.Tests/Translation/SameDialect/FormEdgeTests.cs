using System.Text;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation;
using Gatehouse.Dialects.Translation.SameDialect;

namespace Gatehouse.Dialects.Tests.Translation.SameDialect;

/// <summary>Answers of a provider that knows only one form, for a caller of its own dialect that wants a stream.</summary>
public sealed class FormEdgeTests
{
    [Theory]
    [InlineData(Dialect.Anthropic, "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Too much\"},\"request_id\":\"r\"}\n\n", false)]
    [InlineData(Dialect.OpenAiChat, "data: {\"error\":{\"message\":\"Too much\",\"type\":\"server_error\",\"code\":502,\"metadata\":{\"a\":1}}}\n\n", false)]
    [InlineData(Dialect.OpenAiResponses, "event: error\ndata: {\"type\":\"error\",\"code\":\"x\",\"message\":\"Too much\",\"param\":null,\"sequence_number\":7}\n\n", false)]
    [InlineData(Dialect.OpenAiResponses, "event: response.failed\ndata: {\"type\":\"response.failed\",\"sequence_number\":7,\"response\":{\"id\":\"r\",\"status\":\"failed\",\"error\":{\"code\":\"x\",\"message\":\"Too much\"}}}\n\n", true)]
    public void A_bad_end_keeps_the_providers_own_event(Dialect dialect, string events, bool isClosed)
    {
        var (text, map) = Play(dialect, events);
        text.ShouldBe(events);
        map.Failure.ShouldNotBeNull().Message.ShouldBe("Too much");
        map.IsFailureClosed.ShouldBe(isClosed, "only a failed response is the last event of its dialect");
    }

    [Fact]
    public void A_response_that_failed_is_streamed_to_its_own_last_event()
    {
        const string Document = """{"id":"r","object":"response","status":"failed","error":{"code":"server_error","message":"Too much"},"output":[],"usage":null}""";
        using var events = new PooledBuffer();
        AnswerForms.TryReplay(Dialect.OpenAiResponses, Encoding.UTF8.GetBytes(Document), events).ShouldBeTrue();
        var (text, map) = Play(Dialect.OpenAiResponses, Encoding.UTF8.GetString(events.Written));
        text.ShouldEndWith("event: response.failed\ndata: {\"type\":\"response.failed\",\"sequence_number\":2,\"response\":" + Document + "}\n\n");
        map.IsFailureClosed.ShouldBeTrue();
    }

    [Fact]
    public void An_error_of_ours_has_the_next_number()
    {
        var (text, _) = Play(Dialect.OpenAiResponses, "event: response.created\ndata: {\"type\":\"response.created\",\"sequence_number\":4,\"response\":{}}\n\n");
        text.ShouldContain("\"sequence_number\":5}");
    }

    [Fact]
    public void An_empty_finish_reason_ends_nothing() =>
        Play(Dialect.OpenAiChat, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":\"\"}]}\n\n").Map.Failure.ShouldNotBeNull();

    private static (string Text, StreamMap Map) Play(Dialect dialect, string events)
    {
        var context = new GoldenContext().ToContext(new PlainMemory());
        using var request = FormEdge.Of(dialect).Translate("""{"model":"asked-model","stream":true}"""u8, context);
        using var output = new PooledBuffer();
        var map = request.BeginAnswer(output);
        using var feed = new EventFeed(map);
        feed.Read(Encoding.UTF8.GetBytes(events));
        feed.End();
        return (Encoding.UTF8.GetString(output.Written), map);
    }
}
