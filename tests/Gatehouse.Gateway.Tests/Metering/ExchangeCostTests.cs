using Gatehouse.Catalog;
using Gatehouse.Dialects.Facts;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Tests.Access;

namespace Gatehouse.Gateway.Tests.Metering;

public sealed class ExchangeCostTests
{
    private const long Micro = 1_000;
    private static readonly PriceTable s_prices = new([], PriceCatalog.Embedded.Rules);

    private static ExchangeRecord Ended(string model, Usage usage, UsageSource source = UsageSource.Upstream, ExchangeEnd end = ExchangeEnd.Ok) => new()
    {
        Provider = "up",
        ModelSent = model,
        Usage = usage,
        UsageSource = source,
        End = end,
    };

    private static (long? Cost, CostBasis Basis) Priced(ExchangeRecord record)
    {
        ExchangeCost.Settle(record, s_prices);
        return (record.CostNanodollars, record.CostBasis);
    }

    [Fact]
    public void No_count_however_absurd_makes_a_cost_that_has_no_sum()
    {
        Priced(Ended("claude-opus-5", new Usage { Input = long.MaxValue, Output = long.MaxValue })).Cost.ShouldBe(1_000_000_000_000_000);
    }

    [Theory]
    // 5 $ in, 25 $ out, 0.50 $ read, 6.25 $ and 10 $ written, a million: in microdollars a token.
    [InlineData("claude-opus-5", 100, 10, 1000, 40, 0, 40, (500 + 250 + 500 + 400) * Micro)]
    [InlineData("claude-opus-5", 100, 10, 1000, 40, 40, 0, (500 + 250 + 500 + 250) * Micro)]
    [InlineData("claude-opus-5", 100, 10, 1000, 40, 30, 10, ((500 + 250 + 500) * Micro) + 187_500 + (100 * Micro))]
    [InlineData("claude-opus-5-20260101", 0, 0, 0, 0, 0, 0, 0)]
    // Above 200,000 tokens, cached ones included, the whole request has the higher prices.
    [InlineData("claude-sonnet-4-5-20250929", 200_000, 10, 0, 0, 0, 0, (600_000 + 150) * Micro)]
    [InlineData("claude-sonnet-4-5-20250929", 1, 10, 200_000, 0, 0, 0, (6 + 225 + 120_000) * Micro)]
    [InlineData("claude-sonnet-4-5-20250929", 1, 10, 0, 200_000, 0, 200_000, (6 + 225 + 2_400_000) * Micro)]
    public void Every_kind_of_token_has_its_price(string model, long input, long output, long read, long write, long five, long hour, long cost) =>
        Priced(Ended(model, new Usage { Input = input, Output = output, CacheRead = read, CacheWrite = write, CacheWrite5m = five, CacheWrite1h = hour }))
            .ShouldBe((cost, CostBasis.Reported));

    [Fact]
    public void Writes_of_which_nobody_says_for_how_long_are_five_minute_ones() =>
        Priced(Ended("claude-opus-5", new Usage { Input = 0, Output = 0, CacheWrite = 4 })).Cost.ShouldBe(25 * Micro);

    [Fact]
    public void Cached_tokens_that_the_input_includes_are_counted_once() =>
        Priced(Ended("gpt-5.5", new Usage { Input = 1000, Output = 100, CacheRead = 600, InputIncludesCache = true }))
            .ShouldBe(((2000 + 3000 + 300) * Micro, CostBasis.Reported));

    [Fact]
    public void A_fraction_of_a_nanodollar_is_rounded_once()
    {
        // 51 nanodollars a token in, 335 out: nothing to round; the table's finest prices stay whole.
        Priced(Ended("@cf/qwen/qwen3-30b-a3b-fp8", new Usage { Input = 3, Output = 1 })).Cost.ShouldBe((3 * 51) + 335);
        var price = new ModelPrice(TokenPrices.Of(0.0005m, 0, null, null, null)!.Value, []);
        ExchangeCost.Of(new Usage { Input = 1 }, price).ShouldBe(1);
        ExchangeCost.Of(new Usage { Input = 3 }, price).ShouldBe(2);
        ExchangeCost.Of(new Usage { Input = 0 }, price).ShouldBe(0);
    }

    [Fact]
    public void A_model_without_a_price_has_no_cost_and_says_so() =>
        Priced(Ended("nobody-knows-it", new Usage { Input = 1, Output = 1 })).ShouldBe((null, CostBasis.NoPrice));

    [Fact]
    public void A_price_without_counts_has_no_cost_and_says_so() =>
        Priced(Ended("gpt-5.5", default, UsageSource.None)).ShouldBe((null, CostBasis.NoUsage));

    [Fact]
    public void Partial_counts_make_an_estimated_cost() =>
        Priced(Ended("gpt-5.5", new Usage { Input = 1000, Output = 1 }, UsageSource.Partial, ExchangeEnd.ClientGone)).ShouldBe((5030 * Micro, CostBasis.Estimated));

