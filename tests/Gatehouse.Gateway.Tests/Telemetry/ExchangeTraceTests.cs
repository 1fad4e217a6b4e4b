using System.Diagnostics;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Telemetry;
using Gatehouse.Gateway.Tests.Access;

namespace Gatehouse.Gateway.Tests.Telemetry;

[Collection(nameof(Listening))]
public sealed class ExchangeTraceTests
{
    private const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [Fact]
    public void An_exchange_becomes_a_server_span_with_the_providers_call_inside_it()
    {
        var spans = Record(() => ExchangeTrace.Settled(Records.Settled(), Parent, "vendor=1", new Uri("https://api.example:8443/v1")));

        spans.Count.ShouldBe(2);
        var server = spans.Single(s => s.Kind == ActivityKind.Server);
        var client = spans.Single(s => s.Kind == ActivityKind.Client);
        server.DisplayName.ShouldBe("chat claude-opus-5-5");
        server.TraceId.ToString().ShouldBe("0af7651916cd43dd8448eb211c80319c");
        server.ParentSpanId.ToString().ShouldBe("b7ad6b7169203331");
        server.TraceStateString.ShouldBe("vendor=1");
        client.ParentSpanId.ShouldBe(server.SpanId);
        server.Duration.ShouldBe(TimeSpan.FromSeconds(2));
        client.StartTimeUtc.ShouldBe(server.StartTimeUtc.AddMicroseconds(90));
        (client.StartTimeUtc + client.Duration).ShouldBe(server.StartTimeUtc + server.Duration);
        client.GetTagItem("server.address").ShouldBe("api.example");
        client.GetTagItem("server.port").ShouldBe(8443);
        server.GetTagItem("server.address").ShouldBeNull();
        server.GetTagItem("gen_ai.operation.name").ShouldBe("chat");
        server.GetTagItem("gen_ai.provider.name").ShouldBe("anthropic");
        server.GetTagItem("gen_ai.request.model").ShouldBe("claude-opus-5-5");
        server.GetTagItem("gen_ai.usage.input_tokens").ShouldBe(1015L);
        server.GetTagItem("gen_ai.usage.cache_read.input_tokens").ShouldBe(1000L);
        server.GetTagItem("gen_ai.conversation.id").ShouldBe("canary-session");
        server.GetTagItem("gen_ai.response.finish_reasons").ShouldBe(new[] { "end_turn" });
        server.Status.ShouldBe(ActivityStatusCode.Unset);
        server.TagObjects.ShouldNotContain(t => Equals(t.Value, "canary-user"));
    }

    [Fact]
    public void The_first_chunk_is_counted_from_each_spans_beginning_and_the_providers_call_has_the_name_it_was_sent()
    {
        var record = Records.Settled();
        (record.ModelAsked, record.ModelSent) = ("anthropic/claude-opus-5-5", "claude-opus-5-5");

        var spans = Record(() => ExchangeTrace.Settled(record));

        var server = spans.Single(s => s.Kind == ActivityKind.Server);
        var client = spans.Single(s => s.Kind == ActivityKind.Client);
        (server.DisplayName, client.DisplayName).ShouldBe(("chat anthropic/claude-opus-5-5", "chat claude-opus-5-5"));
        server.GetTagItem("gen_ai.response.time_to_first_chunk").ShouldBe(0.03);
        client.GetTagItem("gen_ai.response.time_to_first_chunk").ShouldBe(0.02991);
    }

    [Theory]
    [InlineData(false, 200)]
    [InlineData(true, 429)]
    public void Documents_and_errors_have_no_first_chunk(bool stream, int status)
    {
        var record = Records.Settled(end: status == 200 ? ExchangeEnd.Ok : ExchangeEnd.ClientError, status: status, stream: stream);

        var spans = Record(() => ExchangeTrace.Settled(record));

        spans.Count.ShouldBe(2);
        foreach (var span in spans) span.GetTagItem("gen_ai.response.time_to_first_chunk").ShouldBeNull();
    }

    [Fact]
    public void A_failure_says_so_and_an_exchange_that_called_nobody_has_one_span()
    {
        var refused = Records.Settled(end: ExchangeEnd.Refused, status: 404, provider: null, errorType: "model_not_found");

        var span = Record(() => ExchangeTrace.Settled(refused, "not a traceparent")).ShouldHaveSingleItem();

        span.Kind.ShouldBe(ActivityKind.Server);
        span.Status.ShouldBe(ActivityStatusCode.Error);
        span.GetTagItem("error.type").ShouldBe("model_not_found");
        span.ParentSpanId.ShouldBe(default);
        span.GetTagItem("http.response.status_code").ShouldBe(404);
    }

    [Fact]
    public void Nothing_is_made_when_nobody_listens()
    {
        ExchangeTrace.Wanted.ShouldBeFalse();
        var record = Records.Settled();
        ExchangeTrace.Settled(record, Parent);

        AllocationBudget.Spent(() => ExchangeTrace.Settled(record, Parent)).ShouldBe(0);
    }

    private static List<Activity> Record(Action act)
    {
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ExchangeTrace.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Add,
        };
        ActivitySource.AddActivityListener(listener);
        act();
        return spans;
    }
}
