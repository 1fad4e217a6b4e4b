using System.Text.Json;
using Gatehouse.Control.Tests.Logins;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Secrets;

namespace Gatehouse.Control.Tests.Api;

/// <summary>A workspace's Codex refreshes its login over HTTP: one call to the vendor however many ask, and old refresh tokens get no new one.</summary>
public sealed class RefreshCallTests(ApiStage stage) : IClassFixture<ApiStage>
{
    private const string Path = "/api/auth/codex-refresh";

    [Fact]
    public async Task A_login_is_refreshed_once_by_two_that_ask_at_once_and_stored()
    {
        var (one, token, login) = await LoginAsync();
        var gate = new TaskCompletionSource();
        stage.Vendor.Gate = gate.Task;
        var both = new[] { RefreshAsync(token, $"rt-{login}"), RefreshAsync(token, $"rt-{login}") };
        await UntilAsync(() => stage.Vendor.Presented.Contains($"rt-{login}"));
        gate.SetResult();
        foreach (var answered in await Task.WhenAll(both))
        {
            answered.Status.ShouldBe(200, answered.Body);
            answered.Json.GetProperty("refresh_token").GetString().ShouldBe($"rt-{login}.n");
            answered.Json.GetProperty("access_token").GetString().ShouldBe(TokenVendor.Token($"rt-{login}.n", TokenVendor.FarEnd));
            answered.Json.GetProperty("id_token").GetString().ShouldNotBeNullOrEmpty();
            answered.Json.TryGetProperty("stale", out _).ShouldBeFalse();
            answered.Response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        }

        stage.Vendor.Presented.Count(presented => presented == $"rt-{login}").ShouldBe(1);
        var key = await stage.CallAsync("POST", one.Fill("/api/v1/workspaces/{workspace}/agent-key", Uri.EscapeDataString), one.Runner, """{"harness":"codex"}""");
        key.Json.GetProperty("apiKey").GetString()!.ShouldContain($"rt-{login}.n");

        // Written down as the workspace's doing, not this machine's, and without what was given.
        var line = (await stage.Editors.Audit.FindAsync(Actor.OfThisMachine, new AuditQuery(Actor: one.User.Id, Action: "credential.replace"))).ShouldHaveSingleItem();
        line.Address.ShouldBe("127.0.0.1");
        line.TokenId.ShouldNotBeNull();
        line.Detail.ShouldNotContain(login);
    }

    [Fact]
    public async Task An_old_refresh_token_gets_an_access_token_and_no_refresh_token_and_its_file_is_not_taken_back()
    {
        var (one, token, login) = await LoginAsync();
        (await RefreshAsync(token, $"rt-{login}")).Status.ShouldBe(200);
        var stale = await RefreshAsync(token, "rt-of-another-time");
        stale.Status.ShouldBe(200, stale.Body);
        stale.Json.GetProperty("stale").GetBoolean().ShouldBeTrue();
        stale.Json.TryGetProperty("refresh_token", out _).ShouldBeFalse();
        stage.Vendor.Presented.ShouldNotContain("rt-of-another-time");
        // What Codex writes then: the new access token, a newer time and the old refresh token; and what a run left that was never refreshed.
        var newer = TokenVendor.File($"rt-{login}.n", TokenVendor.FarEnd, "2099-01-01T00:00:00Z").Replace($"rt-rt-{login}.n", "rt-of-another-time", StringComparison.Ordinal);
        var usedUp = TokenVendor.File(login, 0, "2099-01-01T00:00:00Z");
        foreach (var file in (string[])[newer, usedUp])
        {
            var synced = await stage.CallAsync(
                "POST", one.Fill("/api/v1/workspaces/{workspace}/login", Uri.EscapeDataString), one.Runner, $$"""{"harness":"codex","content":{{JsonSerializer.Serialize(file)}}}""");
            synced.Json.GetProperty("updated").GetBoolean().ShouldBeFalse(synced.Body);
        }
    }

