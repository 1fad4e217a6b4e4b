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
}

/// <summary>Prices of requests whose whole input is longer than a number of tokens.</summary>
/// <param name="AboveTokens">Input tokens, cached ones included, that a request must have more of.</param>
/// <param name="Prices">What all its tokens then cost.</param>
public readonly record struct PriceTier(long AboveTokens, TokenPrices Prices);

/// <summary>What a model costs, by the length of the request. Immutable.</summary>
/// <param name="Base">The prices of requests below every tier.</param>
/// <param name="Tiers">The prices of longer requests, the shortest first.</param>
public sealed record ModelPrice(TokenPrices Base, ImmutableArray<PriceTier> Tiers)
{
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
