using System.Text.Json.Nodes;
using Gatehouse.Dialects;
using Gatehouse.Dialects.Translation;
using Gatehouse.Gateway.Tests.Exchanges;

namespace Gatehouse.Gateway.Tests.Translations;

/// <summary>The headers of calls whose dialect the provider does not speak, there and back.</summary>
public sealed class TranslatedHeaderTests
{
    /// <summary>What the vendors' libraries and agents send beside the body; none of it means anything to another vendor.</summary>
    private static readonly (string Name, string Value)[] _own =
    [
        ("anthropic-version", "2026-10-21"), ("anthropic-beta", "claude-code-20250219"), ("anthropic-dangerous-direct-browser-access", "true"),
        ("openai-organization", "org-canary"), ("openai-project", "proj-canary"), ("openai-beta", "responses=v1"), ("x-stainless-lang", "js"), ("x-app", "cli"),
        ("x-claude-code-session-id", "canary-session"), ("session-id", "canary-session"), ("originator", "codex_exec"), ("x-codex-turn-metadata", "{}"),
    ];

    public static TheoryData<Dialect, Dialect> Edges()
    {
        var data = new TheoryData<Dialect, Dialect>();
        foreach (var edge in EdgeSet.All) data.Add(edge.Client, edge.Upstream);
        return data;
    }

    [Theory]
    [MemberData(nameof(Edges))]
    public async Task What_speaks_of_the_callers_dialect_stays_behind(Dialect client, Dialect upstream)
    {
        await using var gateway = await StartAsync(upstream);
        var request = gateway.Post(DialectClient.Path(client), DialectClient.Request(client, "Hi", stream: false).ToJsonString());
        foreach (var (name, value) in _own) request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue(name);
        request.Headers.TryAddWithoutValidation("user-agent", "some-agent/7.1").ShouldBeTrue();
        request.Headers.TryAddWithoutValidation("accept-language", "de-AT").ShouldBeTrue();
        request.Headers.TryAddWithoutValidation("accept", "text/plain").ShouldBeTrue();
        var (response, body) = await gateway.SendAsync(request);
        response.IsSuccessStatusCode.ShouldBeTrue(body);

        var received = gateway.Simulator!.Received.All.Single(r => r.Method == "POST").Headers
            .ToDictionary(h => h.Key, h => string.Join(',', h.Value), StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in _own) received.GetValueOrDefault(name).ShouldNotBe(value, name);
        received["user-agent"].ShouldBe("some-agent/7.1");
        received["accept-language"].ShouldBe("de-AT");
        received["accept"].ShouldBe("application/json");
        received["content-type"].ShouldBe("application/json");
        received.GetValueOrDefault("anthropic-version").ShouldBe(upstream == Dialect.Anthropic ? "2023-06-01" : null);
    }

    [Fact]
    public async Task A_call_whose_form_alone_is_changed_keeps_its_headers_and_asks_for_the_other_form()
    {
        await using var gateway = await StartAsync(Dialect.Anthropic, ", \"answers\": \"stream\"");
        var request = gateway.Post("/v1/messages", DialectClient.Request(Dialect.Anthropic, "Hi", stream: false).ToJsonString());
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[("accept", "text/plain"), ("anthropic-beta", "claude-code-20250219"), ("x-app", "cli")])
            request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue(name);
        var (response, body) = await gateway.SendAsync(request);
        response.IsSuccessStatusCode.ShouldBeTrue(body);

        var received = gateway.Simulator!.Received.All.Single(r => r.Method == "POST").Headers;
        string.Join('|', received.Single(h => h.Key.Equals("accept", StringComparison.OrdinalIgnoreCase)).Value).ShouldBe("text/event-stream");
        string.Join('|', received.Single(h => h.Key.Equals("content-type", StringComparison.OrdinalIgnoreCase)).Value).ShouldBe("application/json");
        string.Join('|', received.Single(h => h.Key.Equals("anthropic-beta", StringComparison.OrdinalIgnoreCase)).Value).ShouldBe("claude-code-20250219");
        string.Join('|', received.Single(h => h.Key.Equals("x-app", StringComparison.OrdinalIgnoreCase)).Value).ShouldBe("cli");
    }

    [Theory]
    [MemberData(nameof(Edges))]
    public async Task The_providers_request_id_and_rate_headers_come_back(Dialect client, Dialect upstream)
    {
        await using var gateway = await StartAsync(upstream);
        foreach (var stream in new[] { false, true })
        {
            var (response, body) = await gateway.SendAsync(gateway.Post(DialectClient.Path(client), DialectClient.Request(client, "Hi", stream).ToJsonString()));
            response.IsSuccessStatusCode.ShouldBeTrue(body);
            var id = response.Headers.GetValues(client == Dialect.Anthropic ? "request-id" : "x-request-id").ShouldHaveSingleItem();
            id.ShouldBe((await gateway.RowsAsync())[^1].UpstreamRequestId);
            response.Headers.Contains(client == Dialect.Anthropic ? "x-request-id" : "request-id").ShouldBeFalse("that is the other vendor's name for it");
            response.Headers.Contains(upstream == Dialect.Anthropic ? "anthropic-ratelimit-requests-remaining" : "x-ratelimit-remaining-requests").ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_the_request_lost_is_told_at_once_and_what_the_answer_lost_in_the_ledger(bool stream)
    {
        await using var gateway = await StartAsync(Dialect.OpenAiChat, ", \"traits\": [ { \"webSearch\": true } ]");
        var request = DialectClient.Request(Dialect.Anthropic, "[hosted search] [say found]", stream);
        request["top_k"] = 5;
        request["tools"] = new JsonArray(new JsonObject { ["type"] = "web_search_20250305", ["name"] = "web_search" });
        var (response, body) = await gateway.SendAsync(gateway.Post("/v1/messages", request.ToJsonString()));
        response.IsSuccessStatusCode.ShouldBeTrue(body);
        response.Headers.GetValues("x-gatehouse-losses").ShouldHaveSingleItem().ShouldBe("top_k");
        (await gateway.RowsAsync()).ShouldHaveSingleItem().Losses.ShouldBe("top_k,answer.citations.cited_text");
    }

    private static Task<GatewayHarness> StartAsync(Dialect upstream, string more = "") => GatewayHarness.StartAsync(
        providerExtra: more,
        models: $$"""[ { "match": "*", "targets": [ { "provider": "up", "dialect": "{{upstream.Name()}}" } ] } ]""");
}
