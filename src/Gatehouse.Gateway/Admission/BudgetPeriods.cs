namespace Gatehouse.Gateway.Admission;

/// <summary>The UTC day and month that an exchange belongs to: those in which it began. Pure.</summary>
/// <param name="Day">Days since 1970-01-01.</param>
/// <param name="Month">Months since year 0.</param>
internal readonly record struct BudgetPeriods(long Day, long Month)
{
    /// <summary>Microseconds in a day.</summary>
    public const long MicrosPerDay = 86_400_000_000;

    /// <summary>When the next day begins.</summary>
    public DateTimeOffset DayEnd => DateTimeOffset.UnixEpoch.AddDays(Day + 1);

    /// <summary>When the month began.</summary>
    public DateTimeOffset MonthStart => new((int)(Month / 12), (int)(Month % 12) + 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>When the next month begins.</summary>
    public DateTimeOffset MonthEnd => MonthStart.AddMonths(1);

    /// <summary>The periods of a time, microseconds since the Unix epoch.</summary>
    public static BudgetPeriods Of(long micros)
    {
        var day = Math.DivRem(micros, MicrosPerDay, out var rest) - (rest < 0 ? 1 : 0);
        var date = DateTime.UnixEpoch.AddDays(day);
        return new BudgetPeriods(day, (date.Year * 12L) + date.Month - 1);
    }
}
