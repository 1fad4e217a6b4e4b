using System.Text;
using System.Text.Json;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.Gateway.Tests.Exchanges;

/// <summary>The main line: a call in each dialect goes through, byte for byte, and is written down.</summary>
public sealed class SameDialectTests
{
    public static TheoryData<string, string> Calls { get; } = new()
    {
        { "/v1/messages", """{ "max_tokens": 100,  "model":"claude-x", "messages":[{"role":"user","content":"Hällo \u00e9"}]STREAM }""" },
        { "/v1/chat/completions", """{"model": "gpt-x","messages":[{"role":"user","content":"Hi"}]STREAM}""" },
        { "/v1/responses", """{"input":"Hi","model":"gpt-x"STREAM}""" },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_call_is_answered_relayed_and_written_down(string path, string body)
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var plain = body.Replace("STREAM", "", StringComparison.Ordinal);
        var (response, answer) = await gateway.SendAsync(gateway.Post(path, plain));

        response.StatusCode.ShouldBe(System.Net.HttpStatusCode.OK, answer);
        JsonDocument.Parse(answer).RootElement.ValueKind.ShouldBe(JsonValueKind.Object);
        var received = gateway.Simulator!.Received.All.Single(r => r.Method == "POST");
        Encoding.UTF8.GetString(received.Body.Span).ShouldBe(plain);
        received.PathAndQuery.ShouldBe(path);
        (received.Header("authorization") ?? received.Header("x-api-key"))!.ShouldContain(GatewayHarness.ProviderKey);
        string.Join("\n", received.Headers.SelectMany(h => h.Value)).ShouldNotContain(gateway.Token);

        var row = (await gateway.RowsAsync()).ShouldHaveSingleItem();
        row.End.ShouldBe(ExchangeEnd.Ok);
        row.Status.ShouldBe(200);
        row.Provider.ShouldBe("up");
        row.CredentialId.ShouldBe("env:UP_KEY");
        row.UsageSource.ShouldBe(UsageSource.Upstream);
        row.Usage.Input.ShouldNotBeNull();
        row.Usage.Output.ShouldNotBeNull();
        row.StopReason.ShouldNotBeNull();
        row.ResponseId.ShouldNotBeNull();
        row.Stream.ShouldBeFalse();
        response.Headers.GetValues("x-gatehouse-exchange").Single().ShouldBe(row.Id.ToString());
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_stream_is_relayed_whole_and_metered(string path, string body)
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var (response, answer) = await gateway.SendAsync(gateway.Post(path, body.Replace("STREAM", ",\"stream\":true", StringComparison.Ordinal)));
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream", answer);
        answer.ShouldContain(path switch { "/v1/messages" => "event: message_stop", "/v1/responses" => "response.completed", _ => "data: [DONE]" });
        if (path == "/v1/chat/completions") answer.ShouldNotContain("\"choices\":[]");

        var row = (await gateway.RowsAsync()).ShouldHaveSingleItem();
        row.End.ShouldBe(ExchangeEnd.Ok);
        row.Stream.ShouldBeTrue();
        row.Usage.Output.ShouldNotBeNull();
        row.UsageSource.ShouldBe(UsageSource.Upstream);
        row.Events.ShouldBeGreaterThan(3);
    }

    [Fact]
    public async Task Only_the_models_name_changes_when_a_rule_renames_it()
    {
        await using var gateway = await GatewayHarness.StartAsync();
        var (response, answer) = await gateway.SendAsync(gateway.Post(
            "/v1/messages", """{"max_tokens":50, "metadata":{"model":"renamed"}, "model" : "renamed[1m]" , "messages":[{"role":"user","content":"model renamed"}]}"""));
        response.IsSuccessStatusCode.ShouldBeTrue(answer);
        Encoding.UTF8.GetString(gateway.Simulator!.Received.All.Single(r => r.Method == "POST").Body.Span).ShouldBe(
            """{"max_tokens":50, "metadata":{"model":"renamed"}, "model" : "other-name" , "messages":[{"role":"user","content":"model renamed"}]}""");
        var row = (await gateway.RowsAsync()).Single();
        row.ModelAsked.ShouldBe("renamed[1m]");
        row.ModelSent.ShouldBe("other-name");
        row.ClientDialect.ShouldBe(Dialect.Anthropic);
    }
}
