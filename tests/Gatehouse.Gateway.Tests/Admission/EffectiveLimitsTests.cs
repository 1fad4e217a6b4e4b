using Gatehouse.Gateway.Admission;

namespace Gatehouse.Gateway.Tests.Admission;

public sealed class EffectiveLimitsTests
{
    private static readonly UserLimitsConfig s_defaults = new() { DailyInputTokens = 500_000, DailyOutputTokens = 200_000 };

    private static EffectiveLimits Of(LimitSettings? chosen = null, LimitCeilings? allowed = null, UserLimitsConfig? defaults = null) =>
        EffectiveLimits.Of(new UserLimits("u", chosen ?? LimitSettings.None, allowed ?? LimitCeilings.None), defaults ?? s_defaults);

    [Fact]
    public void Nothing_chosen_inherits_the_platforms_default()
    {
        EffectiveLimits.Of(null, s_defaults).ShouldBe(Of());
        (Of().DailyInputTokens, Of().DailyOutputTokens, Of().MonthlyCostNanodollars, Of().AlertPercent).ShouldBe((500_000L, 200_000L, null, 80));
    }

    [Fact]
    public void What_the_user_chose_comes_before_the_default_field_by_field()
    {
        var limits = Of(new LimitSettings { DailyInputTokens = 90_000, MonthlyCostNanodollars = 5 });
        (limits.DailyInputTokens, limits.DailyOutputTokens, limits.MonthlyCostNanodollars).ShouldBe((90_000L, 200_000L, 5L));
    }

    [Fact]
    public void More_than_the_platforms_default_holds_only_as_far_as_an_administrator_allows()
    {
        var chosen = new LimitSettings { DailyInputTokens = 900_000 };
        Of(chosen).DailyInputTokens.ShouldBe(500_000);
        Of(chosen, new LimitCeilings { DailyInputTokens = 700_000 }).DailyInputTokens.ShouldBe(700_000);
        Of(chosen, new LimitCeilings { DailyInputTokens = 7_000_000 }).DailyInputTokens.ShouldBe(900_000);
        Of(chosen, defaults: new UserLimitsConfig { DailyInputTokens = null }).DailyInputTokens.ShouldBe(900_000);
    }

    [Fact]
    public void A_ceiling_bounds_what_was_chosen_and_what_was_not()
    {
        var ceiling = new LimitCeilings { DailyInputTokens = 300_000, DailyOutputTokens = 1_000_000, MonthlyCostNanodollars = 7, Requests = 5 };
        var limits = Of(new LimitSettings { DailyInputTokens = 400_000 }, ceiling);
        (limits.DailyInputTokens, limits.DailyOutputTokens, limits.MonthlyCostNanodollars, limits.Requests).ShouldBe((300_000L, 200_000L, 7L, 5));
        Of(allowed: ceiling).DailyInputTokens.ShouldBe(300_000);
    }

    [Fact]
    public void Without_any_limit_there_is_no_budget_to_keep()
    {
        var none = new UserLimitsConfig { DailyInputTokens = null, DailyOutputTokens = null };
        Of(defaults: none).HasBudget.ShouldBeFalse();
        Of(allowed: new LimitCeilings { MonthlyCostNanodollars = 1 }, defaults: none).HasBudget.ShouldBeTrue();
    }

    [Fact]
    public void Requests_are_limited_by_the_platform_unless_an_administrator_says_otherwise()
    {
        Of().Requests.ShouldBe(600);
        Of(allowed: new LimitCeilings { Requests = 5000 }).Requests.ShouldBe(5000);
    }
}
