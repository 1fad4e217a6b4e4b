using Gatehouse.Catalog;
using Gatehouse.Dialects;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Gateway.Tests.Upstream;

/// <summary>Held by every way of HTTP/1.1.</summary>
public abstract class RequestHeaderTests(Way way)
{
    public static TheoryData<string, string> Verbatim => new()
    {
        { "anthropic-version", "2026-10-21" },
        { "anthropic-beta", "claude-code-20250219,interleaved-thinking-2025-05-14 , effort-2025-11-24" },
        { "anthropic-dangerous-direct-browser-access", "true" },
        { "anthropic-something-new", "1" },
        { "openai-beta", "responses=experimental" },
        { "x-claude-code-session-id", "0192-a" },
        { "x-claude-code-agent-id", "a1" },
        { "session-id", "s" },
        { "thread-id", "t" },
        { "x-session-id", "ses_1" },
        { "originator", "codex_exec" },
        { "x-codex-turn-metadata", "{\"turn\":1,\"x\":[\"a\"]}" },
        { "x-stainless-retry-count", "0" },
        { "x-app", "cli" },
        { "user-agent", "claude-cli/2.1.329 (external, sdk-cli)" },
        { "accept", "text/event-stream" },
        { "accept-language", "*" },
        { "x-request-id", "abc" },
        { "idempotency-key", "k" },
        { "x-latin", "caf\u00e9 \u00a7" },
        { "x-empty", "" },
        { "content-type", "application/json; charset=UTF-8" },
        { "content-language", "de" },
    };

