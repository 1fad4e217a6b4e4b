using Gatehouse.Catalog;
using Gatehouse.Clients.Overlays;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Secrets;

namespace Gatehouse.Runs;

/// <summary>
/// The environment that a harness is started in: this process's, less every provider's key and Gatehouse's own secrets, with what the overlay
/// says.
/// </summary>
internal static class HarnessEnvironment
{
    /// <summary>Changes an environment.</summary>
    /// <param name="environment">The environment, by name.</param>
    /// <param name="overlay">What the run says.</param>
    /// <param name="config">Names the variables of the providers that are configured.</param>
    public static void Dress(IDictionary<string, string?> environment, ClientOverlay overlay, GatehouseConfig config)
    {
        foreach (var name in Secrets(config).Concat(overlay.Unset)) environment.Remove(name);
        foreach (var (name, value) in overlay.Set) environment[name] = value;
    }

    /// <summary>The variables in which keys are looked for, of providers that are configured and of those that come described.</summary>
    public static IReadOnlySet<string> Secrets(GatehouseConfig config) => new HashSet<string>(
    [
        MasterKeySource.Variable,
        MasterKeySource.NextVariable,
        RemoteAccess.Variable,
        ClaudeLoginSource.TokenVariable,
        .. ProviderKeySources.Of(config.Providers, ProviderCatalog.Embedded).SelectMany(source => source.PresetEnv.Append(source.ApiKeyEnv)).OfType<string>(),
        .. ProviderCatalog.Embedded.Presets.SelectMany(preset => preset.KeyVariables),
        .. config.Providers.SelectMany(provider => provider.Program?.Profiles ?? []).SelectMany(profile => (string?[])[profile.ApiKeyVariable, profile.TokenVariable]).OfType<string>(),
    ]);
}