    [Theory]
    [InlineData("401 No", """{"error":{"code":"refresh_token_reused","message":"log in again"}}""", 401, "login-refused", "refresh_token_reused", "log in again")]
    [InlineData("400 No", """{"error":"invalid_grant"}""", 400, "invalid", "invalid_grant", "Log in again with 'codex login'")]
    [InlineData("500 No", "<html>", 502, "vendor-failed", "server_error", "The login service failed.")]
    [InlineData("200 OK", """{"access_token":"a","scope":"openid admin"}""", 502, "vendor-failed", "invalid_scope", "nothing was kept")]
    [InlineData("200 OK", """{"access_token":"a","scope":["openid"]}""", 502, "vendor-failed", "invalid_scope", "can't be read")]
    public async Task What_the_vendor_says_against_it_comes_in_OAuths_words_and_nothing_is_kept(
        string status, string body, int expected, string code, string error, string description)
    {
        var (_, token, login) = await LoginAsync();
        stage.Vendor.Answer = presented => presented == $"rt-{login}" ? (status, body) : null;
        var answered = await RefreshAsync(token, $"rt-{login}");
        (answered.Status, answered.Code).ShouldBe((expected, code), answered.Body);
        answered.Json.GetProperty("error").GetString().ShouldBe(error);
        answered.Json.GetProperty("error_description").GetString()!.ShouldContain(description);
        stage.Vendor.Answer = static _ => null;
        (await RefreshAsync(token, $"rt-{login}")).Json.GetProperty("refresh_token").GetString().ShouldBe($"rt-{login}.n");
    }

