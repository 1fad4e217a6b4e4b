using Gatehouse.Catalog;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.Gateway.Credentials;

/// <summary>Says for each configured provider where its key may come from.</summary>
public static class ProviderKeySources
{
    /// <summary>The sources of a set of providers.</summary>
    public static IReadOnlyList<ProviderKeySource> Of(IEnumerable<Provider> providers, ProviderCatalog catalog)
    {
        var sources = new List<ProviderKeySource>();
        foreach (var provider in providers)
        {
            var preset = provider.Preset is { } name ? catalog.FindPreset(name) : null;
            sources.Add(provider.ClaudeLogin
                // Its address was held to the vendor's own when the configuration was read.
                ? new ProviderKeySource(provider.Name, null, provider.KeyVariables, ClaudeLogin: true)
                : provider.NamesKeyVariable
                ? new ProviderKeySource(provider.Name, provider.KeyVariables.FirstOrDefault(), [])
                : new ProviderKeySource(provider.Name, null, preset is not null && IsAtHome(provider, preset) ? provider.KeyVariables : []));
        }

        return sources;
    }

    // A key that lies about in the environment must never go to another host because of an edited address.
    private static bool IsAtHome(Provider provider, Preset preset) =>
        provider.Endpoints.Values.All(e => preset.Endpoints.Any(p => p.Dialect == e.Dialect && p.BaseAddress == e.BaseAddress));
}
