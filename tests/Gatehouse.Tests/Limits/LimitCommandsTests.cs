using Gatehouse.Tests.Running;

namespace Gatehouse.Tests.Limits;

public sealed class LimitCommandsTests
{
    private const long Dollar = 1_000_000_000;

    [Fact]
    public async Task The_local_user_has_the_platforms_defaults_until_something_is_set()
    {
        using var home = new TemporaryHome();
        var shown = (await Gate.RunAsync(home, "limits show --json")).Json.GetProperty("data");
        shown.GetProperty("user").GetString().ShouldBe("local");
        shown.GetProperty("is_custom").GetBoolean().ShouldBeFalse();
        shown.GetProperty("limits").GetProperty("daily_input_tokens").GetInt64().ShouldBe(500_000_000);
        shown.GetProperty("limits").GetProperty("monthly_cost_nanodollars").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);

        var set = (await Gate.RunAsync(home, "limits set --daily-output 200k --monthly-cost 12.50 --alert 60 --json")).Json.GetProperty("data");
        set.GetProperty("chosen").GetProperty("daily_output_tokens").GetInt64().ShouldBe(200_000);
        set.GetProperty("limits").GetProperty("monthly_cost_nanodollars").GetInt64().ShouldBe((12 * Dollar) + (Dollar / 2));
        var kept = (await Gate.RunAsync(home, "limits set local --daily-input 1m --monthly-cost default --json")).Json.GetProperty("data").GetProperty("chosen");
        kept.GetProperty("daily_output_tokens").GetInt64().ShouldBe(200_000);
        kept.GetProperty("daily_input_tokens").GetInt64().ShouldBe(1_000_000);
        kept.GetProperty("monthly_cost_nanodollars").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
    }

    [Fact]
    public async Task A_ceiling_lets_a_user_choose_more_and_the_table_shows_it()
    {
        using var home = new TemporaryHome();
        var refused = await Gate.RunAsync(home, "limits set --daily-input 1g");
        refused.ExitCode.ShouldBe(1);
        refused.Error.ShouldContain("500,000,000");
        (await Gate.RunAsync(home, "limits ceiling local --daily-input 2g --requests 1200")).ExitCode.ShouldBe(0);
        var set = await Gate.RunAsync(home, "limits set --daily-input 1g");
        set.ExitCode.ShouldBe(0, set.ToString());
        set.Output.ShouldContain("1,000,000,000");
        set.Output.ShouldContain("2,000,000,000");
        set.Output.ShouldContain("1,200");
        set.Output.ShouldContain("BEGINS ANEW");
    }

    [Theory]
    [InlineData("limits set --daily-input many", "is not a whole number", 2)]
    [InlineData("limits set --monthly-cost 1.005", "is not an amount of US dollars", 2)]
    [InlineData("limits set --alert 101", "1 to 100", 1)]
    [InlineData("limits set --alert 4294967346", "is more than 2,147,483,647", 2)]
    [InlineData("limits ceiling --requests 5g", "is more than 2,147,483,647", 2)]
    [InlineData("limits show nobody", "no user", 1)]
    public async Task What_makes_no_sense_is_refused_in_words(string command, string words, int exit)
    {
        using var home = new TemporaryHome();
        var ran = await Gate.RunAsync(home, command);
        ran.ExitCode.ShouldBe(exit, ran.ToString());
        ran.Error.ShouldContain(words);
    }
}