    [Fact]
    public void What_was_charged_is_what_a_broken_answer_cost_and_a_known_cache_counts()
    {
        var broken = Ended("claude-opus-5", new Usage { Input = 100, CacheRead = 1000 }, UsageSource.Partial, ExchangeEnd.ClientGone);
        (broken.ChargedInput, broken.ChargedOutput) = (1100, 40);
        Priced(broken).ShouldBe(((500 + 500 + 1000) * Micro, CostBasis.Estimated));
        var silent = Ended("claude-opus-5", default, UsageSource.None, ExchangeEnd.Interrupted);
        (silent.ChargedInput, silent.ChargedOutput) = (1100, 40);
        Priced(silent).ShouldBe(((5500 + 1000) * Micro, CostBasis.Estimated));
    }

    [Fact]
    public void A_bill_with_parts_of_unknown_price_is_only_estimated()
    {
        var record = Ended("gpt-5.5", new Usage { Input = 1, Output = 1 });
        record.ServerTools = """{"web_search_requests":2}""";
        Priced(record).Basis.ShouldBe(CostBasis.Estimated);
    }

    [Theory]
    [InlineData("gpt-5.5", "default", 1000, 1000, 35_000L)]
    [InlineData("gpt-5.5", "priority", 1000, 1000, 87_500L)]
    [InlineData("gpt-4.1", "priority", 1000, 1000, 17_500L)]
    [InlineData("gpt-6.1-sol", "flex", 1000, 1000, 6_000L)]
    [InlineData("claude-opus-5", "batch", 1000, 1000, 15_000L)]
    // A longer request has the tiers of its length only.
    [InlineData("claude-sonnet-4-5", "batch", 200_001, 0, 600_003L)]
    [InlineData("gpt-5.5", "priority", 272_001, 0, null)]
    [InlineData("gpt-5.5", "flex", 1000, 1000, null)]
    [InlineData("claude-opus-5", "priority", 1000, 1000, null)]
    [InlineData("gpt-5.5", "unheard-of", 1000, 1000, null)]
    public void Another_service_tier_has_its_own_price_or_none(string model, string tier, long input, long output, long? micros)
    {
        var record = Ended(model, new Usage { Input = input, Output = output });
        record.ServiceTier = tier;
        Priced(record).ShouldBe((micros * Micro, micros is null ? CostBasis.NoPrice : CostBasis.Reported));
        // An answer that broke off in that tier has not the standard price either.
        (record.UsageSource, record.End, record.ChargedInput, record.ChargedOutput) = (UsageSource.Partial, ExchangeEnd.ClientGone, input, output);
        Priced(record).ShouldBe((micros * Micro, micros is null ? CostBasis.NoPrice : CostBasis.Estimated));
    }

    [Fact]
    public void Refused_failed_and_counting_calls_have_nothing_to_price()
    {
        Priced(Ended("gpt-5.5", default, UsageSource.None, ExchangeEnd.ClientError)).ShouldBe((null, CostBasis.None));
        Priced(Ended("gpt-5.5", default, UsageSource.None, ExchangeEnd.UpstreamError)).ShouldBe((null, CostBasis.None));
        var count = Ended("gpt-5.5", new Usage { Input = 5, Output = 5 });
        count.Operation = ExchangeOperation.CountTokens;
        Priced(count).ShouldBe((null, CostBasis.None));
        var refused = Ended("gpt-5.5", default, UsageSource.None, ExchangeEnd.Refused);
        refused.Provider = null;
        Priced(refused).ShouldBe((null, CostBasis.None));
    }

    [Fact]
    public void The_configurations_prices_come_first_and_may_be_one_providers()
    {
        var mine = new PriceRule(["gpt-*"], "mine", new ModelPrice(TokenPrices.Of(1, 1, null, null, null)!.Value, []));
        var table = new PriceTable([mine], PriceCatalog.Embedded.Rules);
        table.Find("MINE", "gpt-5.5")!.Base.Input.ShouldBe(TokenPrices.Dollar);
        table.Find("other", "gpt-5.5")!.Base.Input.ShouldBe(5 * TokenPrices.Dollar);
        table.Find("mine", "claude-opus-5")!.Base.Input.ShouldBe(5 * TokenPrices.Dollar);
        table.Find("mine", used: "unheard-of", sent: "gpt-5.5").ShouldNotBeNull();
        table.Find("other", used: "gpt-5.4-mini-2026-03-05", sent: "gpt-5.5")!.Base.Input.ShouldBe(750_000_000);
    }

    [Fact]
    public void Pricing_a_model_that_was_priced_before_allocates_nothing()
    {
        var record = Ended("claude-opus-5", new Usage { Input = 1, Output = 1 });
        Priced(record);
        AllocationBudget.Spent(() =>
        {
            for (var i = 0; i < 1000; i++) ExchangeCost.Settle(record, s_prices);
        }).ShouldBe(0);
    }
}
