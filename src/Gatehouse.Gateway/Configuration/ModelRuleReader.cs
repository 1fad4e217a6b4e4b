using System.Collections.Immutable;
using Gatehouse.Catalog;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.Gateway.Configuration;

/// <summary>Reads the list <c>models</c>, once the providers are known.</summary>
internal sealed class ModelRuleReader(IReadOnlyCollection<Provider> providers, ProviderCatalog catalog)
{
    public ImmutableArray<ModelRule> Read(ConfigSection root)
    {
        var rules = ImmutableArray.CreateBuilder<ModelRule>();
        var earlier = new List<(Glob Glob, string Path)>();
        foreach (var section in root.Sections("models"))
        {
            var match = Match(section, earlier);
            var targets = section.Sections("targets").Select(Target).OfType<ModelTarget>().ToImmutableArray();
            if (section.Node("targets") is null or { Kind: ConfigKind.List, Items.Count: 0 })
                section.Fault("targets", "names no provider", "Write for example [ { \"provider\": \"anthropic\" } ]");
            section.Finish();
            if (match is not null && targets.Length > 0) rules.Add(new ModelRule(match, targets));
        }

        return rules.ToImmutable();
    }

    private static string? Match(ConfigSection section, List<(Glob Glob, string Path)> earlier)
    {
        var match = section.Text("match");
        if (match is null)
        {
            if (section.Node("match") is null) section.Fault("match", "is missing", "Write a model name; * matches any run of characters");
            return null;
        }

        if (NameFault(match) is var (what, fix))
        {
            section.Fault("match", what, fix);
            return match;
        }

        var hiding = earlier.Find(e => Covers(e.Glob, match));
        if (hiding.Glob is not null)
            section.Fault("match", $"is never reached: {hiding.Path} ('{hiding.Glob.Pattern}') takes every such name first", "Move it above that one, or take it out");
        earlier.Add((new Glob(match), section.PathOf("match")));
        return match;
    }

    // A pattern is surely covered when the earlier one matches it read as a name: its own * then stand for themselves and for anything.
    private static bool Covers(Glob earlier, string match) => earlier.IsMatch(match);

    private ModelTarget? Target(ConfigSection section)
    {
        var name = section.Text("provider");
        var model = section.Text("model");
        var dialect = DialectOf(section);
        if (model is not null && (model.Contains('*', StringComparison.Ordinal) ? ("has a *, which means nothing here", "Write the one name that the provider gets") : NameFault(model)) is var (what, fix))
            section.Fault("model", what, fix);
        if (name is null && section.Node("provider") is null) section.Fault("provider", "is missing", $"Write one of {string.Join(", ", providers.Select(p => p.Name))}");
        var provider = name is null ? null : Provider(section, name);
        if (provider is not null && dialect is { } only && provider.Endpoints.Count > 0 && !provider.Endpoints.ContainsKey(only))
            section.Fault("dialect", $"is {only.Name()}, which '{provider.Name}' does not speak", $"Write one of {string.Join(", ", provider.Endpoints.Keys.Order().Select(d => d.Name()))}, or take it out");
        section.Finish();
        return provider is null ? null : new ModelTarget(provider.Name, model, dialect);
    }

    private Provider? Provider(ConfigSection section, string name)
    {
        if (string.Equals(name, Routing.Provider.SimulatorName, StringComparison.OrdinalIgnoreCase))
        {
            section.Fault("provider", "is the simulated provider, which stands in for no other", "Ask for models named sim/… instead");
            return null;
        }

        if (providers.FirstOrDefault(p => string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase)) is { } provider) return provider;
        var preset = catalog.FindPreset(name);
        var fix = preset is { KeyVariables.IsEmpty: false }
            ? $"Add it under providers, or set {preset.KeyVariables[0]}"
            : NearestNames.Suggest(name, providers.Select(p => p.Name)) is { } meant ? $"Did you mean '{meant}'?"
            : providers.Count > 0 ? $"Write one of {string.Join(", ", providers.Select(p => p.Name))}, or add it under providers" : "Add it under providers";
        section.Fault("provider", $"is '{(name.Length > 60 ? name[..60] + "…" : name)}', which is no provider", fix);
        return null;
    }

    private static Dialect? DialectOf(ConfigSection section)
    {
        if (section.Text("dialect") is not { } name) return null;
        if (DialectNames.TryParse(name, out var dialect)) return dialect;
        section.Fault("dialect", "is no dialect", $"Write one of {string.Join(", ", DialectNames.All.Select(d => d.Name()))}");
        return null;
    }

    private static (string What, string Fix)? NameFault(string name)
    {
        if (name.Length is 0 or > 256) return ("is empty or longer than 256 characters", "Write a model name");
        if (name.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))) return ("holds white space or control characters", "Take them out");
        if (name.StartsWith(Routing.Provider.SimulatorPrefix, StringComparison.Ordinal))
            return ("begins with sim/, which belongs to the simulated provider", "Choose another name");
        return ContextSuffix.Length(name) > 0 ? ("ends with [1m], which is cut off before matching and never sent on", "Write the name without it") : null;
    }
}
