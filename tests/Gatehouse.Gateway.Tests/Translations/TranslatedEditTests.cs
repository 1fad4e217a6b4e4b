using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Dialects;
using Gatehouse.Dialects.Translation;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Translations;

/// <summary>The edits that a provider's configuration names hold for every body that goes to it: also for one that the gateway wrote.</summary>
public sealed class TranslatedEditTests
{
    public static TheoryData<Dialect, Dialect> Edges()
    {
        var data = new TheoryData<Dialect, Dialect>();
        foreach (var edge in EdgeSet.All) data.Add(edge.Client, edge.Upstream);
        return data;
    }

    public static TheoryData<Dialect, bool> Forms() => new() { { Dialect.Anthropic, true }, { Dialect.OpenAiChat, false }, { Dialect.OpenAiResponses, true } };

    [Theory]
    [MemberData(nameof(Edges))]
    public async Task A_translated_body_goes_without_what_they_take_out_and_that_is_told(Dialect client, Dialect upstream)
    {
        var (edit, field) = upstream switch
        {
            Dialect.Anthropic => ("no-cache-control", "cache_control"),
            Dialect.OpenAiChat => ("no-stream-options", "stream_options"),
            _ => ("no-store", "store"),
        };
        var request = DialectClient.Request(client, "hello", stream: true, tools: true);
        request["top_k"] = 5;
        foreach (var edits in new[] { "", $$""", "edits": ["{{edit}}"]""" })
        {
            await using var gateway = await StartAsync(upstream, edits);
            var (response, body) = await gateway.SendAsync(gateway.Post(DialectClient.Path(client), request.ToJsonString()));
            response.StatusCode.ShouldBe(HttpStatusCode.OK, body);
            DialectClient.Read(client, body, stream: true).Text.ToString().ShouldBe("You said: hello");
            Sent(gateway).ShouldBe(field, edits.Length == 0);
            var row = (await gateway.RowsAsync()).Single().Losses!;
            row.Split(',').Contains(edit).ShouldBe(edits.Length > 0, row);
            row.Split(',').Length.ShouldBeGreaterThan(edits.Length > 0 ? 1 : 0, "what the translation lost is told as well");
            string.Join(',', response.Headers.GetValues("x-gatehouse-losses")).Split(',').Contains(edit).ShouldBe(edits.Length > 0);
        }
    }

    /// <summary>A host that refuses <c>stream_options</c> would refuse every stream otherwise.</summary>
    [Theory]
    [InlineData(Dialect.Anthropic, true)]
    [InlineData(Dialect.OpenAiResponses, true)]
    [InlineData(Dialect.OpenAiChat, false)]
    public async Task A_host_that_is_not_to_be_asked_for_its_usage_is_not(Dialect client, bool stream)
    {
        foreach (var isAsked in new[] { true, false })
        {
            await using var gateway = await StartAsync(Dialect.OpenAiChat, $$""", "includeUsage": {{(isAsked ? "true" : "false")}}, "answers": "stream" """);
            var (response, body) = await gateway.SendAsync(gateway.Post(DialectClient.Path(client), DialectClient.Request(client, "hello", stream).ToJsonString()));
            response.StatusCode.ShouldBe(HttpStatusCode.OK, body);
            DialectClient.Read(client, body, stream).Text.ToString().ShouldBe("You said: hello");
            Sent(gateway).ShouldBe("stream_options", isAsked);
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_call_whose_form_is_changed_goes_without_it_too(Dialect dialect, bool stream)
    {
        var request = DialectClient.Request(dialect, "hello", stream);
        request["metadata"] = new JsonObject { ["user_id"] = "u" };
        await using var gateway = await StartAsync(dialect, $$""", "edits": ["no-metadata"], "answers": "{{(stream ? "json" : "stream")}}" """);
        var (response, body) = await gateway.SendAsync(gateway.Post(DialectClient.Path(dialect), request.ToJsonString()));
        response.StatusCode.ShouldBe(HttpStatusCode.OK, body);
        DialectClient.Read(dialect, body, stream).Text.ToString().ShouldBe("You said: hello");
        Sent(gateway).ShouldBe("metadata", false);
        (await gateway.RowsAsync()).Single().Losses.ShouldBe("no-metadata");
    }

    [Fact]
    public async Task The_counters_body_goes_without_it()
    {
        await using var gateway = await StartAsync(Dialect.Anthropic, """, "edits": ["no-cache-control"]""", """,{"tokenCounter":true}""");
        var request = DialectClient.Request(Dialect.OpenAiResponses, "hello", stream: false);
        var (response, body) = await gateway.SendAsync(gateway.Post("/v1/responses/input_tokens", request.ToJsonString()));
        response.StatusCode.ShouldBe(HttpStatusCode.OK, body);
        Sent(gateway).ShouldBe("cache_control", false);
    }

    private static SentBody Sent(GatewayHarness gateway) => new(Encoding.UTF8.GetString(gateway.Simulator!.Received.All.Single(r => r.Method == "POST").Body.Span));

    private static Task<GatewayHarness> StartAsync(Dialect upstream, string edits, string traits = "") => GatewayHarness.StartAsync(
        providerExtra: $$"""{{edits}}, "traits": [{"cacheMarkers":true}{{traits}}] """,
        models: $$"""[ { "match": "*", "targets": [ { "provider": "up", "dialect": "{{upstream.Name()}}" } ] } ]""");

    private readonly record struct SentBody(string Text)
    {
        public void ShouldBe(string field, bool there) => Text.Contains($"\"{field}\"", StringComparison.Ordinal).ShouldBe(there, Text);
    }
}
