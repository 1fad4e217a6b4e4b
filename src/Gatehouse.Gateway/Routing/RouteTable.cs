using System.Collections.Frozen;
using System.Collections.Immutable;
using Gatehouse.Dialects.Errors;

namespace Gatehouse.Gateway.Routing;

/// <summary>
/// Model name → candidates. The first match wins, in this order: the simulated provider's <c>sim/…</c>, the configuration's rules as
/// written, the presets' names in the order of their providers, the explicit form <c>provider/model</c>, the presets' catch-alls.
/// Built from configuration, immutable, replaced as a whole; any thread may ask it.
/// </summary>
public sealed class RouteTable
{
    private readonly FrozenDictionary<string, Route> _exact;
    private readonly FrozenDictionary<string, Route>.AlternateLookup<ReadOnlySpan<char>> _exactBySpan;
    private readonly Route[] _patterns;
    private readonly Route[] _fallbacks;
    private readonly Route? _simulator;
    private readonly FrozenDictionary<string, Provider> _providers;

    private RouteTable(List<Route> routes, FrozenDictionary<string, Provider> providers)
    {
        _providers = providers;
        _simulator = routes.Find(r => r.Source == RouteSource.Simulator);
        _patterns = [.. routes.Where(r => r.Source is RouteSource.Configuration or RouteSource.Preset && !r.Pattern.IsExact)];
        _fallbacks = [.. routes.Where(r => r.Source == RouteSource.Fallback)];
        _exact = Exact(routes).ToFrozenDictionary(StringComparer.Ordinal);
        _exactBySpan = _exact.GetAlternateLookup<ReadOnlySpan<char>>();
        Patterns = [.. routes.Select(r => r.Pattern.Pattern).Distinct()];
        ExactNames = [.. routes.Where(r => r.Pattern.IsExact).Select(r => r.Pattern.Pattern).Distinct()];
    }

    /// <summary>Every pattern and exact name, in the order in which they are tried.</summary>
    public ImmutableArray<string> Patterns { get; }

    /// <summary>The names that stand in it without <c>*</c>, in order.</summary>
    public ImmutableArray<string> ExactNames { get; }

    /// <summary>Builds the table. Targets whose provider is not among <paramref name="providers"/> are left out; configuration refuses them earlier.</summary>
    /// <param name="rules">The configuration's rules, in order.</param>
    /// <param name="providers">Every provider, in order: earlier ones win where presets' names overlap.</param>
    public static RouteTable Build(IEnumerable<ModelRule> rules, IReadOnlyCollection<Provider> providers)
    {
        var byName = providers.ToFrozenDictionary(p => p.Name, StringComparer.OrdinalIgnoreCase);
        var routes = new List<Route>();
        if (byName.TryGetValue(Provider.SimulatorName, out var simulator))
            routes.Add(new Route(Provider.SimulatorPrefix + "*", RouteSource.Simulator, [new Candidate(simulator)]));
        foreach (var rule in rules)
        {
            var candidates = rule.Targets.Where(t => byName.ContainsKey(t.Provider))
                .Select(t => new Candidate(byName[t.Provider], t.Model, t.Dialect)).ToImmutableArray();
            if (candidates.Length > 0) routes.Add(new Route(rule.Match, RouteSource.Configuration, candidates));
        }

        foreach (var provider in providers)
            routes.AddRange(provider.DefaultModels.Select(m => new Route(m, RouteSource.Preset, [new Candidate(provider)])));
        foreach (var provider in providers)
            routes.AddRange(provider.FallbackModels.Select(m => new Route(m, RouteSource.Fallback, [new Candidate(provider)])));
        return new RouteTable(routes, byName);
    }

    /// <summary>
    /// Finds where a model name goes. A suffix such as <c>[1m]</c> is cut off first. Names that stand in the table exactly are found in
    /// one look-up without allocating.
    /// </summary>
    public RouteMatch Match(string model)
    {
        var suffix = ContextSuffix.Length(model);
        var name = model.AsSpan(0, model.Length - suffix);
        return new RouteMatch(Find(name), model, suffix);
    }

    /// <summary>The names nearest to one that nothing matched, nearest first.</summary>
    /// <param name="model">The name that was asked for.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="listed">Further names that route, such as the providers' own lists.</param>
    /// <param name="allowed">Which names may be told to the caller; null for all.</param>
    public IReadOnlyList<string> Closest(string model, int count, IEnumerable<string>? listed = null, Func<string, bool>? allowed = null)
    {
        var known = Patterns.Concat(listed ?? []).Where(n => allowed is null || n.Contains('*', StringComparison.Ordinal) || allowed(n));
        return NearestNames.Find(model[..^ContextSuffix.Length(model)], known, count);
    }

    /// <summary>What to tell a caller whose model nothing matches.</summary>
    /// <param name="model">The name that was asked for.</param>
    /// <param name="closest">Names to propose, from <see cref="Closest"/>.</param>
    /// <param name="anyRouted">Whether there are names, if only such as the caller may not use.</param>
    public static DialectError NotFound(string model, IReadOnlyList<string> closest, bool anyRouted = false)
    {
        var shown = model.Length > 200 ? string.Concat(model.AsSpan(0, 200), "…") : model;
        var help = closest.Count == 0
            ? anyRouted ? "No model that this token may use is routed."
                : "No model is routed: set a provider's key in the environment, or name providers in the configuration file."
            : $"Closest: {string.Join(", ", closest)}.";
        return new DialectError(ErrorKind.NotFound, $"No route for model '{shown}'. {help}", "model_not_found", "model");
    }

    private Route? Find(ReadOnlySpan<char> name)
    {
        // The simulated provider takes its own names and no others, and no rule may send them to a real one.
        if (name.StartsWith(Provider.SimulatorPrefix, StringComparison.Ordinal)) return _simulator;
        if (_exactBySpan.TryGetValue(name, out var exact)) return exact;
        return First(_patterns, name) ?? Explicit(name) ?? First(_fallbacks, name);
    }

    private Route? Explicit(ReadOnlySpan<char> name)
    {
        var slash = name.IndexOf('/');
        if (slash <= 0 || slash == name.Length - 1) return null;
        if (!_providers.TryGetValue(name[..slash].ToString(), out var provider) || provider.Name == Provider.SimulatorName) return null;
        return new Route(provider.Name + "/*", RouteSource.Explicit, [new Candidate(provider, name[(slash + 1)..].ToString())]);
    }

    private static Route? First(Route[] routes, ReadOnlySpan<char> name)
    {
        foreach (var route in routes)
            if (route.Pattern.IsMatch(name)) return route;
        return null;
    }

    // An exact name leads to the first route that matches it, which may be a pattern written above it.
    private static Dictionary<string, Route> Exact(List<Route> routes)
    {
        var exact = new Dictionary<string, Route>(StringComparer.Ordinal);
        foreach (var name in routes.Where(r => r.Pattern.IsExact && r.Source != RouteSource.Fallback).Select(r => r.Pattern.Pattern))
            exact.TryAdd(name, routes.Find(r => r.Source != RouteSource.Simulator && r.Pattern.IsMatch(name))!);
        return exact;
    }
}
