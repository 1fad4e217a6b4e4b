using System.Collections.Frozen;
using System.Collections.Immutable;
using Gatehouse.Dialects;

namespace Gatehouse.Gateway.Routing;

/// <summary>
/// The models that can be asked for, as they stand now: the configured names first, then the providers' own lists in their order, each name
/// once, and only names that really lead to the place that lists them; last, as <c>provider/model</c>, those of their models to which no other name
/// leads. Immutable, replaced as a whole.
/// </summary>
internal sealed class ModelListing
{
    private readonly FrozenDictionary<string, Entry> _byId;

    private ModelListing(ImmutableArray<Entry> entries)
    {
        Entries = entries;
        _byId = entries.ToFrozenDictionary(e => e.Model.Id, StringComparer.Ordinal);
    }

    public static ModelListing Empty { get; } = new([]);

    public ImmutableArray<Entry> Entries { get; }

    public Entry? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>Builds it from a route table and what each provider listed.</summary>
    public static ModelListing Build(RouteTable routes, IEnumerable<(Provider Provider, IReadOnlyList<ListedModel> Models)> lists)
    {
        var entries = new Dictionary<string, Entry>(StringComparer.Ordinal);
        var order = ImmutableArray.CreateBuilder<Entry>();
        void Add(ListedModel model, RouteMatch match)
        {
            var entry = new Entry(model, [.. DialectNames.All.Where(d => !match.Ways(d).IsEmpty)]);
            if (entries.TryAdd(model.Id, entry)) order.Add(entry);
        }

        var listed = lists.ToList();
        var details = listed.SelectMany(l => l.Models).DistinctBy(m => m.Id).ToDictionary(m => m.Id, StringComparer.Ordinal);
        foreach (var name in routes.ExactNames)
            if (routes.Match(name) is { Found: true } match) Add(details.GetValueOrDefault(name) ?? new ListedModel(name), match);
        foreach (var (provider, models) in listed)
            foreach (var model in models)
                if (routes.Match(model.Id) is { Found: true } match && LeadsTo(match, provider, model.Id)) Add(model, match);
        foreach (var (provider, models) in listed)
        {
            foreach (var model in models.Where(m => !LeadsTo(routes.Match(m.Id), provider, m.Id)))
            {
                var name = $"{provider.Name}/{model.Id}";
                if (routes.Match(name) is { Source: RouteSource.Explicit } match && LeadsTo(match, provider, model.Id)) Add(model with { Id = name }, match);
            }
        }

        return new ModelListing(order.ToImmutable());
    }

    // A provider's name that a rule sends elsewhere, or under another name, is not that provider's model to the caller.
    private static bool LeadsTo(RouteMatch match, Provider provider, string id) =>
        match.ContextSuffix is null && match.Candidates.Any(c => c.Provider.Name == provider.Name && (c.Model is null || c.Model == id));

    /// <summary>A model and the dialects in which it can be asked for.</summary>
    internal sealed record Entry(ListedModel Model, ImmutableArray<Dialect> Dialects);
}
