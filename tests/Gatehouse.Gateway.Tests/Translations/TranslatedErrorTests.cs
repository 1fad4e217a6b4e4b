using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Exchanges;
using Gatehouse.Gateway.Tests.Faults;

namespace Gatehouse.Gateway.Tests.Translations;

/// <summary>What a caller gets of the errors and the broken answers of a provider that does not speak its dialect.</summary>
public sealed class TranslatedErrorTests
{
    /// <summary>A fault of the simulator: the word for it in Messages, the type and code in OpenAI's dialects, and how either vendor's own words begin.</summary>
    private static readonly (string Fault, int Status, string Anthropic, string Type, string[] Codes, string FromAnthropic, string FromOpenAi)[] _errors =
    [
        ("status-400", 400, "invalid_request_error", "invalid_request_error", ["", "invalid_value"], "messages: simulated invalid", "Simulated invalid"),
        ("status-401", 401, "authentication_error", "invalid_request_error", ["invalid_api_key"], "invalid x-api-key", "Incorrect API key provided"),
        ("status-429-retry-7", 429, "rate_limit_error", "requests", ["rate_limit_exceeded"], "This request would exceed your", "Rate limit reached"),
        ("status-500", 500, "api_error", "server_error", ["server_error"], "Internal server error", "The server had an error"),
        ("status-529", 529, "overloaded_error", "server_error", ["overloaded", "server_error"], "Overloaded", "The server had an error"),
    ];

    [Theory]
    [MemberData(nameof(TranslatedCallTests.Edges), MemberType = typeof(TranslatedCallTests))]
    public async Task An_error_keeps_its_status_and_words_in_the_callers_form(Dialect client, Dialect upstream, bool stream)
    {
        await using var gateway = await StartAsync(upstream);
        foreach (var (fault, status, anthropic, type, codes, fromAnthropic, fromOpenAi) in _errors)
        {
            var request = DialectClient.Request(client, "Hi", stream, model: "m+" + fault);
            var (response, body) = await gateway.SendAsync(gateway.Post(DialectClient.Path(client), request.ToJsonString()));
            // OpenAI has no 529.
            ((int)response.StatusCode).ShouldBe(status == 529 && client != Dialect.Anthropic ? 503 : status, body);
            response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
            var error = JsonNode.Parse(body)!["error"]!;
            ((string?)error["message"]).ShouldNotBeNull().ShouldStartWith(upstream == Dialect.Anthropic ? fromAnthropic : fromOpenAi);
            ((string?)error["type"]).ShouldBe(client == Dialect.Anthropic ? anthropic : type, fault);
            if (client == Dialect.Anthropic) ((string?)JsonNode.Parse(body)!["type"]).ShouldBe("error");
            else ((string?)error["code"] ?? "").ShouldBe(codes[upstream == Dialect.Anthropic ? 0 : ^1], fault);
            response.Headers.Contains(upstream == Dialect.Anthropic ? "anthropic-ratelimit-requests-remaining" : "x-ratelimit-remaining-requests").ShouldBeTrue();
            response.Headers.RetryAfter?.Delta.ShouldBe(status == 429 ? TimeSpan.FromSeconds(7) : null);
            if (status == 429) response.Headers.RetryAfter.ShouldNotBeNull();
        }

        var rows = await gateway.RowsAsync();
        rows.Select(r => r.End).ShouldBe(_errors.Select(e => e.Status >= 500 ? ExchangeEnd.UpstreamError : ExchangeEnd.ClientError));
        string[] own = ["invalid_request_error", "invalid_request_error", "requests", "server_error", "server_error"];
        rows.Select(r => r.ErrorType).ShouldBe(upstream == Dialect.Anthropic ? _errors.Select(e => e.Anthropic) : own);
    }

