using Gatehouse.Gateway.Admission;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Dialects.Facts;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Control.Tests;

/// <summary>Users' limits: who may set what, within which bounds, and what is told of their use.</summary>
public sealed class LimitsTests
{
    private const long Dollar = 1_000_000_000;
    private static readonly UserLimitsConfig s_defaults = new() { DailyInputTokens = 500_000, DailyOutputTokens = 200_000 };
    private static readonly Actor s_admin = Actor.OfThisMachine;

    private sealed class Desk : IAsyncDisposable
    {
        private readonly StoreFixture _fixture;

        private Desk(StoreFixture fixture, Limits limits) => (_fixture, Limits) = (fixture, limits);

        public Limits Limits { get; }

        public Actor Ann { get; private set; } = null!;

        public Actor Bob { get; private set; } = null!;

        public AuditStore Audit => new(_fixture.Store);

        public static async Task<Desk> OpenAsync(UserLimitsConfig? defaults = null)
        {
            var fixture = await StoreFixture.CreateAsync();
            var users = new Users(new TenantStore(fixture.Store), fixture.Clock);
            var desk = new Desk(fixture, new Limits(fixture.Store, users, () => defaults ?? s_defaults, fixture.Clock));
            foreach (var name in (string[])["ann", "bob"]) (await users.AddAsync(s_admin, name, id: name)).Error.ShouldBeNull();
            (desk.Ann, desk.Bob) = (new Actor("ann", UserRole.Member), new Actor("bob", UserRole.Member));
            return desk;
        }

        /// <summary>Puts exchanges into the ledger, as ended at the fixture's noon.</summary>
        public async Task UsedAsync(params (string User, long Input, long Output, long? Cost, int DaysAgo)[] exchanges)
        {
            await using var ledger = Ledger.Open(_fixture.Store, NullLoggerFactory.Instance);
            foreach (var (user, input, output, cost, daysAgo) in exchanges)
            {
                var at = _fixture.Clock.GetUtcNow().AddDays(-daysAgo);
                var record = new ExchangeRecord
                {
                    Id = Guid.CreateVersion7(at),
                    StartedAtMicros = at.ToUnixTimeMilliseconds() * 1000,
                    UserId = user,
                    End = ExchangeEnd.Ok,
                    Usage = new Usage { Input = input, Output = output },
                    UsageSource = UsageSource.Upstream,
                    CostNanodollars = cost,
                    CostBasis = cost is null ? CostBasis.NoPrice : CostBasis.Reported,
                };
                ledger.Admit(record);
                ledger.Settle(record);
            }

            await ledger.FlushAsync(TestContext.Current.CancellationToken);
        }

        public ValueTask DisposeAsync() => _fixture.DisposeAsync();
    }

    [Fact]
    public async Task Nothing_chosen_is_not_custom_and_the_defaults_hold()
    {
        await using var desk = await Desk.OpenAsync();
        var report = (await desk.Limits.ShowAsync(desk.Ann, "ann")).Value.ShouldNotBeNull();
        (report.IsCustom, report.Effective.DailyInputTokens, report.MonthlyCostPercent, report.IsExceeded).ShouldBe((false, 500_000L, null, false));
        report.DayEndsAt.ShouldBe(new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero));
        report.MonthEndsAt.ShouldBe(new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public async Task Half_a_budget_is_fifty_percent_and_one_beyond_it_is_a_hundred_and_exceeded()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.UsedAsync(("ann", 250_000, 0, 0, 0), ("bob", 600_000, 0, 0, 0), ("bob", 9, 9, 0, 1));
        var ann = (await desk.Limits.ShowAsync(desk.Ann, "ann")).Value!;
        (ann.DailyInputPercent, ann.IsExceeded, ann.IsAlert).ShouldBe((50, false, false));
        var bob = (await desk.Limits.ShowAsync(desk.Bob, "bob")).Value!;
        (bob.DailyInputPercent, bob.IsExceeded, bob.IsAlert).ShouldBe((100, true, true));
    }

