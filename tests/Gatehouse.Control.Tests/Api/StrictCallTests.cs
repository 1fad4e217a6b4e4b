using Gatehouse.Control.Api;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Tenancy;

namespace Gatehouse.Control.Tests.Api;

/// <summary>What is refused before any editor is asked, and how.</summary>
public sealed class StrictCallTests(ApiStage stage) : IClassFixture<ApiStage>
{
    private const string Users = "/api/v1/users";

    [Theory]
    [InlineData("""{"name":"x","nmae":"y"}""")]
    [InlineData("""{"name":"x","name":"y"}""")]
    [InlineData("""{"name":7}""")]
    [InlineData("""{"name":null}""")]
    [InlineData("""{"Name":"x"}""")]
    [InlineData("""{}""")]
    [InlineData("""[]""")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("""{"name":"sk-ant-api03-canary""")]
    [InlineData("""{"sk-ant-api03-canary":1,"name":"x"}""")]
    public async Task A_body_that_is_not_the_routes_is_refused_and_not_repeated(string body)
    {
        var before = (await stage.Editors.Users.ListAsync(Actor.OfThisMachine)).Count;
        var answered = await stage.CallAsync("POST", Users, stage.AdminToken, body);
        (answered.Status, answered.Code).ShouldBe((400, "invalid"));
        answered.Json.GetProperty("detail").GetString()!.ShouldContain("name (needed)");
        answered.Body.ShouldNotContain("canary");
        (await stage.Editors.Users.ListAsync(Actor.OfThisMachine)).Count.ShouldBe(before);
    }

    [Fact]
    public async Task A_body_that_is_too_large_or_not_json_is_refused()
    {
        var large = await stage.CallAsync("POST", Users, stage.AdminToken, $$"""{"name":"{{new string('x', ApiBody.Largest)}}"}""");
        (large.Status, large.Code).ShouldBe((413, "too-large"));
        var form = await stage.CallAsync("POST", Users, stage.AdminToken, "name=x", "application/x-www-form-urlencoded");
        (form.Status, form.Code).ShouldBe((415, "not-json"));
    }

    [Theory]
    [InlineData("GET", "/api/v1/usage?form=csv", 400, "invalid")]
    [InlineData("GET", "/api/v1/usage?by=colour", 400, "invalid")]
    [InlineData("GET", "/api/v1/usage?since=yesterday", 400, "invalid")]
    [InlineData("GET", "/api/v1/audit?limit=0", 400, "invalid")]
    [InlineData("GET", "/api/v1/audit?before=first", 400, "invalid")]
    [InlineData("GET", "/api/v1/users?x=1", 400, "invalid")]
    [InlineData("PUT", "/api/v1/users", 405, "no-method")]
    [InlineData("GET", "/api/v1/nothing", 404, "no-route")]
    [InlineData("GET", "/api/v2/users", 404, "no-route")]
    [InlineData("GET", "/api/v1/users/", 404, "not-found")]
    public async Task What_is_not_served_says_so(string method, string path, int status, string code)
    {
        var answered = await stage.CallAsync(method, path, stage.AdminToken);
        (answered.Status, answered.Code).ShouldBe((status, code), answered.Body);
        answered.Json.GetProperty("status").GetInt32().ShouldBe(status);
        answered.Json.GetProperty("type").GetString().ShouldBe($"urn:gatehouse:problem:{code}");
        if (status == 405) answered.Response.Content.Headers.Allow.ShouldBe(["GET", "POST"]);
    }

    [Theory]
    [InlineData("Origin", "https://evil.example", 403)]
    [InlineData("Origin", "https://listed.example", 403)]
    [InlineData("Origin", "null", 403)]
    [InlineData("Origin", "{same}", 200)]
    [InlineData("Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-origin", 200)]
    public async Task A_page_of_another_site_is_refused_whatever_its_token(string header, string value, int status)
    {
        var same = value.Replace("{same}", stage.Address.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal);
        var answered = await stage.CallAsync("GET", "/api/v1/me", stage.AdminToken, headers: (header, same));
        answered.Status.ShouldBe(status, answered.Body);
        answered.Response.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
        if (status == 403) answered.Code.ShouldBe("foreign-origin");
    }

    // A name that a page points at 127.0.0.1 (DNS rebinding) would make that page's calls same-origin ones.
    [Theory]
    [InlineData("evil.example")]
    [InlineData("gate.internal.evil.example")]
    [InlineData("169.254.169.254")]
    public async Task A_foreign_host_is_refused_before_anything_is_looked_at(string host)
    {
        foreach (var token in (string?[])[stage.AdminToken, null])
        {
            var answered = await stage.CallAsync("GET", "/api/v1/me", token, headers: [("Host", host), ("Origin", $"http://{host}")]);
            answered.Status.ShouldBe(403, answered.Body);
            answered.Body.ShouldContain("host_not_allowed");
        }
    }

