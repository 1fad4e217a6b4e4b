using Gatehouse.Gateway.Admission;

namespace Gatehouse.Control;

/// <summary>A user's limits, what is used of them, and when they begin anew.</summary>
/// <param name="Stored">What the user chose and an administrator allows.</param>
/// <param name="Effective">What holds.</param>
/// <param name="Used">What the ledger says was used: today, and this month.</param>
/// <param name="DayEndsAt">When the daily budgets begin anew.</param>
/// <param name="MonthEndsAt">When the monthly budget begins anew.</param>
public sealed record LimitReport(
    UserLimits Stored, EffectiveLimits Effective, BudgetUse Used, DateTimeOffset DayEndsAt, DateTimeOffset MonthEndsAt)
{
    /// <summary>Whether the user chose anything.</summary>
    public bool IsCustom => Stored.Settings != LimitSettings.None;

    /// <summary>Use of the daily budget of input tokens, 0 to 100; null when there is no limit.</summary>
    public int? DailyInputPercent => Percent(Used.DailyInput, Effective.DailyInputTokens);

    /// <summary>Use of the daily budget of output tokens, 0 to 100; null when there is no limit.</summary>
    public int? DailyOutputPercent => Percent(Used.DailyOutput, Effective.DailyOutputTokens);

    /// <summary>Use of the monthly budget, 0 to 100; null when there is no cap.</summary>
    public int? MonthlyCostPercent => Percent(Used.MonthlyCost, Effective.MonthlyCostNanodollars);

    /// <summary>Whether a budget is used up: then every request is refused.</summary>
    public bool IsExceeded => Greatest >= 100;

    /// <summary>Whether a budget is used as far as the user wanted to be told.</summary>
    public bool IsAlert => Greatest >= Effective.AlertPercent;

    private int Greatest => Math.Max(DailyInputPercent ?? 0, Math.Max(DailyOutputPercent ?? 0, MonthlyCostPercent ?? 0));

    // Rounded down, so that 100 means that nothing is left.
    private static int? Percent(long used, long? limit) =>
        limit is { } most ? (int)Int128.Min(100, (Int128)used * 100 / Math.Max(1, most)) : null;
}
