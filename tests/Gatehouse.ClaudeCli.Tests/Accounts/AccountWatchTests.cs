using Gatehouse.ClaudeCli.Accounts;
using Gatehouse.ClaudeCli.Tests.Standins;
using Gatehouse.Gateway.Routing;
using Gatehouse.Gateway.Upstream;

namespace Gatehouse.ClaudeCli.Tests.Accounts;

/// <summary>What is seen of the program and its logins, and that nobody waits for it.</summary>
public sealed class AccountWatchTests
{
    private static readonly TimeSpan s_ceiling = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData("""{"loggedIn":true,"authMethod":"claude.ai","apiProvider":"firstParty","email":"a@b.example","orgId":"o","subscriptionType":"max"}""", true, "claude.ai", "a@b.example", "max")]
    [InlineData("{\n  \"loggedIn\": false,\n  \"authMethod\": \"none\",\n  \"loginExpiresAt\": null\n}\n", false, "none", null, null)]
    [InlineData("""{"loggedIn":true,"authMethod":"api_key","apiKeySource":"ANTHROPIC_API_KEY"}""", true, "api_key", null, null)]
    public void A_login_is_read_as_the_program_prints_it(string printed, bool loggedIn, string method, string? email, string? plan) =>
        AuthStatus.Read(System.Text.Encoding.UTF8.GetBytes(printed)).ShouldBe(new AuthStatus(loggedIn, method, email, plan));

    [Theory]
    [InlineData("")]
    [InlineData("Usage: claude")]
    [InlineData("{}")]
    [InlineData("""{"loggedIn":"yes"}""")]
    public void What_is_no_login_is_none(string printed) => AuthStatus.Read(System.Text.Encoding.UTF8.GetBytes(printed)).ShouldBeNull();

    [Theory]
    [InlineData("2.1.329 (Claude Code)\n", "2.1.329")]
    [InlineData("2.1.197", "2.1.197")]
    [InlineData("claude", null)]
    [InlineData("", null)]
    public void A_version_is_read_as_the_program_prints_it(string printed, string? version) =>
        ProgramCommand.VersionIn(System.Text.Encoding.UTF8.GetBytes(printed))?.ToString().ShouldBe(version);

    [Fact]
    public async Task A_report_tells_what_was_seen_and_is_renewed_in_the_background_when_it_is_old()
    {
        await using var stage = await StartAsync();
        Write(stage, "a", "login", """{"loggedIn":true,"authMethod":"claude.ai","email":"a@b.example","subscriptionType":"max"}""");
        Write(stage, "b", "login", """{"loggedIn":false,"authMethod":"none"}""");
        // Told at once, whatever is known.
        stage.Provider.Report("p").Health.ShouldBe(ProgramHealth.Unknown);
        var seen = await UntilAsync(stage, report => report.Version is not null);
        (seen.Health, seen.Version, seen.Mode, seen.Error).ShouldBe((ProgramHealth.Degraded, "2.1.400", "client-tools", null));
        (seen.Accounts[0].LoggedIn, seen.Accounts[0].Email, seen.Accounts[0].Plan, seen.Accounts[0].Health).ShouldBe((true, "a@b.example", "max", ProgramHealth.Healthy));
        (seen.Accounts[1].LoggedIn, seen.Accounts[1].Health).ShouldBe((false, ProgramHealth.Unhealthy));
        seen.Accounts[1].Error.ShouldNotBeNull().ShouldContain("claude login --profile b");
        stage.Logging.Lines.ShouldContain("claude.logged_out: provider p account b");
        // Not asked again before it is old.
        Write(stage, "b", "login", """{"loggedIn":true,"authMethod":"claude.ai"}""");
        stage.Provider.Report("p").Accounts[1].LoggedIn.ShouldBe(false);
        stage.Clock.Pass(TimeSpan.FromSeconds(6));
        (await UntilAsync(stage, report => report.Accounts[1].LoggedIn == true)).Health.ShouldBe(ProgramHealth.Healthy);
        stage.Logging.Lines.ShouldContain("claude.logged_in: provider p account b");
    }

    [Fact]
    public async Task Requests_pass_over_an_account_that_is_logged_out_and_are_told_where_all_are()
    {
        await using var stage = await StartAsync();
        Write(stage, "a", "login", """{"loggedIn":false}""");
        Write(stage, "b", "login", """{"loggedIn":true}""");
        stage.Provider.Report("p");
        await UntilAsync(stage, report => report.Version is not null);
        (await stage.AskAsync([StandinStage.User("[weary x]")])).Body.ShouldContain("by b");
        Write(stage, "b", "login", """{"loggedIn":false}""");
        stage.Clock.Pass(TimeSpan.FromSeconds(6));
        stage.Provider.Report("p");
        (await UntilAsync(stage, report => report.Accounts[1].LoggedIn == false)).Health.ShouldBe(ProgramHealth.Unhealthy);
        // The program's own word is newer than what was seen: it may have been logged in this moment.
        (await stage.AskAsync([StandinStage.User("[fail 401]")])).Status.ShouldBe(401);
    }

    [Fact]
    public async Task A_look_that_fails_keeps_what_was_known_and_says_so()
    {
        await using var stage = await StartAsync();
        Write(stage, "a", "login", """{"loggedIn":true}""");
        Write(stage, "b", "login", """{"loggedIn":true}""");
        stage.Provider.Report("p");
        await UntilAsync(stage, report => report.Health == ProgramHealth.Healthy);
        Write(stage, "a", "login", "segmentation fault");
        stage.Clock.Pass(TimeSpan.FromSeconds(61));
        stage.Provider.Report("p");
        var seen = await UntilAsync(stage, report => report.Health == ProgramHealth.Degraded);
        (seen.Accounts[0].LoggedIn, seen.Accounts[0].Health).ShouldBe((true, ProgramHealth.Degraded));
        seen.Accounts[0].Error.ShouldNotBeNull().ShouldContain("could not be asked");
    }

    [Fact]
    public async Task A_program_that_is_too_old_is_refused_with_what_helps()
    {
        await using var stage = await StartAsync();
        Write(stage, "a", "version", "1.0.44 (Claude Code)");
        stage.Provider.Report("p");
        (await UntilAsync(stage, report => report.Version is not null)).Health.ShouldBe(ProgramHealth.Unhealthy);
        var refused = await stage.AskAsync([StandinStage.User("hi")]);
        refused.Status.ShouldBe(502);
        refused.Body.ShouldContain("1.0.44");
        refused.Body.ShouldContain("npm install");
        stage.Processes.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_reported_with_what_helps()
    {
        await using var stage = await StartAsync(settings => settings with { Path = "no-such-claude" });
        stage.Provider.Report("p");
        (await UntilAsync(stage, report => report.Error is not null)).Error.ShouldNotBeNull().ShouldContain("npm install");
        stage.Provider.Report("p").Health.ShouldBe(ProgramHealth.Unhealthy);
    }

    private static Task<StandinStage> StartAsync(Func<ProgramSettings, ProgramSettings>? change = null) => StandinStage.StartAsync(settings =>
    {
        var own = settings with { Profiles = [new ProgramProfile("a", Folder(settings, "a"), null, null, null), new ProgramProfile("b", Folder(settings, "b"), null, null, null)] };
        return change?.Invoke(own) ?? own;
    });

    private static string Folder(ProgramSettings settings, string name) => Directory.CreateDirectory(Path.Combine(settings.WorkingFolder!, "..", "accounts", name)).FullName;

    private static void Write(StandinStage stage, string account, string file, string text) =>
        File.WriteAllText(Path.Combine(stage.Provider.Settings.Profiles.First(one => one.Name == account).ConfigFolder!, file), text);

    private static async Task<ProgramReport> UntilAsync(StandinStage stage, Func<ProgramReport, bool> holds)
    {
        using var limit = new CancellationTokenSource(s_ceiling);
        while (true)
        {
            if (stage.Provider.Report("p") is var report && holds(report)) return report;
            await Task.Delay(10, limit.Token);
        }
    }
}
