using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Gatehouse.Catalog;

/// <summary>
/// The presets, provider edits and models' traits that come with the program. Read and checked on first use; immutable, any thread may read
/// it.
/// </summary>
public sealed class ProviderCatalog
{
    private static readonly Lazy<ProviderCatalog> _embedded = new(CatalogReader.ReadEmbedded);
    private readonly FrozenDictionary<string, Preset> _presets;
    private readonly FrozenDictionary<string, ImmutableArray<ProviderEdit>> _edits;

    internal ProviderCatalog(ImmutableArray<Preset> presets, ImmutableArray<ProviderEdit> edits, ImmutableArray<TraitsRule> traits)
    {
        Traits = traits;
        Presets = presets;
        Edits = edits;
        _presets = presets.ToFrozenDictionary(p => p.Name, StringComparer.Ordinal);
        _edits = edits.GroupBy(e => e.Name).ToFrozenDictionary(g => g.Key, g => g.ToImmutableArray(), StringComparer.Ordinal);
        EditNames = [.. edits.Select(e => e.Name).Distinct()];
    }

    /// <summary>The catalog embedded in this assembly.</summary>
    /// <exception cref="InvalidOperationException">The embedded data is at fault: every fault is named. A test keeps that from
    /// shipping.</exception>
    public static ProviderCatalog Embedded => _embedded.Value;

    /// <summary>Every preset; earlier ones win where default routes overlap.</summary>
    public ImmutableArray<Preset> Presets { get; }

    /// <summary>Every edit. One name stands once per dialect that it applies to.</summary>
    public ImmutableArray<ProviderEdit> Edits { get; }

    /// <summary>What models can do, as rules laid over each other in this order.</summary>
    public ImmutableArray<TraitsRule> Traits { get; }

    /// <summary>The names of the edits, each once.</summary>
    public ImmutableArray<string> EditNames { get; }

    /// <summary>The preset of that name, or null.</summary>
    public Preset? FindPreset(string name) => _presets.GetValueOrDefault(name);

    /// <summary>The edits of that name, one per dialect; empty when the name is unknown.</summary>
    public ImmutableArray<ProviderEdit> FindEdits(string name) => _edits.TryGetValue(name, out var edits) ? edits : [];
}
