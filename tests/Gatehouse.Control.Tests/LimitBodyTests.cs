using System.Text.Json;
using Gatehouse.Gateway.Admission;

namespace Gatehouse.Control.Tests;

public sealed class LimitBodyTests
{
    private static Edited<LimitSettings> Settings(string json) => LimitBody.ReadSettings(JsonDocument.Parse(json).RootElement);

    private static Edited<LimitCeilings> Ceilings(string json) => LimitBody.ReadCeilings(JsonDocument.Parse(json).RootElement);

    [Fact]
    public void Whole_numbers_are_cut_and_dollars_rounded_to_cents() =>
        Settings("""{ "dailyInputTokenLimit": 5000.9, "dailyOutputTokenLimit": 1e4, "monthlyCostCapUsd": 12.345, "alertThresholdPercent": 79.99 }""").Value
            .ShouldBe(new LimitSettings { DailyInputTokens = 5000, DailyOutputTokens = 10_000, MonthlyCostNanodollars = 12_350_000_000, AlertPercent = 79 });

    [Theory]
    [InlineData("{}")]
    [InlineData("""{ "dailyInputTokenLimit": null, "monthlyCostCapUsd": null }""")]
    public void What_is_left_out_or_null_is_not_chosen(string json) => Settings(json).Value.ShouldBe(LimitSettings.None);

    [Theory]
    [InlineData("[]")]
    [InlineData("5")]
    [InlineData("""{ "dailyInputTokenLimit": "5000" }""")]
    [InlineData("""{ "dailyInputTokenLimit": true }""")]
    [InlineData("""{ "dailyOutputTokenLimit": [1] }""")]
    [InlineData("""{ "monthlyCostCapUsd": "1" }""")]
    [InlineData("""{ "alertThresholdPercent": {} }""")]
    [InlineData("""{ "alertThresholdPercent": 3000000000 }""")]
    [InlineData("""{ "monthlyCostCapUsd": 1e12 }""")]
    [InlineData("""{ "dailyInputTokenLimit": 1e300 }""")]
    [InlineData("""{ "dailyInputTokens": 5000 }""")]
    public void Anything_else_is_a_fault(string json) => Settings(json).Refusal.ShouldBe(EditRefusal.Invalid);

    [Fact]
    public void What_is_allowed_has_names_of_its_own()
    {
        Ceilings("""{ "maxDailyInputTokens": 1, "maxDailyOutputTokens": 2, "maxMonthlyCostCapUsd": 0.5, "maxRequests": 3 }""").Value
            .ShouldBe(new LimitCeilings { DailyInputTokens = 1, DailyOutputTokens = 2, MonthlyCostNanodollars = 500_000_000, Requests = 3 });
        Ceilings("{}").Value.ShouldBe(LimitCeilings.None);
        Ceilings("""{ "allowedModelTiers": ["low-cost"] }""").Error!.ShouldContain("is not a limit");
    }
}
