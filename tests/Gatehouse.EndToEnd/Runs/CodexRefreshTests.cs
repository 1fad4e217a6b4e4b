using System.Runtime.Versioning;
using Gatehouse.Control.Tests.Logins;
using Gatehouse.EndToEnd.Integrations;
using Gatehouse.EndToEnd.Stages;
using Gatehouse.EndToEnd.Wire;

namespace Gatehouse.EndToEnd.Runs;

/// <summary>Codex itself, with a login whose access token has expired: it refreshes it at Gatehouse and calls its vendor with the new one.</summary>
[SupportedOSPlatform("linux")]
public class CodexRefreshTests(RefreshStage stage) : IClassFixture<RefreshStage>
{
    [Fact]
    public async Task Codex_refreshes_an_expired_login_at_Gatehouse_and_the_new_one_is_stored_and_in_its_file_and_the_proxy_sees_nothing()
    {
        await using var tee = new RecordingTee(stage.Gateway);
        using var home = new ClientRun(stage);
        var login = $"{Guid.NewGuid():N}";
        await home.GatehouseAsync($"user add {login}");
        await home.GatehouseAsync($"project add {login} --user {login}");
        await home.GatehouseAsync($"workspace add {login} --project {login} --user {login}");
        var imported = await home.StartAsync(TokenVendor.File(login, 1_000_000_000), "credential", "import", "codex", "--source", "-", "--project", login);
        imported.Code.ShouldBe(0, imported.Story);
        var fresh = TokenVendor.Token($"rt-{login}.n", TokenVendor.FarEnd);

        // The second run begins with what the first one left in the vault.
        foreach (var name in (string[])["first", "second"])
        {
            var marker = $"refresh-{Guid.NewGuid():N}";
            var look = $"cp $CODEX_HOME/auth.json {name}; stat -c %a $CODEX_HOME/auth.json > mode; env > environment";
            var run = await home.StartAsync(
                $"Look for {marker}: [tool exec_command {{\"cmd\":\"{look}\"}}]",
                "run", "codex", "--workspace", login, "--model", "gpt-5.5", "--base-url", tee.Address.ToString(), "--",
                // The vendor's own services, played by the simulator: nothing is left to call elsewhere.
                "-c", $"openai_base_url=\"{stage.Upstream}v1\"", "-c", $"chatgpt_base_url=\"{stage.Upstream}backend-api\"", "-c", "features.enable_request_compression=false",
                "exec", "--ephemeral", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox", "-");
            run.Code.ShouldBe(0, run.Story);

            var received = await stage.ReceivedAsync(marker);
            received.ShouldNotBeEmpty();
            foreach (var one in received) one.Request.Header("authorization").ShouldBe($"Bearer {fresh}");
            var file = File.ReadAllText(home.Project(name));
            file.ShouldContain(fresh);
            file.ShouldContain($"rt-{login}.n");
            file.ShouldContain("\"account_id\": \"acct\"");
            File.ReadAllText(home.Project("mode")).Trim().ShouldBe("600");
            var environment = File.ReadAllText(home.Project("environment"));
            environment.ShouldContain($"CODEX_REFRESH_TOKEN_URL_OVERRIDE={tee.Address}api/auth/codex-refresh?token=ghw_");
            environment.ShouldNotContain("OPENAI_API_KEY");
            environment.ShouldNotContain(fresh);
        }

        stage.Vendor.Presented.Count(token => token.Contains(login, StringComparison.Ordinal)).ShouldBe(1);
        stage.Vendor.Presented.ShouldContain($"rt-{login}");
        // Through Gatehouse went the refresh and nothing else; run itself asked whether the server answers and knows its token.
        var calls = tee.Calls.Select(call => call.Sent).ToList();
        calls.Count(sent => sent.Target.StartsWith("/api/auth/codex-refresh?", StringComparison.Ordinal)).ShouldBe(1);
        calls.ShouldAllBe(sent => sent.Target == "/health" || sent.Target == "/api/v1/me" || sent.Target.StartsWith("/api/auth/codex-refresh?", StringComparison.Ordinal));
        var path = calls.Single(sent => sent.Method == "POST").Target;
        stage.Story.ShouldNotContain(path[(path.IndexOf("token=", StringComparison.Ordinal) + 6)..]);
        stage.Story.ShouldNotContain($"rt-{login}");
    }
}

/// <summary>The stage with the vendor's service that refreshes Codex logins, played on loopback.</summary>
public sealed class RefreshStage : Stage
{
    /// <summary>The service.</summary>
    internal TokenVendor Vendor { get; } = new();

    /// <inheritdoc/>
    protected override string Configuration => $$"""
        "workspaces": { "codexRefresh": { "tokenUrl": "{{Vendor.Address}}" } },
        """;

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        Vendor.Dispose();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
