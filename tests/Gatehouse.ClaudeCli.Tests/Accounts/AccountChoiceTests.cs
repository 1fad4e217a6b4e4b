using System.Text.Json.Nodes;
using Gatehouse.ClaudeCli.Tests.Standins;
using Gatehouse.Gateway.Routing;
using Gatehouse.Gateway.Upstream;

namespace Gatehouse.ClaudeCli.Tests.Accounts;

/// <summary>Which account serves which request, on a stand-in that tells limits as the program does.</summary>
public sealed class AccountChoiceTests
{
    private const string Allowed = "[limit five_hour 0.2 allowed]";
    private const string Warned = "[limit five_hour 0.9 allowed_warning]";
    private const string Rejected = "[limit five_hour 1 rejected]";

    [Fact]
    public async Task A_request_gets_the_account_that_it_names_in_any_case_and_one_that_is_not_there_is_refused_with_those_that_are()
    {
        await using var stage = await StartAsync();
        (await AskAsync(stage, Allowed, "B")).Body.ShouldContain("by b");
        var refused = await AskAsync(stage, Allowed, "nobody\"<");
        refused.Status.ShouldBe(400);
        ((string?)JsonNode.Parse(refused.Body)!["error"]!["type"]).ShouldBe("invalid_request_error");
        refused.Body.ShouldContain("nobody??");
        refused.Body.ShouldContain("a, b, key");
    }

    [Fact]
    public async Task A_request_that_names_none_gets_the_subscription_with_most_headroom()
    {
        await using var stage = await StartAsync();
        await AskAsync(stage, Warned, "a");
        await AskAsync(stage, Allowed, "b");
        (await AskAsync(stage, Allowed)).Body.ShouldContain("by b");
        await AskAsync(stage, "[limit seven_day 0.95 allowed_warning]", "b");
        (await AskAsync(stage, Allowed)).Body.ShouldContain("by a");
    }

    [Fact]
    public async Task The_configured_default_goes_before_headroom_as_long_as_it_can_serve()
    {
        await using var stage = await StartAsync(settings => settings with { DefaultProfile = "b" });
        (await AskAsync(stage, Warned)).Body.ShouldContain("by b");
        (await AskAsync(stage, Warned)).Body.ShouldContain("by b");
        await AskAsync(stage, Rejected, "b");
        (await AskAsync(stage, Allowed)).Body.ShouldContain("by a");
    }

    [Fact]
    public async Task A_conversation_stays_with_its_account_and_nobody_elses_does()
    {
        await using var stage = await StartAsync();
        var token = Guid.NewGuid();
        (await AskAsync(stage, Warned, session: "s", token: token)).Body.ShouldContain("by a");
        (await AskAsync(stage, Warned, session: "s", token: token)).Body.ShouldContain("by a");
        (await AskAsync(stage, Allowed, session: "s", token: Guid.NewGuid())).Body.ShouldContain("by b");
        (await AskAsync(stage, Allowed, session: "another", token: token)).Body.ShouldContain("by b");
    }

    [Fact]
    public async Task What_one_accounts_limits_refuse_the_next_one_answers_and_the_client_sees_nothing_of_it()
    {
        await using var stage = await StartAsync();
        (await AskAsync(stage, "[weary a]")).Body.ShouldContain("by b");
        // Known now: the first is not tried again.
        var before = stage.Processes.Count;
        (await AskAsync(stage, "[weary a]")).Body.ShouldContain("by b");
        stage.Processes.Count.ShouldBe(before + 1);
        // An account that pays by the call comes last.
        (await AskAsync(stage, "[weary a b]")).Body.ShouldContain("by key");
        var events = stage.Logging.Lines;
        events.ShouldContain("claude.quota: provider p account a is used up until 2026-11-21 13:00:00Z");
        events.ShouldContain("claude.switched: provider p from account a to b");
    }

    [Fact]
    public async Task A_named_account_that_is_used_up_is_refused_with_the_time_of_its_reset_and_serves_again_after_it()
    {
        await using var stage = await StartAsync();
        foreach (var text in new[] { Rejected, Allowed })
        {
            stage.Clock.Pass(TimeSpan.FromMinutes(10));
            var refused = await AskAsync(stage, text, "a");
            refused.Status.ShouldBe(429);
            ((string?)JsonNode.Parse(refused.Body)!["error"]!["type"]).ShouldBe("rate_limit_error");
            ((string?)JsonNode.Parse(refused.Body)!["error"]!["message"]).ShouldNotBeNull().ShouldContain("'a'");
            refused.Body.ShouldContain("2026-11-21 13:00:00Z");
            refused.Headers["retry-after"].ShouldBe(text == Rejected ? "3000" : "2400");
        }

        stage.Processes.Count.ShouldBe(1);
        stage.Clock.Pass(TimeSpan.FromMinutes(41));
        (await AskAsync(stage, Allowed, "a")).Body.ShouldContain("by a");
    }

