using Gatehouse.Catalog;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.Installations;

/// <summary>Says where each provider's key comes from, and never what it is.</summary>
internal static class ProviderKeys
{
    /// <summary>Where a credential comes from, in words: <c>the vault</c>, <c>ANTHROPIC_API_KEY</c>.</summary>
    public static string Origin(ProviderCredential credential) => credential.Origin;

    /// <summary>Whether a provider needs no key at all, so that having none is as it should be.</summary>
    public static bool IsOpen(Provider provider) => !provider.Endpoints.Keys.Any(provider.NeedsKey);

    /// <summary>The credentials that a server with this process's environment would use.</summary>
    public static async Task<CredentialTable> TableAsync(Installation installation, GatehouseConfig config, CancellationToken cancellation)
    {
        var rows = await new VaultStore(installation.Store).LoadAsync(cancellation);
        return CredentialTable.Build(
            ProviderKeySources.Of(config.Providers, ProviderCatalog.Embedded),
            rows.Select(row => row.Open(installation.Keys)).OfType<ProviderCredential>(),
            Environment.GetEnvironmentVariable);
    }
}
