using System.Net;
using Gatehouse.Gateway.Access;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Gateway.Tests.Access;

public sealed class AnonymousLoopbackTests
{
    private readonly AccessFixture _access = new();

    public AnonymousLoopbackTests()
    {
        _access.Options.Swap(new AccessOptions { AnonymousLoopback = "local" });
        _access.Add(name: "local");
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.9.10")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    public async Task Requests_from_loopback_without_a_token_act_as_the_named_client(string address)
    {
        var result = await _access.AuthenticateAsync(From(address));

        result.Outcome.ShouldBe(AuthOutcome.Ok);
        result.Token!.Name.ShouldBe("local");
    }

    [Theory]
    [InlineData("192.0.2.7")]
    [InlineData("10.0.0.1")]
    [InlineData("::2")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData(null)]
    public async Task Requests_from_elsewhere_need_a_token(string? address)
    {
        (await _access.AuthenticateAsync(From(address))).Outcome.ShouldBe(AuthOutcome.Missing);
        (await _access.AuthenticateAsync(From(address), "Bearer unused")).Outcome.ShouldBe(AuthOutcome.Unknown);
    }

    [Fact]
    public async Task It_is_off_by_default()
    {
        _access.Options.Swap(new AccessOptions());

        (await _access.AuthenticateAsync(From("127.0.0.1"))).Outcome.ShouldBe(AuthOutcome.Missing);
    }

    [Fact]
    public async Task An_unknown_or_damaged_token_counts_like_none()
    {
        var (absent, _) = _access.Make();

        foreach (var value in new[] { "unused", "sk-ant-something", absent, absent[..^1] })
        {
            (await _access.AuthenticateAsync(From("127.0.0.1"), null, value)).Token?.Name.ShouldBe("local");
        }
    }

    [Fact]
    public async Task A_token_that_is_known_is_judged_for_itself()
    {
        var now = _access.Clock.GetUtcNow();
        var other = _access.Add(name: "other");
        var expired = _access.Add(name: "expired", with: token => token with { ExpiresAt = now });
        var revoked = _access.Add(name: "revoked", with: token => token with { RevokedAt = now });
        var runner = _access.Add(TokenKind.Runner, "runner");

        (await _access.AuthenticateAsync(From("127.0.0.1"), $"Bearer {other}")).Token!.Name.ShouldBe("other");
        (await _access.AuthenticateAsync(From("127.0.0.1"), $"Bearer {expired}")).Outcome.ShouldBe(AuthOutcome.Expired);
        (await _access.AuthenticateAsync(From("127.0.0.1"), $"Bearer {revoked}")).Outcome.ShouldBe(AuthOutcome.Revoked);
        (await _access.AuthenticateAsync(From("127.0.0.1"), $"Bearer {runner}")).Outcome.ShouldBe(AuthOutcome.WrongKind);
        (await _access.AuthenticateAsync(From("127.0.0.1"), $"Bearer {other}", runner)).Outcome.ShouldBe(AuthOutcome.TwoTokens);
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://localhost:3000")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Content-Type", "text/plain")]
    [InlineData("Content-Type", "text/plain;application/json")]
    [InlineData("Content-Type", "application/x-www-form-urlencoded")]
    [InlineData("Content-Type", "multipart/form-data; boundary=x")]
    [InlineData("Content-Type", "")]
    public async Task What_a_web_page_could_send_is_refused(string header, string value)
    {
        var result = await _access.AuthenticateAsync(request =>
        {
            From("127.0.0.1")(request);
            request.Headers[header] = value;
        });

        result.Outcome.ShouldBe(AuthOutcome.AnonymousRefused);
        result.Status.ShouldBe(403);
        result.Token.ShouldBeNull();
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "none")]
    [InlineData("Sec-Fetch-Site", "same-origin")]
    [InlineData("Content-Type", "application/json; charset=utf-8")]
    [InlineData("Content-Type", "Application/JSON")]
    [InlineData("Content-Type", "application/vnd.api+json")]
    public async Task What_programs_send_is_let_in(string header, string value)
    {
        var result = await _access.AuthenticateAsync(request =>
        {
            From("127.0.0.1")(request);
            request.Headers[header] = value;
        });

        result.Outcome.ShouldBe(AuthOutcome.Ok);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("DELETE")]
    public async Task A_content_type_that_is_not_json_is_refused_whatever_the_method(string method)
    {
        foreach (var (type, outcome) in new[] { ("text/plain", AuthOutcome.AnonymousRefused), ("application/json", AuthOutcome.Ok) })
        {
            var result = await _access.AuthenticateAsync(request =>
            {
                From("127.0.0.1")(request);
                (request.Method, request.ContentType) = (method, type);
            });
            result.Outcome.ShouldBe(outcome, type);
        }
    }

    [Fact]
    public async Task A_get_needs_no_content_type_but_no_origin_either()
    {
        var plain = await _access.AuthenticateAsync(Get);
        var page = await _access.AuthenticateAsync(request =>
        {
            Get(request);
            request.Headers.Origin = "https://evil.example";
        });

        plain.Outcome.ShouldBe(AuthOutcome.Ok);
        page.Outcome.ShouldBe(AuthOutcome.AnonymousRefused);

        static void Get(HttpRequest request)
        {
            From("127.0.0.1")(request);
            request.Method = "GET";
            request.ContentType = null;
        }
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7", null, true)]
    [InlineData("127.0.0.1", "127.0.0.1", null, true)]
    [InlineData("192.0.2.8", "192.0.2.7", null, false)]
    [InlineData("192.0.2.7", "192.0.2.7", "X-Forwarded-For", false)]
    public void A_program_that_calls_from_the_gateways_own_address_is_on_its_machine_but_not_on_loopback(string from, string to, string? header, bool expected)
    {
        var http = new DefaultHttpContext();
        (http.Connection.RemoteIpAddress, http.Connection.LocalIpAddress) = (IPAddress.Parse(from), IPAddress.Parse(to));
        if (header is not null) http.Request.Headers[header] = "192.0.2.9";
        AnonymousLoopback.IsFromThisMachine(http.Request).ShouldBe(expected);
        AnonymousLoopback.IsLocal(http.Request).ShouldBe(expected && from == "127.0.0.1");
    }

    [Theory]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("x-forwarded-port", "443")]
    [InlineData("X-Forwarded-Server", "proxy")]
    [InlineData("X-Real-IP", "127.0.0.1")]
    [InlineData("Forwarded", "for=127.0.0.1")]
    [InlineData("Via", "1.1 proxy")]
    public async Task Forwarding_headers_never_make_a_request_local(string header, string value)
    {
        foreach (var address in new[] { "192.0.2.7", "127.0.0.1" })
        {
            var result = await _access.AuthenticateAsync(request =>
            {
                From(address)(request);
                request.Headers[header] = value;
            });
            result.Outcome.ShouldBe(AuthOutcome.Missing);
        }
    }

    [Fact]
    public async Task A_named_client_that_is_gone_lets_nobody_in()
    {
        _access.Options.Swap(new AccessOptions { AnonymousLoopback = "nobody" });
        var absent = await _access.AuthenticateAsync(From("127.0.0.1"));
        absent.Outcome.ShouldBe(AuthOutcome.Missing);
        absent.Message.ShouldContain("'nobody'");

        _access.Add(name: "ended", with: token => token with { RevokedAt = _access.Clock.GetUtcNow() });
        _access.Options.Swap(new AccessOptions { AnonymousLoopback = "ended" });
        (await _access.AuthenticateAsync(From("127.0.0.1"))).Outcome.ShouldBe(AuthOutcome.Revoked);

        _access.Add(TokenKind.Admin, "chief");
        _access.Options.Swap(new AccessOptions { AnonymousLoopback = "chief" });
        (await _access.AuthenticateAsync(From("127.0.0.1"))).Outcome.ShouldBe(AuthOutcome.Missing);
    }

    private static Action<HttpRequest> From(string? address) =>
        request => request.HttpContext.Connection.RemoteIpAddress = address is null ? null : IPAddress.Parse(address);
}
