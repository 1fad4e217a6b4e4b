using Gatehouse.Catalog;
using Gatehouse.Clients.Setups;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.Integrations;

/// <summary>What a configuration makes of model names, as far as setting up a client needs to know. Immutable.</summary>
internal sealed class ModelRoutes(GatehouseConfig config)
{
    private const string KeepsToolReferences = "anthropic";
    private const string TakesToolReferences = "no-defer-loading";

    private readonly RouteTable _table = RouteTable.Build(config.Models, config.Providers);
    private readonly TraitsTable _traits = new(ProviderCatalog.Embedded.Traits);

    /// <summary>Whether a caller of a dialect is answered under a name.</summary>
    public bool IsRouted(string model, Dialect dialect) => IsSimulated(model) || !_table.Match(model).Ways(dialect).IsEmpty;

    /// <summary>Whether a name leads to a provider that speaks the dialect itself.</summary>
    public bool IsSpoken(string model, Dialect dialect) => IsSimulated(model) || !_table.Match(model).For(dialect).IsEmpty;

    /// <summary>The providers that may answer a caller of a dialect under a name, the first choice first.</summary>
    public IReadOnlyList<Provider> Providers(string model, Dialect dialect) => [.. _table.Match(model).Ways(dialect).Select(way => way.Candidate.Provider)];

    /// <summary>
    /// The dialect, of several that a client speaks, in which a model is reached with the least change; the client's best when it is not
    /// reached at all.
    /// </summary>
    public Dialect Best(string? model, IReadOnlyList<Dialect> spoken)
    {
        if (model is null) return spoken[0];
        foreach (var dialect in spoken)
            if (IsSpoken(model, dialect)) return dialect;
        foreach (var dialect in spoken)
            if (IsRouted(model, dialect)) return dialect;
        return spoken[0];
    }

    /// <summary>The first name that stands in the table as it is and is answered in one of the dialects; null when there is none.</summary>
    public string? First(IReadOnlyList<Dialect> spoken) => _table.ExactNames.FirstOrDefault(name => spoken.Any(dialect => IsRouted(name, dialect)));

    /// <summary>What is known of a model.</summary>
    public ModelChoice Describe(string model, Dialect dialect)
    {
        var match = _table.Match(model);
        if (match.Ways(dialect) is not [var way, ..]) return new ModelChoice(model);
        var traits = _traits.Find(way.Candidate.Provider, way.Upstream, way.Candidate.Model ?? match.Model);
        // A name with a suffix asks for the larger window, of which the table says nothing.
        return new ModelChoice(model, match.ContextSuffix is null ? traits.ContextWindow : null, traits.MaxOutput, traits.Images);
    }

    /// <summary>
    /// Whether references to tools that are loaded on demand survive the way to a model: only the vendor's own service is known to take them,
    /// and a translation or an edit takes them away.
    /// </summary>
    public bool ToolReferencesSurvive(string model) =>
        _table.Match(model).For(Dialect.Anthropic) is [var first, ..] && first.Provider.Preset == KeepsToolReferences
        && first.Provider.Edits.All(edit => edit.Name != TakesToolReferences);

    // Present only while a server runs with it, which this process can't see.
    private static bool IsSimulated(string model) => model.StartsWith(Provider.SimulatorPrefix, StringComparison.Ordinal);
}
