using System.Collections.Concurrent;
using System.Collections.Immutable;
using Gatehouse.Catalog;
using Gatehouse.Dialects;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Gateway.Routing;

/// <summary>
/// What each model can do at each provider: the catalog's rules, then the provider's own from the configuration. Immutable but for a bounded cache;
/// replaced with the configuration; thread-safe.
/// </summary>
/// <param name="catalog">The catalog's rules, in order.</param>
public sealed class TraitsTable(ImmutableArray<TraitsRule> catalog)
{
    private const int MostCached = 2000;
    private const int LongestCached = 256;

    private readonly ImmutableArray<Compiled> _catalog = [.. catalog.Select(static r => new Compiled(r))];
    private readonly ConcurrentDictionary<(Provider, Dialect, string), ModelTraits> _known = new();

    /// <summary>How many models are remembered, for tests.</summary>
    internal int Remembered => _known.Count;

    /// <summary>What a model can do when it is asked for under this name, in this dialect, at this provider.</summary>
    public ModelTraits Find(Provider provider, Dialect dialect, string model)
    {
        if (_known.TryGetValue((provider, dialect, model), out var known)) return known;
        var traits = ModelTraits.Default;
        foreach (var rule in _catalog)
        {
            if (rule.IsAbout(provider.Preset, dialect, model)) traits = rule.Rule.Over(traits);
        }

        foreach (var rule in provider.Traits)
        {
            if (new Compiled(rule).IsAbout(provider.Preset, dialect, model)) traits = rule.Over(traits);
        }

        // Callers choose model names: what they make up must not fill memory.
        if (model.Length <= LongestCached && _known.Count < MostCached) _known[(provider, dialect, model)] = traits;
        return traits;
    }

    private sealed class Compiled(TraitsRule rule)
    {
        private readonly Glob[] _models = [.. rule.Models.Select(static m => new Glob(m))];

        public TraitsRule Rule { get; } = rule;

        public bool IsAbout(string? preset, Dialect dialect, string model) =>
            (Rule.Preset is null || Rule.Preset == preset) && (Rule.Dialect is null || Rule.Dialect == dialect) && _models.Any(m => m.IsMatch(model));
    }
}
