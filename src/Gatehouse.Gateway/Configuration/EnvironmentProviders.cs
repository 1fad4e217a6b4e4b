using System.Collections.Frozen;
using System.Collections.Immutable;
using Gatehouse.Catalog;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.Gateway.Configuration;

/// <summary>
/// Brings in the presets whose key stands in the environment or in the vault, so that no file is needed. A provider of the file with that
/// name comes before.
/// </summary>
internal static class EnvironmentProviders
{
    /// <summary>The presets that have a key and whose name the file does not take; in the catalog's order.</summary>
    public static IEnumerable<Provider> Find(ProviderCatalog catalog, ImmutableArray<Provider> fromFile, ConfigInputs inputs) =>
        from preset in catalog.Presets
        let inEnvironment = preset.KeyVariables.Any(v => !string.IsNullOrWhiteSpace(inputs.Environment.GetValueOrDefault(v)))
        let inVault = !preset.Endpoints.IsEmpty && inputs.VaultProviders.Contains(preset.Name, StringComparer.OrdinalIgnoreCase)
        where inEnvironment || inVault
        where !fromFile.Any(p => string.Equals(p.Name, preset.Name, StringComparison.OrdinalIgnoreCase))
        select Make(preset, catalog, inEnvironment ? "env" : "vault");

    private static Provider Make(Preset preset, ProviderCatalog catalog, string source) => new()
    {
        Name = preset.Name,
        Preset = preset.Name,
        Source = source,
        Label = preset.Label,
        KeyVariables = preset.KeyVariables,
        DefaultModels = preset.Models,
        FallbackModels = preset.FallbackModels,
        Endpoints = preset.Endpoints.ToFrozenDictionary(e => e.Dialect, e => new ProviderEndpoint(e.Dialect, e.BaseAddress, e.Auth)),
        RequestUsage = preset.IncludeUsage,
        Edits = [.. preset.Edits.SelectMany(e => catalog.FindEdits(e))],
    };
}