    // A proxy in front: it ends TLS and passes the host on, or gives its own and is known by configuration.
    [Theory]
    [InlineData("gate.internal", "https", "https://gate.internal", 200)]
    [InlineData("gate.internal", "https", "https://gate.internal:443", 200)]
    [InlineData("gate.internal", "https", "http://gate.internal", 403)]
    [InlineData("gate.internal", null, "https://gate.internal", 200)]
    [InlineData("gate.internal", null, "http://gate.internal", 200)]
    [InlineData("gate.internal", "https", "https://gate.internal:8443", 403)]
    [InlineData("gate.internal", "https", "https://other.internal", 403)]
    [InlineData("gate.internal", "https", "https://gate.example:8443", 200)]
    [InlineData("gate.internal", null, "https://GATE.example:8443", 200)]
    [InlineData("gate.internal", "https", "https://gate.example", 403)]
    [InlineData("gate.internal", "https", "http://gate.example:8443", 403)]
    [InlineData("gate.internal:8080", "https", "https://gate.internal:8080", 200)]
    [InlineData("gate.internal:8080", "https", "https://gate.internal", 403)]
    public async Task Behind_a_proxy_pages_of_the_address_that_people_see_are_our_own(string host, string? proto, string origin, int status)
    {
        (string, string)[] headers = [("Host", host), ("Origin", origin), .. proto is null ? Array.Empty<(string, string)>() : [("X-Forwarded-Proto", proto)]];
        var answered = await stage.CallAsync("GET", "/api/v1/me", stage.AdminToken, headers: headers);
        answered.Status.ShouldBe(status, answered.Body);
        if (status == 403) answered.Code.ShouldBe("foreign-origin");
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("50%")]
    [InlineData("%2F")]
    [InlineData("a b+c")]
    [InlineData("ü日本🙂")]
    [InlineData("?q=1#x")]
    [InlineData("a;b:c@d&e=f")]
    [InlineData("...")]
    [InlineData("\\..\\")]
    public async Task An_id_may_hold_any_character(string id)
    {
        var text = System.Text.Json.JsonSerializer.Serialize(id);
        var made = await stage.CallAsync("POST", Users, stage.AdminToken, $$"""{"name":"{{Guid.NewGuid():N}}","id":{{text}}}""");
        made.Status.ShouldBe(201, made.Body);
        var found = await stage.CallAsync("GET", $"{Users}/{Uri.EscapeDataString(id)}", stage.AdminToken);
        found.Status.ShouldBe(200, found.Body);
        found.Json.GetProperty("id").GetString().ShouldBe(id);
    }

    [Theory]
    [InlineData("cc/+=:ciphertext==")]
    [InlineData("a%2Fb c?d#e&f;g")]
    public async Task What_is_changed_and_removed_by_such_an_id_is_its_owners_alone(string name)
    {
        var (one, path) = (await stage.BelongingsAsync(), $"/api/v1/credentials/{Uri.EscapeDataString(name).Replace(".", "%2E", StringComparison.Ordinal)}");
        var body = $$"""{"name":{{System.Text.Json.JsonSerializer.Serialize(name)}},"kind":"api-key","secret":"sk-any-0123456789abcdef"}""";
        (await stage.CallAsync("POST", "/api/v1/credentials", one.Session, body)).Status.ShouldBe(201);
        foreach (var (method, sent) in ((string, string?)[])[("PATCH", """{"isActive":false}"""), ("DELETE", null)])
        {
            (await stage.CallAsync(method, path, stage.Other.Session, sent)).Status.ShouldBe(404);
            (await stage.CallAsync(method, path, one.Session, sent)).Status.ShouldBe(method == "DELETE" ? 204 : 200);
        }

        (await stage.CallAsync("GET", path, one.Session)).Status.ShouldBe(404);
    }

    [Fact]
    public async Task A_locked_out_user_and_a_role_that_was_taken_away_count_at_once()
    {
        var admin = Actor.OfThisMachine;
        var user = (await stage.Editors.Users.AddAsync(admin, $"boss-{Guid.NewGuid():N}", UserRole.Admin)).Value!;
        var session = await stage.SessionAsync(user.Id);
        (await stage.CallAsync("GET", "/api/v1/settings", session)).Status.ShouldBe(200);
        await stage.Editors.Users.UpdateAsync(admin, user.Id, new UserChange { Role = UserRole.Member });
        (await stage.CallAsync("GET", "/api/v1/settings", session)).Code.ShouldBe("forbidden");
        (await stage.CallAsync("GET", "/api/v1/me", session)).Status.ShouldBe(200);
        await stage.Editors.Users.UpdateAsync(admin, user.Id, new UserChange { Disabled = true });
        var locked = await stage.CallAsync("GET", "/api/v1/me", session);
        (locked.Status, locked.Code).ShouldBe((403, "no-user"));
    }

    [Fact]
    public async Task An_admin_session_of_nobody_opens_nothing()
    {
        var token = (await stage.Tokens.CreateAsync("nobody's", TokenKind.Admin)).Value!.Text.Reveal();
        (await stage.CallAsync("GET", "/api/v1/me", token)).Code.ShouldBe("no-user");
    }

    [Fact]
    public async Task The_document_needs_no_token_and_is_what_the_routes_make()
    {
        var answered = await stage.CallAsync("GET", "/api/openapi.json");
        answered.Status.ShouldBe(200);
        answered.Body.ShouldBe(OpenApiDocument.Of(ApiRoutes.All).ToJsonString());
    }

    [Fact]
    public async Task The_data_planes_greeting_stays_where_it_was() =>
        (await stage.CallAsync("GET", "/api/hello")).Json.GetProperty("name").GetString().ShouldBe("gatehouse");
}
