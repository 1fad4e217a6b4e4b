using System.Collections.Concurrent;
using Gatehouse.Gateway.Metering;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Admission;

/// <summary>
/// The books of every user: in memory, for one gateway serves a data directory; read from the ledger at start. Thread-safe; nothing in it waits.
/// </summary>
internal sealed partial class BudgetBook(ILogger<BudgetBook> logger)
{
    private readonly ConcurrentDictionary<string, UserAccount> _accounts = new(StringComparer.Ordinal);

    /// <summary>A user's account. Users are those of tokens, so that their number is bounded.</summary>
    public UserAccount Of(string userId) => _accounts.GetOrAdd(userId, static _ => new UserAccount());

    /// <summary>Takes over what the ledger says was used: the current month, and of it the current and the last day.</summary>
    /// <param name="days">What was used by user and day of the current month.</param>
    public void Adopt(IEnumerable<DailyUse> days)
    {
        foreach (var day in days)
        {
            var periods = BudgetPeriods.Of(day.Day * BudgetPeriods.MicrosPerDay);
            Of(day.UserId).Adopt(day, periods);
        }
    }

    /// <summary>Writes to the log that budgets are used up as far as their users wanted to know.</summary>
    public void Tell(string userId, AlertFlags alerts, in EffectiveLimits limits)
    {
        if (alerts.HasFlag(AlertFlags.DailyInput)) LogAlert(userId, limits.AlertPercent, "daily input tokens");
        if (alerts.HasFlag(AlertFlags.DailyOutput)) LogAlert(userId, limits.AlertPercent, "daily output tokens");
        if (alerts.HasFlag(AlertFlags.MonthlyCost)) LogAlert(userId, limits.AlertPercent, "monthly cost");
    }
}