    [Theory]
    [MemberData(nameof(TranslatedCallTests.Edges), MemberType = typeof(TranslatedCallTests))]
    public async Task Nothing_that_breaks_ever_looks_whole(Dialect client, Dialect upstream, bool stream)
    {
        await using var gateway = await StartAsync(upstream, ",\"deadlines\":{\"idleSeconds\":0.5}");
        string[] faults =
        [
            "reset-before-headers", "reset-mid", "reset-inside", "stall-mid", "eof-mid", "eof-inside", "truncate", "truncate-mid", "error-event", "html",
            "eof-mid-0", "bad-json",
        ];
        foreach (var fault in faults)
        {
            var request = DialectClient.Request(client, "[long 20]", stream, model: "m+" + fault);
            try
            {
                var (response, body) = await gateway.SendAsync(gateway.Post(DialectClient.Path(client), request.ToJsonString()));
                if (!response.IsSuccessStatusCode)
                {
                    ((string?)JsonNode.Parse(body)!["error"]!["message"]).ShouldNotBeNullOrEmpty(fault);
                    continue;
                }

                var answer = DialectClient.Read(client, body, stream);
                answer.IsWhole.ShouldBeFalse($"{fault}: {body}");
                answer.Error.ShouldNotBeNull($"{fault}: {body}");
            }
            catch (Exception e) when (stream && client != Dialect.OpenAiResponses && (e is HttpRequestException or IOException))
            {
                // The connection was closed without its last chunk: visibly broken. An error event went before it, but the client library drops it.
                // A stream of Responses has an event that ends it badly and is the last, and a document was not begun: these never break.
            }
        }

        (await gateway.RowsAsync()).ShouldAllBe(row => row.End == ExchangeEnd.UpstreamError || row.End == ExchangeEnd.Timeout);
        var (last, whole) = await gateway.SendAsync(gateway.Post(DialectClient.Path(client), DialectClient.Request(client, "still there", stream).ToJsonString()));
        last.IsSuccessStatusCode.ShouldBeTrue(whole);
        DialectClient.Read(client, whole, stream).Text.ToString().ShouldBe("You said: still there");
    }

    [Theory]
    [InlineData(Dialect.Anthropic, Dialect.OpenAiChat, "plain")]
    [InlineData(Dialect.Anthropic, Dialect.OpenAiChat, "b\\u00e4d\\n")]
    [InlineData(Dialect.OpenAiResponses, Dialect.OpenAiChat, "plain")]
    [InlineData(Dialect.OpenAiResponses, Dialect.OpenAiChat, "b\\u00e4d\\n")]
    [InlineData(Dialect.OpenAiChat, Dialect.Anthropic, "plain")]
    [InlineData(Dialect.OpenAiChat, Dialect.OpenAiResponses, "b\\u00e4d\\n")]
    public async Task A_providers_error_inside_a_good_status_is_the_providers_and_never_ours(Dialect client, Dialect upstream, string code)
    {
        var error = Encoding.UTF8.GetBytes(
            $$$"""{"type":"error","error":{"type":"authentication_error","message":"Wrong key: {{{GatewayHarness.ProviderKey}}}","code":"{{{code}}}"}}""");
        await using var provider = ScriptedUpstream.Answering(
            $"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {error.Length}\r\nconnection: close\r\n\r\n", error);
        await using var gateway = await GatewayHarness.StartAsync(
            provider.Address, models: $$"""[ { "match": "*", "targets": [ { "provider": "up", "dialect": "{{upstream.Name()}}" } ] } ]""");
        var request = DialectClient.Request(client, "Hi", stream: false);
        var (response, body) = await gateway.SendAsync(gateway.Post(DialectClient.Path(client), request.ToJsonString()));
        ((int)response.StatusCode).ShouldBe(401, body);
        ((string?)JsonNode.Parse(body)!["error"]!["message"]).ShouldBe("Wrong key: " + new string('*', GatewayHarness.ProviderKey.Length));
        response.Headers.Contains("x-gatehouse-error").ShouldBeFalse("that is for what the gateway says, such as that its own token is wrong");
        response.Headers.WwwAuthenticate.ShouldBeEmpty();
        var row = (await gateway.RowsAsync()).ShouldHaveSingleItem();
        (row.End, row.Status, row.ErrorType).ShouldBe((ExchangeEnd.UpstreamError, 401, "authentication_error"));
    }

    private static Task<GatewayHarness> StartAsync(Dialect upstream, string providerExtra = "") => GatewayHarness.StartAsync(
        providerExtra: providerExtra, models: $$"""[ { "match": "*", "targets": [ { "provider": "up", "dialect": "{{upstream.Name()}}" } ] } ]""");
}
