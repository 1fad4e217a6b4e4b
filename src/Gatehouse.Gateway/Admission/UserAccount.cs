using Gatehouse.Gateway.Metering;

namespace Gatehouse.Gateway.Admission;

/// <summary>
/// One user's books: what was used and what running exchanges hold, per UTC day and month, and the requests of the last minute. Everything is decided
/// and written under one lock, so that no two requests can both take what is left. Two days and two months are kept, for exchanges that end after
/// midnight belong to the day in which they began. Thread-safe; allocates nothing but for the window's growth.
/// </summary>
internal sealed class UserAccount
{
    /// <summary>Beyond any limit; three of it still have a sum.</summary>
    private const long Most = long.MaxValue / 4;

    private readonly Lock _gate = new();
    private readonly SlidingWindow _requests = new();
    private readonly Page[] _days = [new(), new()];
    private readonly Page[] _months = [new(), new()];

    /// <summary>Lets a request in, or says how long until one will be. All in the unit of the clock's time stamps.</summary>
    public bool TryEnter(int limit, long window, long now, out long wait)
    {
        lock (_gate) return _requests.TryEnter(limit, window, now, out wait);
    }

    /// <summary>
    /// Sets aside what an exchange will need; a refusal, and nothing set aside, when it does not fit with what is used and held. Of several limits the
    /// daily ones are named first.
    /// </summary>
    /// <param name="limits">What holds for the user.</param>
    /// <param name="need">The estimate.</param>
    /// <param name="periods">When the exchange began.</param>
    /// <param name="alerts">The limits whose use is to be told now, for the first time in their period.</param>
    public LimitRefusal? TryHold(in EffectiveLimits limits, in BudgetHold need, in BudgetPeriods periods, out AlertFlags alerts)
    {
        lock (_gate)
        {
            var (day, month) = (Find(_days, periods.Day), Find(_months, periods.Month));
            alerts = day.Alerts(limits.DailyInputTokens, limits.DailyOutputTokens, null, limits.AlertPercent)
                | month.Alerts(null, null, limits.MonthlyCostNanodollars, limits.AlertPercent);
            if (limits.DailyInputTokens is { } input && day.Input + day.HeldInput + need.Input > input)
                return new LimitRefusal(LimitKind.DailyInput, day.Input, day.HeldInput, need.Input, input, periods.DayEnd);
            if (limits.DailyOutputTokens is { } output && day.Output + day.HeldOutput + need.Output > output)
                return new LimitRefusal(LimitKind.DailyOutput, day.Output, day.HeldOutput, need.Output, output, periods.DayEnd);
            // A cap that is reached is reached, also for what seems to cost nothing.
            if (limits.MonthlyCostNanodollars is { } cap && (month.Cost >= cap || month.Cost + month.HeldCost + need.CostNanodollars > cap))
                return new LimitRefusal(LimitKind.MonthlyCost, month.Cost, month.HeldCost, need.CostNanodollars, cap, periods.MonthEnd);
            day.HeldInput += need.Input;
            day.HeldOutput += need.Output;
            month.HeldCost += need.CostNanodollars;
            return null;
        }
    }

    /// <summary>Writes down what an exchange used, and gives back what it held.</summary>
    public void Settle(in BudgetHold held, long input, long output, long cost, long unpriced, in BudgetPeriods periods)
    {
        lock (_gate)
        {
            var (day, month) = (Find(_days, periods.Day), Find(_months, periods.Month));
            day.Input = Sum(day.Input, input);
            day.Output = Sum(day.Output, output);
            day.HeldInput = Math.Max(0, day.HeldInput - held.Input);
            day.HeldOutput = Math.Max(0, day.HeldOutput - held.Output);
            month.Cost = Sum(month.Cost, cost);
            month.HeldCost = Math.Max(0, month.HeldCost - held.CostNanodollars);
            month.Unpriced += unpriced;
        }
    }

    /// <summary>Takes over that a month cost more or less than was written down. A month that is not kept any more is nobody's cap.</summary>
    public void Correct(long period, long cost, long unpriced)
    {
        lock (_gate)
        {
            var month = _months[(int)(period & 1)];
            if (month.Period != period) return;
            month.Cost = Math.Max(0, month.Cost + cost);
            month.Unpriced = Math.Max(0, month.Unpriced + unpriced);
        }
    }

    /// <summary>Takes over what the ledger says of a day; later days must not come before earlier ones.</summary>
    public void Adopt(DailyUse use, in BudgetPeriods periods) =>
        Settle(default, use.Input, use.Output, use.CostNanodollars, use.Unpriced, periods);

    /// <summary>What stands in the books for a day and a month.</summary>
    public BudgetUse Read(in BudgetPeriods periods)
    {
        lock (_gate)
        {
            var (day, month) = (Find(_days, periods.Day), Find(_months, periods.Month));
            return new BudgetUse(day.Input, day.Output, month.Cost, month.Unpriced, day.HeldInput, day.HeldOutput, month.HeldCost);
        }
    }

    private static long Sum(long used, long more) => Math.Min(Most, used + Math.Min(Most, more));

    /// <summary>The page of a period; a newer period takes the page of the one before the last, an older one finds that page taken.</summary>
    private static Page Find(Page[] pages, long period)
    {
        var page = pages[(int)(period & 1)];
        if (page.Period < period) page.Begin(period);
        return page;
    }

    private sealed class Page
    {
        private AlertFlags _told;

        public long Period { get; private set; } = -1;

        public long Input { get; set; }

        public long Output { get; set; }

        public long Cost { get; set; }

        public long Unpriced { get; set; }

        public long HeldInput { get; set; }

        public long HeldOutput { get; set; }

        public long HeldCost { get; set; }

        public void Begin(long period)
        {
            Period = period;
            Input = Output = Cost = Unpriced = HeldInput = HeldOutput = HeldCost = 0;
            _told = AlertFlags.None;
        }

        public AlertFlags Alerts(long? input, long? output, long? cost, int percent)
        {
            var due = (IsDue(Input, input, percent) ? AlertFlags.DailyInput : 0) | (IsDue(Output, output, percent) ? AlertFlags.DailyOutput : 0)
                | (IsDue(Cost, cost, percent) ? AlertFlags.MonthlyCost : 0);
            var news = due & ~_told;
            _told |= due;
            return news;
        }

        private static bool IsDue(long used, long? limit, int percent) => limit is { } most && (Int128)used * 100 >= (Int128)most * percent;
    }
}

/// <summary>Limits whose use has reached the alert threshold.</summary>
[Flags]
internal enum AlertFlags : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Input tokens a day.</summary>
    DailyInput = 1,

    /// <summary>Output tokens a day.</summary>
    DailyOutput = 2,

    /// <summary>Cost a month.</summary>
    MonthlyCost = 4,
}

/// <summary>What stands in a user's books. Tokens, and nanodollars.</summary>
/// <param name="DailyInput">Input tokens used in the day.</param>
/// <param name="DailyOutput">Output tokens used in the day.</param>
/// <param name="MonthlyCost">What the month cost, as far as it is known.</param>
/// <param name="Unpriced">Exchanges of the month whose cost is not known.</param>
/// <param name="HeldInput">Input tokens that running exchanges hold.</param>
/// <param name="HeldOutput">Output tokens that running exchanges hold.</param>
/// <param name="HeldCost">Cost that running exchanges hold.</param>
public readonly record struct BudgetUse(
    long DailyInput, long DailyOutput, long MonthlyCost, long Unpriced, long HeldInput = 0, long HeldOutput = 0, long HeldCost = 0);
