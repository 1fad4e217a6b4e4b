using Gatehouse.Dialects;
using Gatehouse.Smoke;

namespace Gatehouse.Tests.Smoke;

public sealed class DialectSmokeTests(SmokeStage stage) : IClassFixture<SmokeStage>
{
    public static TheoryData<Dialect, string, string, string> Faults()
    {
        var rows = new TheoryData<Dialect, string, string, string>();
        foreach (var dialect in DialectNames.All)
        {
            foreach (var fault in (string[])["status-401", "status-404", "status-429", "status-500", "eof-mid", "truncate", "reset-mid", "error-event", "html", "bad-json"])
            {
                // A count is one figure, in which no error can stand.
                var counts = dialect == Dialect.Anthropic && fault != "error-event";
                rows.Add(dialect, "sim/echo+" + fault, "", counts ? "exchange count_tokens stream tools" : "exchange stream tools");
            }

            rows.Add(dialect, "sim/echo+no-usage", "", "usage");
            rows.Add(dialect, "nobody-has-this-model", "", "exchange stream tools");
            foreach (var planted in (string[])["models-404", "models-html", "models-shape"]) rows.Add(dialect, "sim/echo", planted, "models");
            foreach (var planted in (string[])["tool-not-called", "tool-renamed", "tool-argument"]) rows.Add(dialect, "sim/echo", planted, "tools");
            foreach (var planted in (string[])["no-exchange-id", "foreign-exchange-id"]) rows.Add(dialect, "sim/echo", planted, "usage");
            rows.Add(dialect, "sim/echo", "bad-token", dialect == Dialect.Anthropic ? "exchange models count_tokens stream tools" : "exchange models stream tools");
        }

        // Each of its calls waits for the limit: one dialect will do.
        rows.Add(Dialect.OpenAiChat, "sim/echo+stall-mid", "", "exchange stream tools");
        foreach (var planted in (string[])["count-404", "count-503", "count-0"]) rows.Add(Dialect.Anthropic, "sim/echo", planted, "count_tokens");
        return rows;
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_planted_fault_fails_its_checks_and_no_other(Dialect dialect, string model, string planted, string expected)
    {
        // A model that nobody has is counted by nobody either.
        if (model == "nobody-has-this-model" && dialect == Dialect.Anthropic) expected = "exchange count_tokens stream tools";
        var results = await stage.RunAsync(dialect, model, planted, seconds: model.EndsWith("stall-mid", StringComparison.Ordinal) ? 2 : 10);
        var failed = results.Where(r => r.Outcome == SmokeOutcome.Failed).ToList();
        string.Join(' ', failed.Select(r => r.Check)).ShouldBe(expected, string.Join('\n', results));
        failed.ShouldAllBe(r => r.Detail.Length > 5 && !r.Detail.Contains('\n', StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Dialect.Anthropic, "exchange models count_tokens stream tools usage")]
    [InlineData(Dialect.OpenAiChat, "exchange models stream tools usage")]
    [InlineData(Dialect.OpenAiResponses, "exchange models stream tools usage")]
    public async Task Without_a_fault_every_check_is_good(Dialect dialect, string checks)
    {
        var results = await stage.RunAsync(dialect, "sim/echo", provider: "sim");
        string.Join(' ', results.Select(r => r.Check)).ShouldBe(checks);
        results.ShouldAllBe(r => r.Outcome == SmokeOutcome.Ok, string.Join('\n', results));
        results[^1].Detail.ShouldStartWith("4 exchanges in the ledger: ");
    }

    [Fact]
    public async Task A_dialect_that_is_not_served_is_one_result_that_says_so()
    {
        foreach (var dialect in DialectNames.All)
        {
            var result = (await stage.RunAsync(dialect, "sim/echo", $"unserved {await stage.UnservedAsync()}")).ShouldHaveSingleItem();
            result.Outcome.ShouldBe(SmokeOutcome.NotServed);
            result.Detail.ShouldBe("400: not spoken");
        }
    }

    [Fact]
    public async Task Tokens_that_the_provider_counts_in_no_way_are_not_served_and_no_failure()
    {
        var results = await stage.RunAsync(Dialect.Anthropic, "sim/echo", $"uncounted {await stage.UnservedAsync()}");
        results.Single(r => r.Check == "count_tokens").Outcome.ShouldBe(SmokeOutcome.NotServed);
        results.Where(r => r.Check != "count_tokens").ShouldAllBe(r => r.Outcome == SmokeOutcome.Ok);
    }

    [Fact]
    public async Task An_answer_of_another_provider_than_the_one_asked_for_is_a_failure()
    {
        var results = await stage.RunAsync(Dialect.OpenAiChat, "sim/echo", provider: "openai");
        results[0].Outcome.ShouldBe(SmokeOutcome.Failed);
        results[0].Detail.ShouldContain("answered by provider 'sim', not 'openai'");
    }
}
