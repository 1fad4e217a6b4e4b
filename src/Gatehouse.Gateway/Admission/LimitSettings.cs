namespace Gatehouse.Gateway.Admission;

/// <summary>What a user chose for budgets of their own; null leaves the platform's default. Immutable.</summary>
public sealed record LimitSettings
{
    /// <summary>Nothing chosen.</summary>
    public static LimitSettings None { get; } = new();

    /// <summary>Input tokens a UTC day, cached ones included.</summary>
    public long? DailyInputTokens { get; init; }

    /// <summary>Output tokens a UTC day.</summary>
    public long? DailyOutputTokens { get; init; }

    /// <summary>Cost a UTC month, nanodollars.</summary>
    public long? MonthlyCostNanodollars { get; init; }

    /// <summary>From which percentage of a budget on its use is told, 1 to 100.</summary>
    public int? AlertPercent { get; init; }
}

/// <summary>
/// What an administrator allows a user: bounds on what the user may choose, and on what holds when nothing was chosen. Where it is null, the platform's
/// default is the bound: a user may choose less than that, and more only as far as an administrator allows. Immutable.
/// </summary>
public sealed record LimitCeilings
{
    /// <summary>Nothing bounded.</summary>
    public static LimitCeilings None { get; } = new();

    /// <summary>The most input tokens a UTC day.</summary>
    public long? DailyInputTokens { get; init; }

    /// <summary>The most output tokens a UTC day.</summary>
    public long? DailyOutputTokens { get; init; }

    /// <summary>The highest cost a UTC month, nanodollars.</summary>
    public long? MonthlyCostNanodollars { get; init; }

    /// <summary>Requests a window for this user in place of the platform's default.</summary>
    public int? Requests { get; init; }
}

/// <summary>What is stored of one user's limits.</summary>
/// <param name="UserId">The user.</param>
/// <param name="Settings">What the user chose.</param>
/// <param name="Ceilings">What an administrator allows.</param>
/// <param name="UpdatedAt">When either was last changed; null when neither ever was.</param>
/// <param name="UpdatedBy">Who changed it; null when nobody did.</param>
public sealed record UserLimits(string UserId, LimitSettings Settings, LimitCeilings Ceilings, DateTimeOffset? UpdatedAt = null, string? UpdatedBy = null);

/// <summary>The platform's defaults for users: the section <c>userLimits</c> of the configuration. Null is no limit. Immutable.</summary>
public sealed record UserLimitsConfig
{
    /// <summary>
    /// Requests in a window. An agent with ten sub-agents makes about two hundred a minute.
    /// </summary>
    public int? Requests { get; init; } = 600;

    /// <summary>The length of the window, which slides.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Input tokens a UTC day, cached ones included. A day of one agent at work is fifty to a hundred million, nearly all of them cache reads.
    /// </summary>
    public long? DailyInputTokens { get; init; } = 500_000_000;

    /// <summary>Output tokens a UTC day.</summary>
    public long? DailyOutputTokens { get; init; } = 5_000_000;

    /// <summary>Cost a UTC month, nanodollars.</summary>
    public long? MonthlyCostNanodollars { get; init; }

    /// <summary>From which percentage of a budget on its use is told.</summary>
    public int AlertPercent { get; init; } = 80;

    /// <summary>
    /// The most that users may choose to whom nobody allowed anything in particular; where a member is null, the default above is the bound. Set in the
    /// platform's settings, not in the file.
    /// </summary>
    public LimitCeilings Ceilings { get; init; } = LimitCeilings.None;

    /// <summary>Whether a user with a monthly cap may use models that have no price, which the cap can't count.</summary>
    public bool AllowsUnpriced { get; init; } = true;
}

/// <summary>What holds for one user. Null is no limit.</summary>
/// <param name="Requests">Requests in a window.</param>
/// <param name="Window">The window's length.</param>
/// <param name="DailyInputTokens">Input tokens a UTC day, cached ones included.</param>
/// <param name="DailyOutputTokens">Output tokens a UTC day.</param>
/// <param name="MonthlyCostNanodollars">Cost a UTC month, nanodollars.</param>
/// <param name="AlertPercent">From which percentage of a budget on its use is told.</param>
public readonly record struct EffectiveLimits(
    int? Requests, TimeSpan Window, long? DailyInputTokens, long? DailyOutputTokens, long? MonthlyCostNanodollars, int AlertPercent)
{
    /// <summary>Whether any budget is to be kept.</summary>
    public bool HasBudget => DailyInputTokens is not null || DailyOutputTokens is not null || MonthlyCostNanodollars is not null;

    /// <summary>
    /// The user's own choice, else the platform's default, and of either no more than the administrator allows the user; where nothing is allowed in
    /// particular, no more than the platform's ceiling, else its default. Pure; allocates nothing.
    /// </summary>
    public static EffectiveLimits Of(UserLimits? user, UserLimitsConfig defaults)
    {
        ArgumentNullException.ThrowIfNull(defaults);
        var (chosen, allowed) = (user?.Settings ?? LimitSettings.None, user?.Ceilings ?? LimitCeilings.None);
        return new EffectiveLimits(
            allowed.Requests ?? defaults.Requests,
            defaults.Window,
            Lower(chosen.DailyInputTokens, allowed.DailyInputTokens ?? defaults.Ceilings.DailyInputTokens, defaults.DailyInputTokens),
            Lower(chosen.DailyOutputTokens, allowed.DailyOutputTokens ?? defaults.Ceilings.DailyOutputTokens, defaults.DailyOutputTokens),
            Lower(
                chosen.MonthlyCostNanodollars, allowed.MonthlyCostNanodollars ?? defaults.Ceilings.MonthlyCostNanodollars, defaults.MonthlyCostNanodollars),
            chosen.AlertPercent ?? defaults.AlertPercent);
    }

    private static long? Lower(long? chosen, long? allowed, long? usual)
    {
        var (limit, bound) = (chosen ?? usual, allowed ?? usual);
        return limit is { } a && bound is { } b ? Math.Min(a, b) : limit ?? bound;
    }
}