    [Fact]
    public async Task The_months_cost_is_the_users_own_and_what_has_no_price_is_told_apart()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.UsedAsync(("ann", 1, 1, Dollar * 3 / 2, 0), ("ann", 1, 1, Dollar * 3 / 4, 20), ("ann", 1, 1, Dollar, 21), ("bob", 1, 1, Dollar * 9, 0), ("ann", 1, 1, null, 3));
        var used = (await desk.Limits.ShowAsync(desk.Ann, "ann")).Value!.Used;
        (used.MonthlyCost, used.Unpriced).ShouldBe((Dollar * 9 / 4, 1));
    }

    [Fact]
    public async Task The_alert_is_due_from_the_threshold_on()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.UsedAsync(("ann", 1, 100_000, 0, 0));
        (await desk.Limits.ShowAsync(desk.Ann, "ann")).Value!.IsAlert.ShouldBeFalse();
        (await desk.Limits.SetAsync(desk.Ann, "ann", new LimitSettings { AlertPercent = 50 })).Value!.IsAlert.ShouldBeTrue();
    }

    public static TheoryData<LimitSettings, bool> Choices => new()
    {
        { new LimitSettings { DailyInputTokens = 1_000 }, true },
        { new LimitSettings { DailyInputTokens = 999 }, false },
        { new LimitSettings { DailyInputTokens = -1 }, false },
        { new LimitSettings { DailyInputTokens = 500_000 }, true },
        // More than the platform gives takes an administrator.
        { new LimitSettings { DailyInputTokens = 500_001 }, false },
        { new LimitSettings { DailyOutputTokens = 200_001 }, false },
        { new LimitSettings { DailyOutputTokens = 1_000, DailyInputTokens = 999 }, false },
        { new LimitSettings { MonthlyCostNanodollars = Dollar / 100 }, true },
        { new LimitSettings { MonthlyCostNanodollars = (Dollar / 100) - 1 }, false },
        { new LimitSettings { MonthlyCostNanodollars = 10_000 * Dollar }, true },
        { new LimitSettings { MonthlyCostNanodollars = (10_000 * Dollar) + 1 }, false },
        { new LimitSettings { AlertPercent = 1 }, true },
        { new LimitSettings { AlertPercent = 0 }, false },
        { new LimitSettings { AlertPercent = 100 }, true },
        { new LimitSettings { AlertPercent = 101 }, false },
        { LimitSettings.None, true },
    };

    [Theory]
    [MemberData(nameof(Choices))]
    public async Task A_user_chooses_within_bounds(LimitSettings chosen, bool good)
    {
        await using var desk = await Desk.OpenAsync();
        var edited = await desk.Limits.SetAsync(desk.Ann, "ann", chosen);
        (edited.Error is null).ShouldBe(good, edited.Error);
        if (!good) edited.Refusal.ShouldBe(EditRefusal.Invalid);
        (await desk.Limits.ShowAsync(desk.Ann, "ann")).Value!.Stored.Settings.ShouldBe(good ? chosen : LimitSettings.None);
    }

    [Fact]
    public async Task A_ceiling_bounds_what_a_user_may_choose_and_holds_also_when_it_comes_later()
    {
        await using var desk = await Desk.OpenAsync();
        (await desk.Limits.AllowAsync(s_admin, "ann", new LimitCeilings { DailyInputTokens = 2_000_000, MonthlyCostNanodollars = 20_000 * Dollar })).Error.ShouldBeNull();
        (await desk.Limits.SetAsync(desk.Ann, "ann", new LimitSettings { DailyInputTokens = 2_000_001 })).Error!.ShouldContain("1,000 to 2,000,000");
        (await desk.Limits.SetAsync(desk.Ann, "ann", new LimitSettings { DailyInputTokens = 2_000_000, MonthlyCostNanodollars = 15_000 * Dollar })).Error.ShouldBeNull();
        var lowered = await desk.Limits.AllowAsync(s_admin, "ann", new LimitCeilings { DailyInputTokens = 700_000 });
        lowered.Value!.Effective.DailyInputTokens.ShouldBe(700_000);
        lowered.Value.Stored.Settings.DailyInputTokens.ShouldBe(2_000_000);
    }

    [Fact]
    public async Task What_is_left_out_is_the_default_again_and_a_reset_may_be_repeated()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.Limits.SetAsync(desk.Ann, "ann", new LimitSettings { DailyInputTokens = 5_000, AlertPercent = 10 });
        var second = await desk.Limits.SetAsync(desk.Ann, "ann", new LimitSettings { DailyOutputTokens = 6_000 });
        second.Value!.Stored.Settings.ShouldBe(new LimitSettings { DailyOutputTokens = 6_000 });
        for (var i = 0; i < 2; i++) (await desk.Limits.ResetAsync(desk.Ann, "ann")).Value!.IsCustom.ShouldBeFalse();
    }

    [Fact]
    public async Task Anothers_limits_are_not_there_and_only_administrators_allow()
    {
        await using var desk = await Desk.OpenAsync();
        (await desk.Limits.ShowAsync(desk.Ann, "bob")).Refusal.ShouldBe(EditRefusal.NotFound);
        (await desk.Limits.SetAsync(desk.Ann, "bob", new LimitSettings { DailyInputTokens = 1_000 })).Refusal.ShouldBe(EditRefusal.NotFound);
        (await desk.Limits.ResetAsync(desk.Ann, "bob")).Refusal.ShouldBe(EditRefusal.NotFound);
        (await desk.Limits.AllowAsync(desk.Ann, "ann", LimitCeilings.None)).Refusal.ShouldBe(EditRefusal.Forbidden);
        (await desk.Limits.AllowAsync(s_admin, "nobody", LimitCeilings.None)).Refusal.ShouldBe(EditRefusal.NotFound);
        var runner = new Actor("ann", UserRole.Admin, WorkspaceId: "w");
        (await desk.Limits.ShowAsync(runner, "ann")).Refusal.ShouldBe(EditRefusal.NotFound);
        (await desk.Limits.AllowAsync(runner, "ann", LimitCeilings.None)).Refusal.ShouldBe(EditRefusal.Forbidden);
        (await desk.Limits.ShowAsync(desk.Bob, "bob")).Value!.IsCustom.ShouldBeFalse();
        (await desk.Limits.SetAsync(s_admin, "bob", new LimitSettings { DailyInputTokens = 1_000 })).Error.ShouldBeNull();
    }

    [Theory]
    [InlineData(-1L, null, null, null)]
    [InlineData(null, 1_000_000_000_001, null, null)]
    [InlineData(null, null, -1L, null)]
    [InlineData(null, null, null, 0)]
    [InlineData(null, null, null, 100_001)]
    public async Task A_ceiling_out_of_range_is_refused(long? input, long? output, long? cost, int? requests)
    {
        await using var desk = await Desk.OpenAsync();
        var ceilings = new LimitCeilings { DailyInputTokens = input, DailyOutputTokens = output, MonthlyCostNanodollars = cost, Requests = requests };
        (await desk.Limits.AllowAsync(s_admin, "ann", ceilings)).Refusal.ShouldBe(EditRefusal.Invalid);
    }

    [Fact]
    public async Task Changes_stand_in_the_audit_log_and_refused_ones_do_not()
    {
        await using var desk = await Desk.OpenAsync();
        await desk.Limits.SetAsync(desk.Ann, "ann", new LimitSettings { DailyInputTokens = 5_000 });
        await desk.Limits.SetAsync(desk.Ann, "ann", new LimitSettings { DailyInputTokens = 5 });
        await desk.Limits.AllowAsync(s_admin, "ann", new LimitCeilings { Requests = 7 });
        var lines = (await desk.Audit.FindAsync(new AuditQuery())).Where(l => l.Action.StartsWith("limits.", StringComparison.Ordinal)).OrderBy(l => l.Action).ToList();
        lines.Select(l => (l.Action, l.Subject, l.OwnerId)).ShouldBe([("limits.allow", "user:ann", "ann"), ("limits.set", "user:ann", "ann")]);
        lines[1].Detail.ShouldBe("""{"dailyInputTokens":"5000"}""");
        lines[0].Detail.ShouldBe("""{"maxRequests":"7"}""");
    }
}
