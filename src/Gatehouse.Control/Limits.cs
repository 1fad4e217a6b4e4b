using System.Globalization;
using Gatehouse.Gateway.Admission;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Storage;

namespace Gatehouse.Control;

/// <summary>
/// Shows and changes users' limits. Users choose budgets for themselves, at most as high as an administrator allows them, or as the platform's default
/// where none does; administrators set what is allowed. A running server takes a change over within a second. Thread-safe.
/// </summary>
/// <param name="store">The database.</param>
/// <param name="users">Finds users, for whoever may see them.</param>
/// <param name="defaults">The section <c>userLimits</c> of the configuration as of now; what the platform's settings say goes over it.</param>
/// <param name="clock">Tells the time.</param>
public sealed class Limits(Store store, Users users, Func<UserLimitsConfig> defaults, TimeProvider clock)
{
    /// <summary>The least that a budget of tokens may be set to: below it not even one request would pass.</summary>
    public const long LeastTokens = 1_000;

    /// <summary>The most that a budget of tokens may be set to.</summary>
    public const long MostTokens = 1_000_000_000_000;

    /// <summary>The least that a monthly cap may be set to: a cent, in nanodollars.</summary>
    public const long LeastCost = Cent;

    /// <summary>The most that a monthly cap may be set to: ten thousand dollars, in nanodollars; more only where an administrator allows it.</summary>
    public const long MostCost = 10_000 * Dollar;

    private const long Dollar = 1_000_000_000;
    private const long Cent = Dollar / 100;
    private const long MostAllowedCost = 1_000_000 * Dollar;
    private const int MostRequests = 100_000;

    private readonly LimitStore _limits = new(store);

    /// <summary>A user's limits and their use. Users see their own, administrators everyone's.</summary>
    public async Task<Edited<LimitReport>> ShowAsync(Actor actor, string user, CancellationToken cancellation = default)
    {
        var found = await users.FindAsync(actor, user, cancellation);
        return found.Value is { } one
            ? Edited.Done(await ReportAsync(await _limits.FindAsync(one.Id, cancellation), cancellation))
            : found.As<LimitReport>();
    }

    /// <summary>Puts what a user chose in place of all that it chose before; what is null is the platform's default again.</summary>
    public async Task<Edited<LimitReport>> SetAsync(Actor actor, string user, LimitSettings settings, CancellationToken cancellation = default)
    {
        var found = await users.FindAsync(actor, user, cancellation);
        if (found.Value is not { } one) return found.As<LimitReport>();
        string? fault = null;
        var usual = await UsualAsync(cancellation);
        var changed = await ChangeAsync(
            actor,
            one,
            "limits.set",
            now => (fault = Fault(settings, now.Ceilings, usual)) is null ? now with { Settings = settings } : null,
            [
                ("dailyInputTokens", Text(settings.DailyInputTokens)), ("dailyOutputTokens", Text(settings.DailyOutputTokens)),
                ("monthlyCostNanodollars", Text(settings.MonthlyCostNanodollars)), ("alertPercent", Text(settings.AlertPercent)),
            ],
            cancellation);
        return changed is null ? Edited.Refused<LimitReport>(fault!) : Edited.Done(await ReportAsync(changed, cancellation));
    }

    /// <summary>Puts what a user is allowed in place of all that it was allowed before. Administrators only.</summary>
    public async Task<Edited<LimitReport>> AllowAsync(Actor actor, string user, LimitCeilings ceilings, CancellationToken cancellation = default)
    {
        if (!actor.IsAdmin) return Edited.Forbidden<LimitReport>("Only an administrator sets what a user is allowed.");
        var found = await users.FindAsync(actor, user, cancellation);
        if (found.Value is not { } one) return found.As<LimitReport>();
        if (Fault(ceilings) is { } fault) return Edited.Refused<LimitReport>(fault);
        var changed = await ChangeAsync(
            actor,
            one,
            "limits.allow",
            now => now with { Ceilings = ceilings },
            [
                ("maxDailyInputTokens", Text(ceilings.DailyInputTokens)), ("maxDailyOutputTokens", Text(ceilings.DailyOutputTokens)),
                ("maxMonthlyCostNanodollars", Text(ceilings.MonthlyCostNanodollars)), ("maxRequests", Text(ceilings.Requests)),
            ],
            cancellation);
        return Edited.Done(await ReportAsync(changed!, cancellation));
    }

    /// <summary>Forgets what a user chose. Nothing chosen is no error.</summary>
    public Task<Edited<LimitReport>> ResetAsync(Actor actor, string user, CancellationToken cancellation = default) =>
        SetAsync(actor, user, LimitSettings.None, cancellation);

