using Gatehouse.Gateway.Admission;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Access;

namespace Gatehouse.Gateway.Tests.Admission;

public sealed class UserAccountTests
{
    private const long Day = BudgetPeriods.MicrosPerDay;
    private static readonly BudgetPeriods s_today = At(2026, 11, 21);

    private static BudgetPeriods At(int year, int month, int day, int hour = 12) =>
        BudgetPeriods.Of(new DateTimeOffset(year, month, day, hour, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds() * 1000);

    private static EffectiveLimits Limits(long? input = null, long? output = null, long? cost = null, int alert = 80) =>
        new(null, TimeSpan.FromMinutes(1), input, output, cost, alert);

    private static LimitRefusal? Hold(UserAccount account, EffectiveLimits limits, BudgetHold need, BudgetPeriods? at = null) =>
        account.TryHold(limits, need, at ?? s_today, out _);

    [Fact]
    public void A_request_that_fills_the_budget_to_the_last_token_passes_and_one_token_more_is_refused()
    {
        var account = new UserAccount();
        account.Settle(default, 900, 0, 0, 0, s_today);
        Hold(account, Limits(input: 1000), new BudgetHold(101, 1, 0)).ShouldBe(
            new LimitRefusal(LimitKind.DailyInput, 900, 0, 101, 1000, new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero)));
        Hold(account, Limits(input: 1000), new BudgetHold(100, 1, 0)).ShouldBeNull();
        Hold(account, Limits(input: 1000), new BudgetHold(1, 1, 0))!.Value.Held.ShouldBe(100);
    }

    [Fact]
    public void The_daily_limits_are_named_before_the_monthly_one()
    {
        var account = new UserAccount();
        account.Settle(default, 10, 10, 10, 0, s_today);
        var need = new BudgetHold(1, 1, 1);
        Hold(account, Limits(10, 10, 10), need)!.Value.Kind.ShouldBe(LimitKind.DailyInput);
        Hold(account, Limits(null, 10, 10), need)!.Value.Kind.ShouldBe(LimitKind.DailyOutput);
        Hold(account, Limits(null, null, 10), need)!.Value.Kind.ShouldBe(LimitKind.MonthlyCost);
        Hold(account, Limits(), need).ShouldBeNull();
    }

