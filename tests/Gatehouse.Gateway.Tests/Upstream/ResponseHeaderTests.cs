using System.Text;
using Gatehouse.Gateway.Upstream;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Gateway.Tests.Upstream;

/// <summary>Held by every way of HTTP/1.1.</summary>
public abstract class ResponseHeaderTests(Way way)
{
    [Theory]
    [InlineData("request-id: req_1", "request-id", "req_1")]
    [InlineData("retry-after: 7", "retry-after", "7")]
    [InlineData("x-should-retry: true", "x-should-retry", "true")]
    [InlineData("anthropic-ratelimit-requests-reset: 2026-11-21T00:00:00Z", "anthropic-ratelimit-requests-reset", "2026-11-21T00:00:00Z")]
    [InlineData("x-ratelimit-remaining-tokens: 149984", "x-ratelimit-remaining-tokens", "149984")]
    [InlineData("openai-processing-ms: 12", "openai-processing-ms", "12")]
    [InlineData("server: cloudflare", "server", "cloudflare")]
    [InlineData("content-type: text/event-stream;charset=UTF-8", "content-type", "text/event-stream;charset=UTF-8")]
    [InlineData("Date: not a date at all", "date", "not a date at all")]
    [InlineData("x-latin: caf\u00e9", "x-latin", "caf\u00e9")]
    [InlineData("content-length: 2", "content-length", "2")]
    public async Task An_upstreams_header_reaches_the_client_as_it_is(string line, string name, string value)
    {
        var headers = await AnswerAsync(200, line);

        headers[name].ToString().ShouldBe(value);
    }

    [Theory]
    [InlineData("connection: keep-alive", "connection")]
    [InlineData("keep-alive: timeout=5", "keep-alive")]
    [InlineData("set-cookie: a=b", "set-cookie")]
    [InlineData("alt-svc: h3=\":443\"", "alt-svc")]
    [InlineData("upgrade: h2c", "upgrade")]
    [InlineData("trailer: x", "trailer")]
    [InlineData("te: trailers", "te")]
    [InlineData("proxy-authenticate: Basic", "proxy-authenticate")]
    [InlineData("x-gatehouse-exchange: forged", "x-gatehouse-exchange")]
    [InlineData("access-control-allow-origin: *", "access-control-allow-origin")]
    public async Task An_upstreams_header_that_is_not_for_the_client_stays(string line, string name)
    {
        var headers = await AnswerAsync(200, line);

        headers.ContainsKey(name).ShouldBeFalse();
    }

    [Fact]
    public async Task Headers_that_the_upstreams_connection_nominates_stay()
    {
        var headers = await AnswerAsync(200, "connection: x-hop, keep-alive\r\nx-hop: 1\r\nx-end: 2");

        headers.ContainsKey("x-hop").ShouldBeFalse();
        headers["x-end"].ToString().ShouldBe("2");
    }

    [Fact]
    public async Task Repeated_headers_keep_every_value()
    {
        var headers = await AnswerAsync(200, "x-many: 2\r\nlink: a\r\nx-many: 1");

        headers["x-many"].ToArray().ShouldBe(["2", "1"]);
    }

    [Theory]
    [InlineData("/login?next=1", true)]
    [InlineData("../other", true)]
    [InlineData("https://elsewhere.example/v1", false)]
    [InlineData("//elsewhere.example/v1", false)]
    [InlineData("/\\elsewhere.example", false)]
    [InlineData("javascript:alert(1)", false)]
    public async Task A_redirect_names_only_places_on_the_gateway(string location, bool kept)
    {
        var headers = await AnswerAsync(308, "location: " + location);

        headers.ContainsKey("location").ShouldBe(kept);
    }

    [Fact]
    public async Task The_lent_secret_is_masked_at_equal_length_wherever_it_occurs()
    {
        var headers = await AnswerAsync(401, $"www-authenticate: Bearer error=\"bad key {Calls.Key}, yes {Calls.Key}\"\r\nx-many: a\r\nx-many: {Calls.Key}");

        var stars = new string('*', Calls.Key.Length);
        headers["www-authenticate"].ToString().ShouldBe($"Bearer error=\"bad key {stars}, yes {stars}\"");
        headers["x-many"].ToArray().ShouldBe(["a", stars]);
    }

    [Fact]
    public async Task What_the_exchange_asks_of_an_answer_is_read_off_its_headers()
    {
        await using var server = RawUpstream.Answering(
            "HTTP/1.1 429 Too Many Requests\r\nContent-Type: Text/Event-Stream; charset=utf-8\r\nx-request-id: up-1\r\ncontent-encoding: identity\r\ncontent-length: 2\r\n\r\n{}");
        using var upstream = Calls.Upstream(way);

        var outcome = await upstream.SendAsync(Calls.Request(Calls.Provider(server.Address)), CancellationToken.None);

        await using var answer = outcome.Answer!;
        answer.Status.ShouldBe(429);
        answer.MediaType.ShouldBe("text/event-stream");
        answer.RequestId.ShouldBe("up-1");
        answer.ContentEncoding.ShouldBeNull();
        answer.ContentLength.ShouldBe(2);
    }

    private async Task<HeaderDictionary> AnswerAsync(int status, string lines)
    {
        var length = lines.Contains("content-length", StringComparison.Ordinal) ? "" : "content-length: 2\r\n";
        await using var server = RawUpstream.Answering($"HTTP/1.1 {status} Word\r\n{lines}\r\n{length}\r\n{{}}");
        using var upstream = Calls.Upstream(way);
        var request = Calls.Request(Calls.Provider(server.Address), credential: Calls.Credential());
        var outcome = await upstream.SendAsync(request, CancellationToken.None);
        outcome.Fault.ShouldBe(UpstreamFault.None, outcome.Detail);
        var headers = new HeaderDictionary();
        outcome.Answer!.CopyHeadersTo(headers);
        await Calls.ReadAsync(outcome.Answer);
        return headers;
    }
}

public sealed class OwnResponseHeaderTests() : ResponseHeaderTests(Way.OwnConnections);

public sealed class HandlerResponseHeaderTests() : ResponseHeaderTests(Way.Handler);
