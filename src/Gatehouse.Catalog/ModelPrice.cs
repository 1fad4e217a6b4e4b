using System.Collections.Immutable;

namespace Gatehouse.Catalog;

/// <summary>What a model's tokens cost, in nanodollars per million tokens (5 US dollars a million is 5,000,000,000). Immutable.</summary>
/// <param name="Input">Input tokens that were neither read from the cache nor written to it.</param>
/// <param name="Output">Output tokens, reasoning included.</param>
/// <param name="CacheRead">Input tokens read from the prompt cache.</param>
/// <param name="CacheWrite5m">Input tokens written to the cache for five minutes, and those of which nobody says for how long.</param>
/// <param name="CacheWrite1h">Input tokens written to the cache for an hour.</param>
public readonly record struct TokenPrices(long Input, long Output, long CacheRead, long CacheWrite5m, long CacheWrite1h)
{
    /// <summary>Nanodollars per million tokens of one US dollar per million.</summary>
    public const long Dollar = 1_000_000_000;

    /// <summary>The most that may be written for a price: a slip of a factor of a thousand is a fault, and sums must fit.</summary>
    public const decimal MostDollars = 10_000;

    /// <summary>
    /// Prices as they are written, in US dollars per million tokens. What is not named: reads and five-minute writes cost what input costs, one-hour
    /// writes what five-minute writes cost. Null when one is negative, beyond <see cref="MostDollars"/>, or finer than a nanodollar.
    /// </summary>
    public static TokenPrices? Of(decimal input, decimal output, decimal? cacheRead, decimal? cacheWrite5m, decimal? cacheWrite1h)
    {
        decimal[] all = [input, output, cacheRead ?? input, cacheWrite5m ?? input, cacheWrite1h ?? cacheWrite5m ?? input];
        if (all.Any(static price => price is < 0 or > MostDollars || price * Dollar % 1 != 0)) return null;
        return new TokenPrices((long)(all[0] * Dollar), (long)(all[1] * Dollar), (long)(all[2] * Dollar), (long)(all[3] * Dollar), (long)(all[4] * Dollar));
    }

    /// <summary>These prices multiplied, in thousandths, each rounded to the nanodollar per million tokens.</summary>
    public TokenPrices Times(long thousandths) => new(
        Times(Input, thousandths), Times(Output, thousandths), Times(CacheRead, thousandths), Times(CacheWrite5m, thousandths), Times(CacheWrite1h, thousandths));

    private static long Times(long price, long thousandths) => (long)(((Int128)price * thousandths + 500) / 1000);
}

/// <summary>What a service tier other than the standard one costs, as a multiple of the standard prices.</summary>
/// <param name="Name">The tier as the vendor reports it: <c>priority</c>, <c>flex</c>, <c>batch</c>.</param>
/// <param name="Thousandths">The factor, in thousandths: 500 is half.</param>
public readonly record struct ServiceTier(string Name, long Thousandths)
{
    /// <summary>The largest factor that may be written: more is a slip.</summary>
    public const decimal MostTimes = 100;

    /// <summary>A tier as it is written; null when its factor is not above 0, beyond <see cref="MostTimes"/>, or finer than a thousandth.</summary>
    public static ServiceTier? Of(string name, decimal times) =>
        name.Length == 0 || times is <= 0 or > MostTimes || times * 1000 % 1 != 0 ? null : new ServiceTier(name, (long)(times * 1000));

    /// <summary>Whether a reported tier is the standard one, whose prices the list has.</summary>
    public static bool IsStandard(string? name) => name is null or "standard" or "default" or "auto";
}

/// <summary>Prices of requests whose whole input is longer than a number of tokens.</summary>
/// <param name="AboveTokens">Input tokens, cached ones included, that a request must have more of.</param>
/// <param name="Prices">What all its tokens then cost.</param>
public readonly record struct PriceTier(long AboveTokens, TokenPrices Prices)
{
    /// <summary>Service tiers with a known price at this length.</summary>
    public ImmutableArray<ServiceTier> Service { get; init; } = [];
}

/// <summary>What a model costs, by the length of the request. Immutable.</summary>
/// <param name="Base">The prices of requests below every tier.</param>
/// <param name="Tiers">The prices of longer requests, the shortest first.</param>
public sealed record ModelPrice(TokenPrices Base, ImmutableArray<PriceTier> Tiers)
{
    /// <summary>Service tiers with a known price, for requests below every tier of length.</summary>
    public ImmutableArray<ServiceTier> Service { get; init; } = [];

    /// <summary>
    /// The prices of a request with so much input, in the service tier that the vendor says it used; null when nobody says what that tier costs, for
    /// the standard price would be a wrong one.
    /// </summary>
    /// <param name="inputTotal">Input tokens, cached ones included.</param>
    /// <param name="serviceTier">The reported tier; null for none.</param>
    public TokenPrices? For(long inputTotal, string? serviceTier)
    {
        var prices = For(inputTotal);
        if (ServiceTier.IsStandard(serviceTier)) return prices;
        var known = Service;
        foreach (var tier in Tiers)
        {
            if (inputTotal > tier.AboveTokens) known = tier.Service;
        }

        foreach (var tier in known)
        {
            if (tier.Name == serviceTier) return prices.Times(tier.Thousandths);
        }

        return null;
    }

    /// <summary>The prices of a request with so much input, cached tokens included.</summary>
    public TokenPrices For(long inputTotal)
    {
        var prices = Base;
        foreach (var tier in Tiers)
        {
            if (inputTotal <= tier.AboveTokens) break;
            prices = tier.Prices;
        }

        return prices;
    }
}

/// <summary>A price and the models that it is about. Immutable.</summary>
/// <param name="Models">Names in which <c>*</c> matches any run of characters.</param>
/// <param name="Provider">The configured provider that it is about; null for all.</param>
/// <param name="Price">The price.</param>
public sealed record PriceRule(ImmutableArray<string> Models, string? Provider, ModelPrice Price);