    [Fact]
    public void A_cap_that_is_reached_refuses_also_what_has_no_price()
    {
        var account = new UserAccount();
        account.Settle(default, 0, 0, 9, 0, s_today);
        Hold(account, Limits(cost: 10), new BudgetHold(1, 1, 0)).ShouldBeNull();
        account.Settle(default, 0, 0, 1, 0, s_today);
        Hold(account, Limits(cost: 10), new BudgetHold(1, 1, 0))!.Value.ResetsAt.ShouldBe(new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public void What_is_held_is_given_back_for_what_was_used()
    {
        var account = new UserAccount();
        var held = new BudgetHold(100, 50, 30);
        Hold(account, Limits(1000, 1000, 1000), held).ShouldBeNull();
        account.Settle(held, 80, 5, 20, 0, s_today);
        account.Read(s_today).ShouldBe(new BudgetUse(80, 5, 20, 0));
    }

    [Fact]
    public void However_much_is_said_to_be_used_a_budget_never_comes_back_from_it()
    {
        var account = new UserAccount();
        for (var i = 0; i < 4; i++) account.Settle(default, long.MaxValue, long.MaxValue, long.MaxValue, 0, s_today);
        Hold(account, Limits(1000), new BudgetHold(1, 1, 1))!.Value.Kind.ShouldBe(LimitKind.DailyInput);
        Hold(account, Limits(null, 1000), new BudgetHold(1, 1, 1))!.Value.Kind.ShouldBe(LimitKind.DailyOutput);
        Hold(account, Limits(null, null, 1000), new BudgetHold(1, 1, 1))!.Value.Kind.ShouldBe(LimitKind.MonthlyCost);
    }

    [Fact]
    public void A_new_day_begins_with_nothing_used_and_an_exchange_of_the_day_before_is_settled_there()
    {
        var account = new UserAccount();
        var (evening, morning) = (At(2026, 11, 30, 23), At(2026, 12, 1, 0));
        var held = new BudgetHold(100, 10, 7);
        Hold(account, Limits(100), held, evening).ShouldBeNull();
        Hold(account, Limits(100), held, evening).ShouldNotBeNull();
        Hold(account, Limits(100), held, morning).ShouldBeNull();
        account.Settle(held, 90, 9, 7, 0, evening);
        account.Read(evening).ShouldBe(new BudgetUse(90, 9, 7, 0));
        account.Read(morning).ShouldBe(new BudgetUse(0, 0, 0, 0, 100, 10, 7));
    }

    [Fact]
    public void The_month_goes_on_where_the_day_ends()
    {
        var account = new UserAccount();
        account.Settle(default, 5, 5, 6, 1, At(2026, 11, 20));
        account.Settle(default, 5, 5, 6, 0, At(2026, 11, 21));
        account.Read(At(2026, 11, 21)).ShouldBe(new BudgetUse(5, 5, 12, 1));
        account.Read(At(2026, 12, 1)).ShouldBe(default);
    }

    [Fact]
    public void Increments_from_many_threads_sum_up()
    {
        var account = new UserAccount();
        Parallel.For(0, 1000, _ => account.Settle(default, 5, 1, 3, 0, s_today));
        account.Read(s_today).ShouldBe(new BudgetUse(5000, 1000, 3000, 0));
    }

    [Fact]
    public void Requests_from_many_threads_never_hold_more_than_the_limit()
    {
        var account = new UserAccount();
        var let = 0;
        Parallel.For(0, 2000, _ =>
        {
            if (Hold(account, Limits(input: 1000), new BudgetHold(7, 1, 0)) is null) Interlocked.Increment(ref let);
        });
        let.ShouldBe(1000 / 7);
    }

    [Fact]
    public void The_alert_is_given_once_a_period_from_the_threshold_on()
    {
        var account = new UserAccount();
        AlertFlags Alerts(BudgetPeriods at)
        {
            account.TryHold(Limits(100, 100, 100, alert: 80), default, at, out var alerts);
            return alerts;
        }

        account.Settle(default, 79, 80, 0, 0, s_today);
        Alerts(s_today).ShouldBe(AlertFlags.DailyOutput);
        account.Settle(default, 1, 0, 80, 0, s_today);
        Alerts(s_today).ShouldBe(AlertFlags.DailyInput | AlertFlags.MonthlyCost);
        Alerts(s_today).ShouldBe(AlertFlags.None);
        account.Settle(default, 90, 0, 0, 0, At(2026, 11, 22));
        Alerts(At(2026, 11, 22)).ShouldBe(AlertFlags.DailyInput);
    }

    [Theory]
    [InlineData(2026, 11, 21)]
    [InlineData(2024, 2, 29)]
    [InlineData(1970, 1, 1)]
    [InlineData(2026, 12, 31)]
    public void Periods_are_utc_days_and_months(int year, int month, int day)
    {
        var date = new DateTimeOffset(year, month, day, 0, 0, 0, TimeSpan.Zero);
        var micros = date.ToUnixTimeMilliseconds() * 1000;
        BudgetPeriods.Of(micros).ShouldBe(BudgetPeriods.Of(micros + Day - 1));
        BudgetPeriods.Of(micros + Day).Day.ShouldBe(BudgetPeriods.Of(micros).Day + 1);
        BudgetPeriods.Of(micros).DayEnd.ShouldBe(date.AddDays(1));
        BudgetPeriods.Of(micros).MonthStart.ShouldBe(new DateTimeOffset(year, month, 1, 0, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public void Holding_and_settling_allocate_nothing()
    {
        var account = new UserAccount();
        var (limits, need) = (Limits(1_000_000, 1_000_000, 1_000_000), new BudgetHold(10, 10, 10));
        AllocationBudget.Spent(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                Hold(account, limits, need);
                account.Settle(need, 1, 1, 1, 0, s_today);
            }
        }).ShouldBe(0);
    }
}
