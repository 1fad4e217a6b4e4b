using System.CommandLine;
using Gatehouse.CommandLine;
using Gatehouse.Control;
using Gatehouse.Gateway.Admission;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Installations;

namespace Gatehouse.Limits;

/// <summary><c>gatehouse limits</c>: what users may use, and what they have used.</summary>
internal static class LimitCommands
{
    private static readonly Argument<string> s_user = new("user")
    {
        Description = "The user's id or name. Without it, the local one.",
        HelpName = "ID|NAME",
        DefaultValueFactory = _ => Users.LocalId,
    };

    private static readonly Option<LimitValue?> s_input = Amount("--daily-input", "Input tokens a UTC day, cached ones included: 500000, 200k, 50m.", isMoney: false);
    private static readonly Option<LimitValue?> s_output = Amount("--daily-output", "Output tokens a UTC day.", isMoney: false);
    private static readonly Option<LimitValue?> s_cost = Amount("--monthly-cost", "Cost a UTC month, US dollars: 200, 12.50.", isMoney: true);
    private static readonly Option<LimitValue?> s_alert = Amount("--alert", "From which percentage of a budget on its use is told.", isMoney: false, int.MaxValue);
    private static readonly Option<LimitValue?> s_requests = Amount("--requests", "Requests a window, in place of the platform's default.", isMoney: false, int.MaxValue);

    /// <summary>Builds the commands.</summary>
    public static Command Build() => new(
        "limits", "Show and set what users may use. The platform's defaults are the section userLimits of the configuration. Works beside a running server.")
    {
        new Verb(
            "show",
            "Show a user's limits, what is used of them, and when they begin anew.",
            "gatehouse limits show",
            "gatehouse limits show ann --json") { s_user, CommonOptions.Json }
            .RunsOnInstallation((invocation, installation) => RunAsync(invocation, installation, static (limits, user, _) => limits.ShowAsync(Actor.OfThisMachine, user))),
        new Verb(
            "set",
            "Set budgets for a user, at most as high as the user's ceiling, or as the platform's default where there is none. 'default' takes one back.",
            "gatehouse limits set ann --daily-output 200k --monthly-cost 50",
            "gatehouse limits set ann --monthly-cost default") { s_user, s_input, s_output, s_cost, s_alert, CommonOptions.Json }
            .RunsOnInstallation((invocation, installation) => RunAsync(invocation, installation, SetAsync)),
        new Verb(
            "ceiling",
            "Set what a user is allowed at most, more or less than the platform's default. 'default' takes one back.",
            "gatehouse limits ceiling ann --monthly-cost 500 --requests 1200",
            "gatehouse limits ceiling ann --daily-input default") { s_user, s_input, s_output, s_cost, s_requests, CommonOptions.Json }
            .RunsOnInstallation((invocation, installation) => RunAsync(invocation, installation, AllowAsync)),
    };

    private static async Task<Report> RunAsync(
        Invocation invocation, Installation installation, Func<Control.Limits, string, Invocation, Task<Edited<LimitReport>>> work)
    {
        var loaded = ConfigLoader.Load(await invocation.ConfigInputsAsync());
        if (loaded.Config is not { } config) return Report.Misused([.. loaded.Problems.Select(Problem.Of)]);
        var limits = new Control.Limits(installation.Store, installation.Tenants.Users, () => config.UserLimits, TimeProvider.System);
        var edited = await work(limits, invocation.Parsed.GetValue(s_user)!, invocation);
        if (edited.Value is not { } report) return Report.Failed(new Problem(edited.Error!));
        var view = new LimitView(report);
        return Report.Done(view.Print, view.Write);
    }

    private static async Task<Edited<LimitReport>> SetAsync(Control.Limits limits, string user, Invocation invocation)
    {
        var now = await limits.ShowAsync(Actor.OfThisMachine, user, invocation.Cancelled);
        if (now.Value is not { Stored.Settings: var chosen }) return now;
        return await limits.SetAsync(
            Actor.OfThisMachine,
            user,
            new LimitSettings
            {
                DailyInputTokens = Given(invocation, s_input, chosen.DailyInputTokens),
                DailyOutputTokens = Given(invocation, s_output, chosen.DailyOutputTokens),
                MonthlyCostNanodollars = Given(invocation, s_cost, chosen.MonthlyCostNanodollars),
                AlertPercent = (int?)Given(invocation, s_alert, chosen.AlertPercent),
            },
            invocation.Cancelled);
    }

    private static async Task<Edited<LimitReport>> AllowAsync(Control.Limits limits, string user, Invocation invocation)
    {
        var now = await limits.ShowAsync(Actor.OfThisMachine, user, invocation.Cancelled);
        if (now.Value is not { Stored.Ceilings: var allowed }) return now;
        return await limits.AllowAsync(
            Actor.OfThisMachine,
            user,
            new LimitCeilings
            {
                DailyInputTokens = Given(invocation, s_input, allowed.DailyInputTokens),
                DailyOutputTokens = Given(invocation, s_output, allowed.DailyOutputTokens),
                MonthlyCostNanodollars = Given(invocation, s_cost, allowed.MonthlyCostNanodollars),
                Requests = (int?)Given(invocation, s_requests, allowed.Requests),
            },
            invocation.Cancelled);
    }

    private static long? Given(Invocation invocation, Option<LimitValue?> option, long? now) =>
        invocation.Parsed.GetResult(option) is null ? now : invocation.Parsed.GetValue(option)!.Amount;

    private static Option<LimitValue?> Amount(string name, string description, bool isMoney, long most = long.MaxValue) => new(name)
    {
        Description = description,
        HelpName = "N|default",
        CustomParser = result => LimitValue.Parse(result, isMoney, most),
    };
}
