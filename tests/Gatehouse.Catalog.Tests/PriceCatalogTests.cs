using System.Text;

namespace Gatehouse.Catalog.Tests;

public sealed class PriceCatalogTests
{
    private static IReadOnlyList<string> Faults(string rows) => PriceCatalog.Read(Encoding.UTF8.GetBytes($$"""{ "prices": [ {{rows}} ] }""")).Faults;

    [Fact]
    public void The_prices_that_come_with_the_program_are_good() => PriceCatalog.Embedded.Rules.Length.ShouldBeGreaterThan(25);

    [Theory]
    [InlineData("""{ "models": ["m"], "output": 1 }""", "input")]
    [InlineData("""{ "models": [], "input": 1, "output": 1 }""", "names no models")]
    [InlineData("""{ "models": ["m"], "input": -1, "output": 1 }""", "out of range")]
    [InlineData("""{ "models": ["m"], "input": 10001, "output": 1 }""", "out of range")]
    [InlineData("""{ "models": ["m"], "input": 0.0000000001, "output": 1 }""", "out of range")]
    [InlineData("""{ "models": ["m"], "input": 1, "output": 1, "price": 3 }""", "price")]
    [InlineData("""{ "models": ["m"], "input": 1, "output": 1, "above": [{ "tokens": 9, "input": 1, "output": 1 }, { "tokens": 9, "input": 1, "output": 1 }] }""", "do not rise")]
    [InlineData("""{ "models": ["m"], "input": 1, "output": 1, "serviceTiers": { "flex": 0 } }""", "service tier")]
    [InlineData("""{ "models": ["m"], "input": 1, "output": 1, "serviceTiers": { "flex": 0.0005 } }""", "service tier")]
    [InlineData("""{ "models": ["m"], "input": 1, "output": 1, "above": [{ "tokens": 9, "input": 1, "output": 1, "serviceTiers": { "flex": 101 } }] }""", "service tier")]
    public void A_slip_in_the_data_fails_at_load(string row, string fault) => Faults(row).ShouldHaveSingleItem().ShouldContain(fault);

    [Fact]
    public void Prices_that_are_not_named_follow_from_those_that_are()
    {
        TokenPrices.Of(3, 15, null, null, null).ShouldBe(new TokenPrices(3_000_000_000, 15_000_000_000, 3_000_000_000, 3_000_000_000, 3_000_000_000));
        TokenPrices.Of(3, 15, 0.3m, 3.75m, null)!.Value.CacheWrite1h.ShouldBe(3_750_000_000);
    }

    [Fact]
    public void A_longer_request_has_the_prices_of_the_last_tier_that_it_exceeds()
    {
        var prices = Enumerable.Range(1, 3).Select(n => TokenPrices.Of(n, n, null, null, null)!.Value).ToArray();
        var price = new ModelPrice(prices[0], [new PriceTier(100, prices[1]), new PriceTier(200, prices[2])]);
        new[] { 0L, 100, 101, 200, 201 }.Select(total => price.For(total).Input / TokenPrices.Dollar).ShouldBe([1, 1, 2, 2, 3]);
    }
}