    [Fact]
    public async Task Where_every_account_is_used_up_the_refusal_names_the_first_reset()
    {
        await using var stage = await StartAsync(settings => settings with { Profiles = [.. settings.Profiles.Take(2)] });
        var refused = await AskAsync(stage, "[weary a b]");
        refused.Status.ShouldBe(429);
        refused.Headers["retry-after"].ShouldBe("3600");
        refused.Body.ShouldContain("every account");
        var report = stage.Provider.Report("p");
        report.Health.ShouldBe(ProgramHealth.Degraded);
        report.Accounts.ShouldAllBe(account => account.ExhaustedUntil == new DateTimeOffset(2026, 11, 21, 13, 0, 0, TimeSpan.Zero));
        report.Accounts[0].Windows.ShouldHaveSingleItem().ShouldBe(
            new LimitWindow("five_hour", "rejected", 1, new DateTimeOffset(2026, 11, 21, 13, 0, 0, TimeSpan.Zero), stage.Clock.GetUtcNow()));
    }

    [Fact]
    public async Task A_short_refusal_that_is_no_used_up_limit_is_told_as_it_is()
    {
        await using var stage = await StartAsync();
        (await AskAsync(stage, "[fail 429]")).Status.ShouldBe(429);
        stage.Processes.Count.ShouldBe(1);
        (await AskAsync(stage, Allowed)).Body.ShouldContain("by a");
    }

    [Fact]
    public async Task What_fails_by_one_accounts_login_the_next_one_answers_and_that_account_is_passed_over_for_a_minute()
    {
        await using var stage = await StartAsync();
        (await AskAsync(stage, "[locked a]")).Body.ShouldContain("by b");
        stage.Logging.Lines.ShouldContain("claude.switched: provider p from account a to b");
        var account = stage.Provider.Report("p").Accounts[0];
        account.Health.ShouldBe(ProgramHealth.Unhealthy);
        account.Error.ShouldNotBeNull().ShouldContain("gatehouse claude login --profile a");
        var before = stage.Processes.Count;
        (await AskAsync(stage, Allowed)).Body.ShouldContain("by b");
        stage.Processes.Count.ShouldBe(before + 1);
        stage.Clock.Pass(TimeSpan.FromSeconds(61));
        await AskAsync(stage, "[limit five_hour 0.3 allowed]", "b");
        (await AskAsync(stage, Allowed)).Body.ShouldContain("by a");
    }

    [Fact]
    public async Task The_vendors_401_reaches_a_client_that_named_its_account_and_one_whom_no_account_could_serve()
    {
        await using var stage = await StartAsync();
        (await AskAsync(stage, "[locked a]", "a")).Status.ShouldBe(401);
        stage.Processes.Count.ShouldBe(1);
        var refused = await AskAsync(stage, "[locked a b key]");
        refused.Status.ShouldBe(401);
        refused.Body.ShouldContain("authentication_error");
        // Each was asked once, the refused one too: nobody else was left.
        stage.Processes.Count.ShouldBe(4);
        // What is used up passes by itself, so it is what the client is told.
        (await AskAsync(stage, "[weary a b key]")).Status.ShouldBe(429);
    }

    [Fact]
    public async Task An_account_whose_variable_is_not_set_is_never_started_under_another_login()
    {
        await using var stage = await StartAsync(variables: []);
        var refused = await AskAsync(stage, Allowed, "key");
        refused.Status.ShouldBe(401);
        refused.Body.ShouldContain("KEY_OF_ACCOUNT");
        stage.Processes.ShouldBeEmpty();
        (await AskAsync(stage, "[weary a b]")).Status.ShouldBe(429);
        stage.Provider.Report("p").Accounts[2].Health.ShouldBe(ProgramHealth.Unhealthy);
    }

    [Fact]
    public async Task An_account_works_in_its_own_folder_where_it_has_one()
    {
        string folder = "";
        await using var stage = await StartAsync(settings =>
        {
            folder = Directory.CreateDirectory(Path.Combine(settings.WorkingFolder!, "own")).FullName;
            return settings with { Profiles = [settings.Profiles[0] with { WorkingFolder = folder }, settings.Profiles[1]] };
        });
        await AskAsync(stage, Allowed, "a");
        await AskAsync(stage, Allowed, "b");
        Directory.GetFiles(folder, "started-*").Length.ShouldBe(1);
        stage.Processes.Count.ShouldBe(1);
    }

    private static Task<StandinStage> StartAsync(Func<ProgramSettings, ProgramSettings>? change = null, Dictionary<string, string>? variables = null) => StandinStage.StartAsync(
        settings =>
        {
            var own = settings with
            {
                Profiles =
                [
                    new ProgramProfile("a", Folder(settings, "a"), null, null, null), new ProgramProfile("b", Folder(settings, "b"), null, null, null),
                    new ProgramProfile("key", null, "KEY_OF_ACCOUNT", null, null),
                ],
            };
            return change?.Invoke(own) ?? own;
        },
        variables ?? new Dictionary<string, string> { ["KEY_OF_ACCOUNT"] = "sk-canary" });

    private static string Folder(ProgramSettings settings, string name) => Directory.CreateDirectory(Path.Combine(settings.WorkingFolder!, "..", "accounts", name)).FullName;

    private static Task<Answered> AskAsync(StandinStage stage, string text, string? profile = null, string? session = null, Guid token = default) =>
        stage.AskAsync([StandinStage.User(text)], session ?? Guid.NewGuid().ToString(), token, profile);
}