    [Fact]
    public async Task A_vendor_that_is_slow_is_waited_for_so_long_and_who_waits_for_that_refresh_is_told_when_it_takes_too_long()
    {
        var (_, token, login) = await LoginAsync();
        var gate = new TaskCompletionSource();
        stage.Vendor.Gate = gate.Task;
        try
        {
            await WithLimitsAsync(""" , "vendorSeconds": 60, "waitSeconds": 0.2 """, limits => limits.WaitLimit < TimeSpan.FromSeconds(1));
            var first = RefreshAsync(token, $"rt-{login}");
            await UntilAsync(() => stage.Vendor.Presented.Contains($"rt-{login}"));
            var late = await RefreshAsync(token, $"rt-{login}");
            (late.Status, late.Code, late.Json.GetProperty("error").GetString()).ShouldBe((504, "late", "timeout"), late.Body);
            late.Json.GetProperty("error_description").GetString()!.ShouldContain("Another refresh");
            gate.SetResult();
            (await first).Status.ShouldBe(200);
            stage.Vendor.Presented.Count(presented => presented == $"rt-{login}").ShouldBe(1);

            // Nobody else refreshes: it is the vendor that is slow.
            stage.Vendor.Gate = new TaskCompletionSource().Task;
            await WithLimitsAsync(""" , "vendorSeconds": 0.2 """, limits => limits.VendorLimit < TimeSpan.FromSeconds(1));
            var slow = await RefreshAsync(token, $"rt-{login}.n");
            (slow.Status, slow.Code, slow.Json.GetProperty("error").GetString()).ShouldBe((502, "vendor-failed", "server_error"), slow.Body);
        }
        finally
        {
            stage.Vendor.Gate = Task.CompletedTask;
            await WithLimitsAsync("", limits => limits.VendorLimit > TimeSpan.FromSeconds(1) && limits.WaitLimit > TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public async Task Too_many_refreshes_of_one_login_say_when_to_come_again()
    {
        var (_, token, login) = await LoginAsync();
        var refresh = $"rt-{login}";
        for (var i = 0; i < 30; i++)
        {
            (await RefreshAsync(token, refresh)).Status.ShouldBe(200);
            refresh += ".n";
        }

        var many = await RefreshAsync(token, refresh);
        (many.Status, many.Code).ShouldBe((429, "too-many"), many.Body);
        many.Response.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(3000, 3600);
    }

    [Theory]
    [InlineData("""{"grant_type":"authorization_code","refresh_token":"x"}""", 400, "unsupported_grant_type")]
    [InlineData("""{"grant_type":"refresh_token"}""", 400, "invalid_request")]
    [InlineData("""{"grant_type":"refresh_token","refresh_token":""}""", 400, "invalid_request")]
    [InlineData("[]", 400, "invalid")]
    [InlineData("""{"client_id":"app","grant_type":"refresh_token","refresh_reason":"proactive_expiry","refresh_token":"rt-unknown"}""", 200, null)]
    public async Task A_body_is_the_vendors_form_whose_other_members_are_passed_over(string body, int status, string? error)
    {
        var (_, token, _) = await LoginAsync();
        var answered = await stage.CallAsync("POST", $"{Path}?token={token}", null, body);
        answered.Status.ShouldBe(status, answered.Body);
        if (error is not null) answered.Json.GetProperty("error").GetString().ShouldBe(error);
    }

    [Fact]
    public async Task Only_the_workspace_token_of_its_Codex_opens_it_in_the_query_or_a_header_and_not_two_different_ones()
    {
        var (one, token, _) = await LoginAsync();
        var body = """{"grant_type":"refresh_token","refresh_token":"rt-unknown"}""";
        async Task<int> StatusAsync(string? query, string? header) => (await stage.CallAsync("POST", query is null ? Path : $"{Path}?token={query}", header, body)).Status;
        (await StatusAsync(null, null)).ShouldBe(401);
        (await StatusAsync("nonsense", null)).ShouldBe(401);
        (await StatusAsync(token, null)).ShouldBe(200);
        (await StatusAsync(null, token)).ShouldBe(200);
        (await StatusAsync(token, token)).ShouldBe(200);
        (await StatusAsync(token, one.WorkspaceToken.Text.Reveal())).ShouldBe(401);
        // Of another harness in the same workspace, of the runner, of a person.
        (await StatusAsync(one.WorkspaceToken.Text.Reveal(), null)).ShouldBe(403);
        (await StatusAsync(one.Runner, null)).ShouldBe(403);
        (await StatusAsync(one.Session, null)).ShouldBe(403);
        await stage.Editors.Workspaces.StopAsync(Actor.OfThisMachine, one.Workspace.Id);
        await UntilAsync(async () => await StatusAsync(token, null) == 401);
    }

    [Fact]
    public async Task Without_a_login_that_serves_there_is_nothing_to_refresh()
    {
        var one = await stage.BelongingsAsync();
        var token = (await stage.Editors.WorkspaceTokens.IssueAsync(Actor.OfThisMachine, one.Workspace.Id, "codex")).Value!.Text.Reveal();
        var answered = await RefreshAsync(token, "rt-any");
        (answered.Status, answered.Code, answered.Json.GetProperty("error").GetString()).ShouldBe((404, "not-found", "credential_not_found"));
    }

    [Fact]
    public async Task Switched_off_it_answers_503_and_the_harness_is_not_led_here()
    {
        var (one, token, _) = await LoginAsync();
        await stage.ConfigureAsync(refreshes: false);
        try
        {
            await UntilAsync(async () => (await RefreshAsync(token, "rt-any")).Status == 503);
            (await RefreshAsync(token, "rt-any")).Code.ShouldBe("refresh-off");
            var key = await stage.CallAsync("POST", one.Fill("/api/v1/workspaces/{workspace}/agent-key", Uri.EscapeDataString), one.Runner, """{"harness":"codex"}""");
            key.Body.ShouldNotContain("codex-refresh");
        }
        finally
        {
            await stage.ConfigureAsync();
            await UntilAsync(async () => (await RefreshAsync(token, "rt-any")).Status == 200);
        }
    }

    private async Task<(Belongings One, string Token, string Login)> LoginAsync()
    {
        var (one, login) = (await stage.BelongingsAsync(), $"{Guid.NewGuid():N}");
        var given = new NewCredential { Name = "login", Kind = CredentialKind.AuthJson, Secret = Secret.From(TokenVendor.File(login, 1)) };
        (await stage.Editors.Attachments.ConnectAsync(Actor.OfThisMachine, "openai-codex", given, ownerId: one.User.Id)).Error.ShouldBeNull();
        return (one, (await stage.Editors.WorkspaceTokens.IssueAsync(Actor.OfThisMachine, one.Workspace.Id, "codex")).Value!.Text.Reveal(), login);
    }

    private async Task WithLimitsAsync(string limits, Func<CodexRefreshConfig, bool> areTaken)
    {
        await stage.ConfigureAsync(more: limits);
        await UntilAsync(() => areTaken(stage.Configured.CodexRefresh));
    }

    private Task<Answered> RefreshAsync(string token, string refresh) =>
        stage.CallAsync("POST", $"{Path}?token={Uri.EscapeDataString(token)}", null, $$"""{"grant_type":"refresh_token","refresh_token":"{{refresh}}"}""");

    private static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!await condition()) await Task.Delay(10, limit.Token);
    }
}
