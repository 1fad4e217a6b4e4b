using System.Collections.Immutable;

namespace Gatehouse.Control.Api;

/// <summary>What a user chooses; what is left out or null is the platform's default.</summary>
internal sealed class LimitChoice
{
    /// <summary>Input tokens a day.</summary>
    public decimal? DailyInputTokenLimit { get; init; }

    /// <summary>Output tokens a day.</summary>
    public decimal? DailyOutputTokenLimit { get; init; }

    /// <summary>US dollars a month.</summary>
    public decimal? MonthlyCostCapUsd { get; init; }

    /// <summary>From which share of a limit on the user wants to be told, 1 to 100.</summary>
    public decimal? AlertThresholdPercent { get; init; }
}

/// <summary>What an administrator allows a user; what is left out or null is the platform's default.</summary>
internal sealed class CeilingChoice
{
    /// <summary>Input tokens a day.</summary>
    public decimal? MaxDailyInputTokens { get; init; }

    /// <summary>Output tokens a day.</summary>
    public decimal? MaxDailyOutputTokens { get; init; }

    /// <summary>US dollars a month.</summary>
    public decimal? MaxMonthlyCostCapUsd { get; init; }

    /// <summary>Requests in the platform's window.</summary>
    public decimal? MaxRequests { get; init; }
}

/// <summary>One limit: what holds, what the user chose, what it may choose at most, and what is used of it. Null is no limit, or not chosen.</summary>
internal sealed record LimitData(decimal? Limit, decimal? Chosen, decimal? Ceiling, decimal Used, int? Percent);

/// <summary>A user's limits and their use. Costs are US dollars.</summary>
internal sealed record LimitsData(
    string UserId, LimitData DailyInputTokens, LimitData DailyOutputTokens, LimitData MonthlyCostUsd, int? Requests, double WindowSeconds,
    int AlertThresholdPercent, bool IsCustom, bool IsAlert, bool IsExceeded, long WithUnknownCost, DateTimeOffset DayEndsAt, DateTimeOffset MonthEndsAt)
{
    private const decimal Nanodollars = 1_000_000_000;

    /// <summary>Shows them.</summary>
    public static LimitsData Of(LimitReport report)
    {
        var (chosen, ceilings, holds, used) = (report.Stored.Settings, report.Stored.Ceilings, report.Effective, report.Used);
        return new LimitsData(
            report.Stored.UserId,
            new LimitData(holds.DailyInputTokens, chosen.DailyInputTokens, ceilings.DailyInputTokens, used.DailyInput, report.DailyInputPercent),
            new LimitData(holds.DailyOutputTokens, chosen.DailyOutputTokens, ceilings.DailyOutputTokens, used.DailyOutput, report.DailyOutputPercent),
            new LimitData(
                holds.MonthlyCostNanodollars / Nanodollars, chosen.MonthlyCostNanodollars / Nanodollars, ceilings.MonthlyCostNanodollars / Nanodollars,
                used.MonthlyCost / Nanodollars, report.MonthlyCostPercent),
            holds.Requests, holds.Window.TotalSeconds, holds.AlertPercent, report.IsCustom, report.IsAlert, report.IsExceeded, used.Unpriced,
            report.DayEndsAt, report.MonthEndsAt);
    }
}

/// <summary>The routes of limits.</summary>
internal static class LimitRoutes
{
    private const string OfUser = $"{ApiRoutes.Root}/users/{{user}}/limits";

    /// <summary>The routes.</summary>
    public static ImmutableArray<ApiRoute> All { get; } =
    [
        new("GET", OfUser, Opens.People, "A user's limits and what is used of them.", async call =>
            ApiAnswer.Of(await call.Editors.Limits.ShowAsync(call.Actor, call.Place("user"), call.Cancelled), LimitsData.Of)) { Answer = typeof(LimitsData) },
        new("PUT", OfUser, Opens.People, "Puts what a user chooses in place of all that it chose before.", async call =>
            await SetAsync(call, LimitBody.ReadSettings(call.Raw), call.Editors.Limits.SetAsync)) { Body = typeof(LimitChoice), Answer = typeof(LimitsData) },
        new("DELETE", OfUser, Opens.People, "Forgets what a user chose.", async call =>
            ApiAnswer.Of(await call.Editors.Limits.ResetAsync(call.Actor, call.Place("user"), call.Cancelled), LimitsData.Of)) { Answer = typeof(LimitsData) },
        new("PUT", $"{ApiRoutes.Root}/users/{{user}}/ceilings", Opens.Admins, "Puts what a user is allowed in place of all that it was allowed before.", async call =>
            await SetAsync(call, LimitBody.ReadCeilings(call.Raw), call.Editors.Limits.AllowAsync)) { Body = typeof(CeilingChoice), Answer = typeof(LimitsData) },
    ];

    private static async Task<ApiAnswer> SetAsync<T>(
        ApiCall call, Edited<T> read, Func<Actor, string, T, CancellationToken, Task<Edited<LimitReport>>> set)
        where T : class =>
        ApiAnswer.Of(read.Value is { } limits ? await set(call.Actor, call.Place("user"), limits, call.Cancelled) : read.As<LimitReport>(), LimitsData.Of);
}
