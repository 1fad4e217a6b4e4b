using System.Text.Json;
using Gatehouse.Gateway.Credentials;

namespace Gatehouse.Control.Tests.Api;

/// <summary>A harness is connected, replaced, checked, repaired and disconnected in one call each, by whoever knows the harness and no id.</summary>
public sealed class ConnectionCallTests(ApiStage stage) : IClassFixture<ApiStage>
{
    private const string Connection = "/api/v1/connections/claude-code";
    private const string FirstKey = "sk-ant-api03-first-0123456789abcdef";
    private const string SecondKey = "sk-ant-api03-second-0123456789ghij";

    [Fact]
    public async Task Connecting_makes_all_three_and_replacing_leaves_one_of_each()
    {
        var one = await NewMemberAsync();
        var made = await stage.CallAsync("PUT", Connection, one, Body(FirstKey, "\"settings\":{\"model\":\"claude-x\"}"));
        made.Status.ShouldBe(200, made.Body);
        var first = made.Json.GetProperty("credential");
        (first.GetProperty("kind").GetString(), first.GetProperty("mask").GetString()).ShouldBe(("api-key", "...cdef"));

        (await stage.CallAsync("PUT", Connection, one, Body(SecondKey))).Status.ShouldBe(200);

        (await ItemsAsync(one, "credentials")).ShouldHaveSingleItem().GetProperty("mask").GetString().ShouldBe("...ghij");
        var configuration = (await ItemsAsync(one, "configurations")).ShouldHaveSingleItem();
        // What the harness is told is not lost by giving another key.
        configuration.GetProperty("settings").GetProperty("model").GetString().ShouldBe("claude-x");
        (await ItemsAsync(one, "attachments")).ShouldHaveSingleItem().GetProperty("configurationId").GetString()
            .ShouldBe(configuration.GetProperty("id").GetString());
        (await StatusAsync(one)).GetProperty("source").GetString().ShouldBe("user-attachment");
    }

    [Fact]
    public async Task What_is_refused_leaves_what_was_connected()
    {
        var one = await NewMemberAsync();
        (await stage.CallAsync("PUT", Connection, one, Body(FirstKey))).Status.ShouldBe(200);

        foreach (var (path, body) in ((string, string)[])[
            (Connection, Body("no key of anthropic's", "")),
            (Connection, Body("sk-other-0123456789", "\"provider\":\"anthropic\"")),
            (Connection, Body(SecondKey, "\"kind\":\"no-such-kind\"")),
            (Connection, Body(SecondKey, "\"settings\":{\"baseUrl\":\"https://evil.example\"}")),
            ("/api/v1/connections/no-such-harness", Body(SecondKey)),
            ("/api/v1/connections/openai-codex", Body("sk-ant-oat01-0123456789abcdef"))])
        {
            var refused = await stage.CallAsync("PUT", path, one, body);
            (refused.Status, refused.Code).ShouldBe((400, "invalid"), refused.Body);
            refused.Body.ShouldNotContain("0123456789");
        }

        (await ItemsAsync(one, "credentials")).ShouldHaveSingleItem().GetProperty("mask").GetString().ShouldBe("...cdef");
    }

    [Theory]
    [InlineData("sk-ant-oat01-0123456789abcdef", "claude-code", "", "oauth-token")]
    [InlineData("{\"tokens\":{\"access_token\":\"a\"}}", "openai-codex", "", "auth-json")]
    [InlineData("some-key", "openai-codex", "\"baseUrl\":\"https://models.example/v1\"", "openai-compatible")]
    [InlineData("some-key", "claude-code", "\"baseUrl\":\"https://models.example\",\"dialect\":\"anthropic\"", "anthropic-compatible")]
    [InlineData("sk-openai-0123456789", "openai-codex", "", "api-key")]
    public async Task A_kind_that_is_not_given_is_what_the_secret_looks_like(string secret, string harness, string more, string kind)
    {
        var made = await stage.CallAsync("PUT", $"/api/v1/connections/{harness}", await NewMemberAsync(), Body(secret, more));
        made.Status.ShouldBe(200, made.Body);
        made.Json.GetProperty("credential").GetProperty("kind").GetString().ShouldBe(kind);
    }