    private Task<UserLimits?> ChangeAsync(
        Actor actor, User user, string action, Func<UserLimits, UserLimits?> change, (string Name, string? Value)[] details, CancellationToken cancellation)
    {
        var now = clock.Now();
        var audit = AuditLine.Of(actor, now, action, $"user:{user.Id}", user.Id, details);
        return _limits.ChangeAsync(
            user.Id, stored => change(stored) is { } next ? next with { UpdatedAt = now, UpdatedBy = actor.UserId } : null, audit, cancellation);
    }

    private async Task<LimitReport> ReportAsync(UserLimits stored, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var month = new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero);
        var today = new DateTimeOffset(now.Date, TimeSpan.Zero);
        var days = await DailyUse.LoadAsync(store, month, stored.UserId, cancellation);
        var day = days.FirstOrDefault(d => d.Day == (today - DateTimeOffset.UnixEpoch).Days);
        var used = new BudgetUse(day?.Input ?? 0, day?.Output ?? 0, days.Sum(static d => d.CostNanodollars), days.Sum(static d => d.Unpriced));
        return new LimitReport(stored, EffectiveLimits.Of(stored, await UsualAsync(cancellation)), used, today.AddDays(1), month.AddMonths(1));
    }

    // The platform's as of now: what an administrator set, over the configuration's.
    private async Task<UserLimitsConfig> UsualAsync(CancellationToken cancellation) =>
        PlatformSettingRows.Read(await new TenantStore(store).SettingsAsync(cancellation), []).Limits.Over(defaults());

    private static string? Fault(LimitSettings settings, LimitCeilings allowed, UserLimitsConfig usual)
    {
        var most = usual.Ceilings;
        return FaultOf("budget of input tokens", settings.DailyInputTokens, LeastTokens, allowed.DailyInputTokens ?? most.DailyInputTokens ?? usual.DailyInputTokens ?? MostTokens)
            ?? FaultOf("budget of output tokens", settings.DailyOutputTokens, LeastTokens, allowed.DailyOutputTokens ?? most.DailyOutputTokens ?? usual.DailyOutputTokens ?? MostTokens)
            ?? FaultOfCost(settings.MonthlyCostNanodollars, allowed.MonthlyCostNanodollars ?? most.MonthlyCostNanodollars ?? usual.MonthlyCostNanodollars ?? MostCost)
            ?? AlertFault(settings.AlertPercent);
    }

    /// <summary>What is wrong with the platform's defaults; null when nothing is.</summary>
    internal static string? Fault(LimitDefaults usual) =>
        FaultOf("default budget of input tokens", usual.DailyInputTokens, 0, MostTokens)
        ?? FaultOf("default budget of output tokens", usual.DailyOutputTokens, 0, MostTokens)
        ?? (usual.MonthlyCostNanodollars is < 0 or > MostAllowedCost ? "The default monthly budget is from 0, for none, to 1,000,000 dollars." : null)
        ?? FaultOf("default number of requests", usual.Requests, 0, MostRequests)
        ?? AlertFault(usual.AlertPercent);

    /// <summary>What is wrong with ceilings; null when nothing is.</summary>
    internal static string? Fault(LimitCeilings allowed) =>
        FaultOf("ceiling of input tokens", allowed.DailyInputTokens, 0, MostTokens)
        ?? FaultOf("ceiling of output tokens", allowed.DailyOutputTokens, 0, MostTokens)
        ?? (allowed.MonthlyCostNanodollars is < 0 or > MostAllowedCost ? "The ceiling of the monthly cost is from 0 to 1,000,000 dollars." : null)
        ?? FaultOf("number of requests", allowed.Requests, 1, MostRequests);

    private static string? FaultOf(string what, long? value, long least, long most) =>
        value is { } given && (given < least || given > most)
            ? string.Create(CultureInfo.InvariantCulture, $"The {what} is {given:#,0}; it may be from {Math.Min(least, most):#,0} to {most:#,0}.")
            : null;

    private static string? FaultOfCost(long? value, long most) =>
        value is { } given && (given < LeastCost || given > most)
            ? string.Create(CultureInfo.InvariantCulture, $"The monthly budget may be from $0.01 to ${(decimal)most / Dollar:#,0.00}.")
            : null;

    private static string? AlertFault(int? percent) => percent is < 1 or > 100 ? "The alert threshold is a percentage from 1 to 100." : null;

    private static string? Text(long? value) => value?.ToString(CultureInfo.InvariantCulture);
}