    [Theory]
    [MemberData(nameof(Verbatim))]
    public async Task A_header_that_is_not_ours_to_keep_passes_verbatim(string name, string value)
    {
        var seen = await SendAsync(new HeaderDictionary { [name] = value });

        seen.Lines.Count(l => l.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)).ShouldBe(1);
        seen[name].ShouldBe(value);
    }

    [Theory]
    [InlineData("authorization", "Bearer gh_client_token")]
    [InlineData("Authorization", "Bearer gh_client_token")]
    [InlineData("x-api-key", "gh_client_token")]
    [InlineData("X-Api-Key", "gh_client_token")]
    [InlineData("api-key", "gh_client_token")]
    [InlineData("x-goog-api-key", "gh_client_token")]
    [InlineData("cf-aig-authorization", "gh_client_token")]
    [InlineData("openai-organization", "org-1")]
    [InlineData("openai-project", "proj-1")]
    [InlineData("cookie", "a=b")]
    [InlineData("via", "1.1 x")]
    [InlineData("forwarded", "for=1.2.3.4")]
    [InlineData("x-forwarded-for", "1.2.3.4")]
    [InlineData("x-forwarded-host", "x")]
    [InlineData("x-real-ip", "1.2.3.4")]
    [InlineData("proxy-authorization", "Basic x")]
    [InlineData("proxy-connection", "keep-alive")]
    [InlineData("expect", "100-continue")]
    [InlineData("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    [InlineData("tracestate", "a=b")]
    [InlineData("baggage", "user=me")]
    [InlineData("b3", "0")]
    [InlineData("x-b3-traceid", "0")]
    [InlineData("origin", "http://evil.example")]
    [InlineData("referer", "http://x/?token=1")]
    [InlineData("sec-fetch-site", "cross-site")]
    [InlineData("sec-websocket-key", "x")]
    [InlineData("x-gatehouse-anything", "x")]
    [InlineData("keep-alive", "timeout=5")]
    [InlineData("te", "trailers")]
    [InlineData("trailer", "x-sum")]
    [InlineData("upgrade", "h2c")]
    public async Task A_header_that_is_ours_to_keep_stays(string name, string value)
    {
        var seen = await SendAsync(new HeaderDictionary { [name] = value });

        seen[name].ShouldBeNull();
    }

    [Fact]
    public async Task Headers_of_the_connection_are_the_gateways_own()
    {
        var seen = await SendAsync(new HeaderDictionary
        {
            ["host"] = "gateway.example:8484",
            ["content-length"] = "999",
            ["transfer-encoding"] = "chunked",
            ["accept-encoding"] = "zstd",
            ["connection"] = "keep-alive",
        });

        seen["host"]!.ShouldStartWith("127.0.0.1:");
        seen["content-length"].ShouldBe("2");
        seen["transfer-encoding"].ShouldBeNull();
        seen["accept-encoding"].ShouldBe("gzip, br");
        seen["connection"].ShouldBeNull();
    }

    [Fact]
    public async Task Headers_that_connection_nominates_stay()
    {
        var seen = await SendAsync(new HeaderDictionary
        {
            ["connection"] = new(["close, X-One", "x-two,,"]),
            ["x-one"] = "1",
            ["x-two"] = "2",
            ["x-three"] = "3",
        });

        seen["x-one"].ShouldBeNull();
        seen["x-two"].ShouldBeNull();
        seen["x-three"].ShouldBe("3");
    }

    [Fact]
    public async Task Repeated_headers_keep_every_value_in_order()
    {
        var seen = await SendAsync(new HeaderDictionary { ["anthropic-beta"] = new(["b, a", "c"]), ["x-many"] = new(["2", "1"]) });

        seen["anthropic-beta"].ShouldBe("b, a, c");
        seen["x-many"].ShouldBe("2, 1");
    }

    [Theory]
    [InlineData(AuthStyle.Bearer, "authorization", "Bearer " + Calls.Key)]
    [InlineData(AuthStyle.XApiKey, "x-api-key", Calls.Key)]
    [InlineData(AuthStyle.ApiKey, "api-key", Calls.Key)]
    public async Task The_credential_is_presented_in_the_providers_style_and_nowhere_else(AuthStyle style, string name, string value)
    {
        var headers = new HeaderDictionary { ["authorization"] = "Bearer theirs", ["x-api-key"] = "theirs", ["api-key"] = "theirs" };

        var seen = await SendAsync(headers, style, Calls.Key + "\n");

        seen[name].ShouldBe(value);
        seen.Head.Split(Calls.Key).Length.ShouldBe(2);
        seen.Head.ShouldNotContain("theirs");
    }

    [Fact]
    public async Task A_provider_without_keys_gets_none()
    {
        var seen = await SendAsync([], AuthStyle.None, Calls.Key);

        seen.Head.ShouldNotContain(Calls.Key);
    }

    [Fact]
    public async Task The_providers_own_headers_replace_the_callers()
    {
        await using var server = RawUpstream.Answering(RawUpstream.Ok);
        using var upstream = Calls.Upstream(way);
        var provider = Calls.Provider(server.Address, headers: new() { ["HTTP-Referer"] = "https://mine.example", ["X-Title"] = "mine" });

        var seen = await Calls.SendAsync(upstream, server, Calls.Request(provider, headers: new HeaderDictionary { ["x-title"] = "theirs" }));

        seen["http-referer"].ShouldBe("https://mine.example");
        seen["x-title"].ShouldBe("mine");
    }

    [Fact]
    public async Task An_active_edit_takes_its_header_half_out()
    {
        var edit = new ProviderEdit
        {
            Name = "no-context-management",
            Description = "for the test",
            Dialect = Dialect.Anthropic,
            RemoveBetaPrefixes = ["context-management-", "Effort-"],
            RemoveHeaders = ["X-App"],
        };
        var headers = new HeaderDictionary
        {
            ["anthropic-beta"] = new(["claude-code-20250219, context-management-2025-06-27", "effort-2025-11-24,new-2026-01-01"]),
            ["x-app"] = "cli",
            ["x-other"] = "1",
        };

        var seen = await SendAsync(headers, edits: [edit]);

        seen["anthropic-beta"].ShouldBe("claude-code-20250219,new-2026-01-01");
        seen["x-app"].ShouldBeNull();
        seen["x-other"].ShouldBe("1");
    }

    [Fact]
    public async Task An_edit_that_finds_nothing_leaves_the_header_as_it_was_and_one_that_takes_all_drops_it()
    {
        var edit = new ProviderEdit { Name = "e", Description = "d", Dialect = Dialect.Anthropic, RemoveBetaPrefixes = ["effort-"] };

        var untouched = await SendAsync(new HeaderDictionary { ["anthropic-beta"] = "a ,  b" }, edits: [edit]);
        var emptied = await SendAsync(new HeaderDictionary { ["anthropic-beta"] = "effort-1, effort-2" }, edits: [edit]);

        untouched["anthropic-beta"].ShouldBe("a ,  b");
        emptied["anthropic-beta"].ShouldBeNull();
    }

    private async Task<RawRequest> SendAsync(
        HeaderDictionary headers, AuthStyle style = AuthStyle.Bearer, string? key = null, ProviderEdit[]? edits = null)
    {
        await using var server = RawUpstream.Answering(RawUpstream.Ok);
        using var upstream = Calls.Upstream(way);
        return await Calls.SendAsync(upstream, server, Calls.Request(
            Calls.Provider(server.Address, style),
            headers: headers,
            credential: key is null ? null : Calls.Credential(key),
            edits: [.. edits ?? []]));
    }
}

public sealed class OwnRequestHeaderTests() : RequestHeaderTests(Way.OwnConnections);

public sealed class HandlerRequestHeaderTests() : RequestHeaderTests(Way.Handler);