    [Fact]
    public async Task Disconnecting_takes_all_three_away_and_is_no_error_twice()
    {
        var one = await NewMemberAsync();
        (await stage.CallAsync("PUT", Connection, one, Body(FirstKey))).Status.ShouldBe(200);

        (await stage.CallAsync("DELETE", Connection, one)).Json.GetProperty("disconnected").GetBoolean().ShouldBeTrue();

        foreach (var what in (string[])["credentials", "configurations", "attachments"]) (await ItemsAsync(one, what)).ShouldBeEmpty();
        (await stage.CallAsync("DELETE", Connection, one)).Json.GetProperty("disconnected").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task A_project_has_a_connection_of_its_own()
    {
        var one = await NewMemberAsync();
        (await stage.CallAsync("POST", "/api/v1/projects", one, """{"name":"web"}""")).Status.ShouldBe(201);
        (await stage.CallAsync("PUT", Connection, one, Body(FirstKey))).Status.ShouldBe(200);
        var project = (await ItemsAsync(one, "projects")).Single(item => item.GetProperty("name").GetString() == "web").GetProperty("id").GetString()!;

        (await stage.CallAsync("PUT", $"{Connection}?project=web", one, Body(SecondKey))).Status.ShouldBe(200);
        (await StatusAsync(one, project)).GetProperty("source").GetString().ShouldBe("project-attachment");
        (await stage.CallAsync("DELETE", $"{Connection}?project=web", one)).Status.ShouldBe(200);
        (await StatusAsync(one, project)).GetProperty("source").GetString().ShouldBe("user-attachment");
    }

    [Fact]
    public async Task A_connection_is_checked_without_its_id()
    {
        var one = await NewMemberAsync();
        var none = await stage.CallAsync("POST", $"{Connection}/validate", one);
        (none.Status, none.Code).ShouldBe((404, "not-found"));
        (await stage.CallAsync("PUT", Connection, one, Body("sk-ant-oat01-0123456789abcdef"))).Status.ShouldBe(200);
        var looked = await stage.CallAsync("POST", $"{Connection}/validate", one);
        looked.Json.GetProperty("outcome").GetString().ShouldBe("not-probed", looked.Body);
    }

    [Fact]
    public async Task What_is_off_is_told_and_switched_on_as_one()
    {
        var one = await NewMemberAsync();
        var made = (await stage.CallAsync("PUT", Connection, one, Body(FirstKey))).Json;
        foreach (var what in (string[])["credential", "configuration"])
            (await stage.CallAsync("PATCH", $"/api/v1/{what}s/{made.GetProperty(what).GetProperty("id").GetString()}", one, """{"isActive":false}""")).Status.ShouldBe(200);
        var broken = await StatusAsync(one);
        (broken.GetProperty("statusReason").GetString(), broken.GetProperty("repair").GetString()).ShouldBe(("configuration-inactive", "activate"));

        var repaired = await stage.CallAsync("POST", $"{Connection}/repair", one, "{}");

        repaired.Status.ShouldBe(200, repaired.Body);
        repaired.Json.GetProperty("source").GetString().ShouldBe("user-attachment");
        repaired.Json.GetProperty("repair").ValueKind.ShouldBe(JsonValueKind.Null);
        var again = await stage.CallAsync("POST", $"{Connection}/repair", one, "{}");
        (again.Status, again.Code).ShouldBe((409, "conflict"));
    }

    [Fact]
    public async Task A_projects_attachment_that_halts_is_switched_on()
    {
        var one = await stage.BelongingsAsync();
        var path = one.Fill($"/api/v1/connections/{Belongings.Broken}/repair?project={{project}}", Uri.EscapeDataString);
        var repaired = await stage.CallAsync("POST", path, one.Session, "{}");
        repaired.Status.ShouldBe(200, repaired.Body);
        repaired.Json.GetProperty("source").GetString().ShouldBe("project-attachment");
        repaired.Json.GetProperty("halted").GetBoolean().ShouldBeFalse();
    }

    [Theory]
    [InlineData("removed", "credential-missing")]
    [InlineData("altered", "credential-unreadable")]
    public async Task What_is_gone_or_altered_needs_its_secret_and_keeps_the_settings(string how, string reason)
    {
        var one = await NewMemberAsync();
        var made = (await stage.CallAsync("PUT", Connection, one, Body(FirstKey, "\"settings\":{\"model\":\"claude-x\"}"))).Json;
        var id = made.GetProperty("credential").GetProperty("id").GetString()!;
        if (how == "removed") (await stage.CallAsync("DELETE", $"/api/v1/credentials/{id}", one)).Status.ShouldBe(204);
        else await stage.AlterAsync("UPDATE owned_credentials SET sealed = x'00' WHERE id = $id", id);
        var broken = await StatusAsync(one);
        (broken.GetProperty("statusReason").GetString(), broken.GetProperty("repair").GetString()).ShouldBe((reason, "give-secret"));
        (await stage.CallAsync("POST", $"{Connection}/repair", one, "{}")).Status.ShouldBe(400);

        var repaired = await stage.CallAsync("POST", $"{Connection}/repair", one, Body(SecondKey));

        repaired.Status.ShouldBe(200, repaired.Body);
        repaired.Json.GetProperty("source").GetString().ShouldBe("user-attachment");
        (await ItemsAsync(one, "credentials")).ShouldHaveSingleItem().GetProperty("mask").GetString().ShouldBe("...ghij");
        (await ItemsAsync(one, "configurations")).ShouldHaveSingleItem().GetProperty("settings").GetProperty("model").GetString().ShouldBe("claude-x");
    }

    private static string Body(string secret, string more = "") =>
        $$"""{"secret":{{JsonSerializer.Serialize(secret)}}{{(more.Length > 0 ? "," + more : "")}}}""";

    private async Task<string> NewMemberAsync() =>
        await stage.SessionAsync((await stage.Editors.Users.AddAsync(Actor.OfThisMachine, $"one-{Guid.NewGuid():N}")).Value!.Id);

    private async Task<List<JsonElement>> ItemsAsync(string session, string what) =>
        [.. (await stage.CallAsync("GET", $"/api/v1/{what}", session)).Json.GetProperty("items").EnumerateArray()];

    private async Task<JsonElement> StatusAsync(string session, string? project = null)
    {
        var answered = await stage.CallAsync("GET", "/api/v1/resolution-status" + (project is null ? "" : $"?project={Uri.EscapeDataString(project)}"), session);
        return answered.Json.GetProperty("consumers").EnumerateArray().Single(one => one.GetProperty("consumerId").GetString() == "claude-code");
    }
}
