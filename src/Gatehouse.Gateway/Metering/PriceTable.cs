using System.Collections.Concurrent;
using System.Collections.Immutable;
using Gatehouse.Catalog;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.Gateway.Metering;

/// <summary>
/// What models cost: the configuration's own prices first, then the catalog's. Immutable but for a bounded cache; replaced with the configuration;
/// thread-safe. Finding a model that was asked for before allocates nothing.
/// </summary>
public sealed class PriceTable
{
    private const int MostCached = 2000;
    private const int LongestCached = 256;

    private readonly ImmutableArray<(PriceRule Rule, Glob[] Models)> _rules;
    private readonly ConcurrentDictionary<(string? Provider, string Model), ModelPrice?> _known = new();

    /// <summary>Creates a table.</summary>
    /// <param name="configured">The configuration's prices, in order.</param>
    /// <param name="catalog">The prices that come with the program, in order.</param>
    public PriceTable(ImmutableArray<PriceRule> configured, ImmutableArray<PriceRule> catalog) =>
        _rules = [.. configured.Concat(catalog).Select(static rule => (rule, rule.Models.Select(static m => new Glob(m)).ToArray()))];

    /// <summary>How many models are remembered, for tests.</summary>
    internal int Remembered => _known.Count;

    /// <summary>The price of a model at a provider; null when it is not known.</summary>
    /// <param name="provider">The provider's configured name, or null.</param>
    /// <param name="model">The model's name upstream.</param>
    public ModelPrice? Find(string? provider, string model)
    {
        if (_known.TryGetValue((provider, model), out var known)) return known;
        var price = Look(provider, model);
        // Callers choose model names: what they make up must not fill memory.
        if (model.Length <= LongestCached && _known.Count < MostCached) _known[(provider, model)] = price;
        return price;
    }

    /// <summary>The price by the name that the provider says it used, else by the one that was sent.</summary>
    public ModelPrice? Find(string? provider, string? used, string? sent) =>
        (used is null ? null : Find(provider, used)) ?? (sent is null ? null : Find(provider, sent));

    private ModelPrice? Look(string? provider, string model)
    {
        foreach (var (rule, models) in _rules)
        {
            if (rule.Provider is { } only && !string.Equals(only, provider, StringComparison.OrdinalIgnoreCase)) continue;
            if (models.Any(m => m.IsMatch(model))) return rule.Price;
        }

        return null;
    }
}
