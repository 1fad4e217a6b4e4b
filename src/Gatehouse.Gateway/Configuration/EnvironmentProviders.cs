using System.Collections.Frozen;
using System.Collections.Immutable;
using Gatehouse.Catalog;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.Gateway.Configuration;

/// <summary>Brings in the presets whose key stands in the environment, so that no file is needed. A provider of the file with that name comes before.</summary>
internal static class EnvironmentProviders
{
    /// <summary>The presets whose key variable is set, not blank, and whose name the file does not take; in the catalog's order.</summary>
    public static IEnumerable<Provider> Find(ProviderCatalog catalog, ImmutableArray<Provider> fromFile, IReadOnlyDictionary<string, string> environment) =>
        from preset in catalog.Presets
        where preset.KeyVariables.Any(v => !string.IsNullOrWhiteSpace(environment.GetValueOrDefault(v)))
        where !fromFile.Any(p => string.Equals(p.Name, preset.Name, StringComparison.OrdinalIgnoreCase))
        select Make(preset, catalog);

    private static Provider Make(Preset preset, ProviderCatalog catalog) => new()
    {
        Name = preset.Name,
        Preset = preset.Name,
        Source = "env",
        Label = preset.Label,
        KeyVariables = preset.KeyVariables,
        DefaultModels = preset.Models,
        FallbackModels = preset.FallbackModels,
        Endpoints = preset.Endpoints.ToFrozenDictionary(e => e.Dialect, e => new ProviderEndpoint(e.Dialect, e.BaseAddress, e.Auth)),
        RequestUsage = preset.IncludeUsage,
        Edits = [.. preset.Edits.SelectMany(e => catalog.FindEdits(e))],
    };
}
