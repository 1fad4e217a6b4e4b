using System.Runtime.Versioning;
using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Runs;

/// <summary>Runs with a vendor's own login: it reaches its program in the vendor's own way, and the gateway sees nothing of it.</summary>
[SupportedOSPlatform("linux")]
public sealed class NativeRunTests
{
    private const string OAuth = "sk-ant-oat01-a-token-of-the-users-own";

    [Fact]
    public async Task A_subscriptions_token_is_in_its_own_variable_and_nothing_leads_elsewhere()
    {
        using var harness = new FakeHarness("claude", "cat \"$2\"; echo; env; tr '\\0' ' ' < /proc/$$/cmdline");
        await using var server = await Served.StartAsync(harness.Home);
        (await Gate.RunAsync(harness.Home, "credential add --for claude-code --kind oauth-token", OAuth)).ExitCode.ShouldBe(0);
        var ran = await harness.RunAsync(["claude-code"], "", ("ANTHROPIC_API_KEY", "sk-exported"), ("ANTHROPIC_BASE_URL", "http://elsewhere"));
        ran.ExitCode.ShouldBe(0, ran.ToString());
        var lines = ran.Output.Split('\n');
        lines[0].ShouldContain($"\"CLAUDE_CODE_OAUTH_TOKEN\":\"{OAuth}\"");
        lines[0].ShouldContain("\"ANTHROPIC_BASE_URL\":\"\"");
        lines[0].ShouldContain("\"ANTHROPIC_AUTH_TOKEN\":\"\"");
        lines[0].ShouldContain("\"apiKeyHelper\":\"\"");
        string.Join('\n', lines[1..]).ShouldNotContain("sk-");
        ran.Output.ShouldNotContain("ghw_");
        ran.Output.ShouldNotContain(server.Address.Authority);
        // No token was made: there is nothing at the gateway for it to open.
        (await Gate.RunAsync(harness.Home, "token list --json")).Output.ShouldNotContain("\"kind\": \"workspace\"");
    }

    [Fact]
    public async Task A_Codex_login_is_a_file_of_the_runs_own_and_the_rest_of_the_folder_is_the_persons()
    {
        using var harness = new FakeHarness("codex", "stat -c %a \"$CODEX_HOME/auth.json\"; cat \"$CODEX_HOME/auth.json\" \"$CODEX_HOME/config.toml\"; env | grep -c '^OPENAI'; env | grep REFRESH; echo mine > \"$CODEX_HOME/sessions/one\"; echo \"$@\"");
        await using var server = await Served.StartAsync(harness.Home);
        await ImportAsync(harness, Login(8));
        harness.Home.Write(".codex/auth.json", "{\"the persons\":\"own\"}");
        harness.Home.Write(".codex/config.toml", "# mine\nmodel_provider = \"relay\"\n");
        var ran = await harness.RunAsync(["codex"], "", ("OPENAI_API_KEY", "sk-exported"), ("CODEX_REFRESH_TOKEN_URL_OVERRIDE", "http://elsewhere"));
        ran.ExitCode.ShouldBe(0, ran.ToString());
        ran.Output.ShouldStartWith($"600\n{Login(8)}# mine\n");
        ran.Output.ShouldContain("\n0\n");
        ran.Output.ShouldContain($"\nCODEX_REFRESH_TOKEN_URL_OVERRIDE={server.Address}api/auth/codex-refresh?token=ghw_");
        ran.Output.ShouldNotContain("elsewhere");
        ran.Output.ShouldContain("model_provider=\"openai\"");
        File.ReadAllText(Path.Combine(harness.Home.Path, ".codex", "auth.json")).ShouldBe("{\"the persons\":\"own\"}");
        File.ReadAllText(Path.Combine(harness.Home.Path, ".codex", "sessions", "one")).ShouldBe("mine\n");
        Directory.EnumerateFileSystemEntries(harness.Runs).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_login_that_Codex_refreshed_is_taken_back_and_an_older_one_is_not()
    {
        using var harness = new FakeHarness("codex", "cat \"$CODEX_HOME/auth.json\"; [ -n \"$3\" ] && cat > \"$CODEX_HOME/auth.json\"; true");
        await using var server = await Served.StartAsync(harness.Home);
        await ImportAsync(harness, Login(8));
        (await harness.RunAsync(["codex", "--", "write"], Login(9))).Output.ShouldBe(Login(8));
        (await harness.RunAsync(["codex", "--", "write"], Login(7))).Output.ShouldBe(Login(9));
        (await harness.RunAsync(["codex", "--", "write"], "half of a fi")).Error.ShouldContain("could not be taken back");
        (await harness.RunAsync(["codex"])).Output.ShouldBe(Login(9));
    }

    [Fact]
    public async Task A_refreshed_login_of_a_run_that_was_killed_is_taken_back_by_the_next()
    {
        using var harness = new FakeHarness("codex", "cat \"$CODEX_HOME/auth.json\"; [ \"$5\" = stay ] || exit 0; cat new > \"$CODEX_HOME/auth.json\"; echo; echo written; exec sleep 60");
        await using var server = await Served.StartAsync(harness.Home);
        await ImportAsync(harness, Login(8));
        harness.Home.Write("new", Login(9));
        using var process = Gate.Start(harness.Home, ["run", "codex", "--", "stay"], harness.SearchPath);
        try
        {
            using var limit = new CancellationTokenSource(Gate.Ceiling);
            while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line && line != "written") line.ShouldBe(Login(8));
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(limit.Token);
        }
        finally
        {
            Gate.End(process);
        }

        (await harness.RunAsync(["codex"])).Output.ShouldBe(Login(9));
        Directory.EnumerateFileSystemEntries(harness.Runs).ShouldBeEmpty();
    }

