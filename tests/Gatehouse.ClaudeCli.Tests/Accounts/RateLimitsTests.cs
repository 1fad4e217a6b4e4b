using System.Text;
using Gatehouse.ClaudeCli.Accounts;
using Gatehouse.ClaudeCli.Tests.Standins;
using Gatehouse.Dialects.Json;

namespace Gatehouse.ClaudeCli.Tests.Accounts;

/// <summary>Limits as the two pinned versions tell them: the lines are theirs.</summary>
public sealed class RateLimitsTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void The_newer_version_tells_every_window()
    {
        var limits = Told("""{"status":"allowed_warning","resetsAt":1795266000,"rateLimitType":"five_hour","utilization":0.91,"overageStatus":"rejected","overageDisabledReason":"org_level_disabled","isUsingOverage":false,"surpassedThreshold":0.9,"unifiedWindows":{"five_hour":{"utilization":0.91,"resetsAt":1795266000,"status":"allowed_warning","surpassedThreshold":0.9},"seven_day":{"utilization":0.31,"resetsAt":1795665953,"status":"allowed"}}}""");
        limits.Windows().Select(window => (window.Name, window.Status, window.Utilization)).ShouldBe([("five_hour", "allowed_warning", 0.91), ("seven_day", "allowed", 0.31)]);
        limits.Headroom("opus").ShouldBe(0.09, 0.0001);
        limits.RejectedUntil(null).ShouldBeNull();
        // Begun anew, the window says nothing any more.
        _clock.Pass(TimeSpan.FromHours(1));
        limits.Windows().ShouldHaveSingleItem().Name.ShouldBe("seven_day");
        limits.Headroom("opus").ShouldBe(0.69, 0.0001);
    }

    [Theory]
    [InlineData("""{"status":"allowed","resetsAt":1795266000,"rateLimitType":"five_hour","isUsingOverage":false}""", 1)]
    [InlineData("""{"status":"allowed_warning","resetsAt":1795266000,"rateLimitType":"five_hour","utilization":0.91,"isUsingOverage":false}""", 0.09)]
    [InlineData("""{"status":"allowed_warning","resetsAt":1795266000,"rateLimitType":"five_hour"}""", 0.1)]
    [InlineData("""{"status":"rejected","resetsAt":1795266000,"rateLimitType":"five_hour","isUsingOverage":false}""", 0)]
    public void The_older_version_tells_the_window_that_decides(string info, double headroom) => Told(info).Headroom("opus").ShouldBe(headroom, 0.0001);

    [Fact]
    public void A_limit_of_a_model_family_holds_for_that_family()
    {
        var limits = Told("""{"status":"rejected","resetsAt":1795266000,"rateLimitType":"seven_day_opus"}""");
        limits.RejectedUntil("claude-opus-4-8").ShouldBe(DateTimeOffset.FromUnixTimeSeconds(1795266000));
        limits.RejectedUntil("opus[1m]").ShouldNotBeNull();
        limits.RejectedUntil("sonnet").ShouldBeNull();
        limits.RejectedUntil(null).ShouldNotBeNull();
        limits.Headroom("sonnet").ShouldBe(1);
        // What another model was let through says nothing of it.
        Take(limits, """{"status":"allowed","resetsAt":1795266000,"rateLimitType":"five_hour"}""");
        limits.RejectedUntil("opus").ShouldNotBeNull();
        Take(limits, """{"status":"allowed","resetsAt":1795266000,"rateLimitType":"seven_day_opus"}""");
        limits.RejectedUntil("opus").ShouldBeNull();
    }

    [Fact]
    public void Where_credits_pay_beyond_the_limit_nothing_is_refused() =>
        Told("""{"status":"rejected","resetsAt":1795266000,"rateLimitType":"five_hour","overageStatus":"allowed","isUsingOverage":true}""").RejectedUntil("opus").ShouldBeNull();

    [Fact]
    public void A_refusal_without_a_time_lasts_some_minutes_and_one_that_was_lifted_none()
    {
        var limits = Told("""{"status":"rejected","rateLimitType":"five_hour"}""");
        limits.RejectedUntil("opus").ShouldBe(_clock.GetUtcNow() + TimeSpan.FromMinutes(5));
        Take(limits, """{"status":"allowed","rateLimitType":"seven_day"}""");
        limits.RejectedUntil("opus").ShouldBeNull();
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"status":7,"unifiedWindows":[]}""")]
    public void What_says_nothing_changes_nothing(string info)
    {
        var limits = Told(info);
        limits.Windows().ShouldBeEmpty();
        limits.Headroom("opus").ShouldBe(1);
    }

    private RateLimits Told(string info)
    {
        var limits = new RateLimits(_clock);
        Take(limits, info);
        return limits;
    }

    private static void Take(RateLimits limits, string info) => limits.Take(JsonView.Trusted(Encoding.UTF8.GetBytes(info)));
}