    [Fact]
    public async Task Settings_that_would_send_the_login_to_another_host_are_a_refusal()
    {
        using var harness = new FakeHarness("codex", "echo started");
        await using var server = await Served.StartAsync(harness.Home);
        await ImportAsync(harness, Login(8));
        harness.Home.Write(".codex/config.toml", "openai_base_url = \"https://relay.example/v1\"\n");
        var ran = await harness.RunAsync(["codex"]);
        ran.ExitCode.ShouldBe(1, ran.ToString());
        ran.Error.ShouldContain("the login would be sent there");
        ran.Output.ShouldBeEmpty();
        (await harness.RunAsync(["codex", "--isolated"])).Output.ShouldBe("started\n");
    }

    [Fact]
    public async Task A_project_whose_attachment_is_off_starts_nothing_and_says_why()
    {
        using var harness = new FakeHarness("claude", "echo started");
        await using var server = await Served.StartAsync(harness.Home);
        (await Gate.RunAsync(harness.Home, "credential add --for claude-code --project default", "sk-ant-api03-a-key-of-the-users-own-0001")).ExitCode.ShouldBe(0);
        (await Gate.RunAsync(harness.Home, "attach claude-code --project default --off")).ExitCode.ShouldBe(0);
        var ran = await harness.RunAsync(["claude-code"]);
        ran.ExitCode.ShouldBe(1, ran.ToString());
        ran.Error.ShouldContain("attachment-inactive");
        ran.Output.ShouldBeEmpty();
    }

    private static string Login(int hour) =>
        $$"""{"OPENAI_API_KEY":null,"tokens":{"access_token":"access-{{hour}}","refresh_token":"refresh-{{hour}}","id_token":"id"},"last_refresh":"2026-11-21T{{hour:00}}:00:00Z"}""";

    private static async Task ImportAsync(FakeHarness harness, string login)
    {
        Directory.CreateDirectory(Path.Combine(harness.Home.Path, ".codex"));
        var ran = await Gate.RunAsync(harness.Home, "credential import codex --source -", login);
        ran.ExitCode.ShouldBe(0, ran.ToString());
    }
}
