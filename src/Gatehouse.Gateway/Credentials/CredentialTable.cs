using System.Collections.Frozen;
using Gatehouse.Secrets;

namespace Gatehouse.Gateway.Credentials;

/// <summary>
/// Which key each provider is called with. An immutable snapshot, made anew when configuration or vault change, and read by every request
/// without a lock. The order for one provider: the variable that the file names (<c>apiKeyEnv</c>), then the vault, then the variables
/// that its preset names. What a person wrote for this gateway thus goes before what happens to lie in the environment. A file that names
/// a variable which is not set never falls through to the preset's: that could be another account's key.
/// </summary>
public sealed class CredentialTable
{
    private readonly FrozenDictionary<string, ProviderCredential> _byProvider;

    private CredentialTable(Dictionary<string, ProviderCredential> byProvider) =>
        _byProvider = byProvider.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>No credential at all.</summary>
    public static CredentialTable Empty { get; } = new([]);

    /// <summary>Every credential in use, one per provider that has any.</summary>
    public IReadOnlyCollection<ProviderCredential> All => _byProvider.Values;

    /// <summary>
    /// Chooses a credential for each provider. Among several of one provider in the vault the newest counts, so that adding a replacement
    /// and then removing the old one leaves no gap; <paramref name="vault"/> is given oldest first.
    /// </summary>
    public static CredentialTable Build(
        IEnumerable<ProviderKeySource> providers, IEnumerable<ProviderCredential> vault, Func<string, string?> environment)
    {
        var stored = new Dictionary<string, ProviderCredential>(StringComparer.OrdinalIgnoreCase);
        foreach (var credential in vault)
        {
            stored[credential.Provider] = credential;
        }
        var chosen = new Dictionary<string, ProviderCredential>(StringComparer.OrdinalIgnoreCase);
        foreach (var provider in providers)
        {
            if (Choose(provider, stored, environment) is { } credential)
            {
                chosen[provider.Provider] = credential;
            }
        }
        return new CredentialTable(chosen);
    }

    /// <summary>The credential of a provider, or null when it has none.</summary>
    public ProviderCredential? Find(string provider) => _byProvider.GetValueOrDefault(provider);

    private static ProviderCredential? Choose(
        ProviderKeySource provider, Dictionary<string, ProviderCredential> vault, Func<string, string?> environment)
    {
        if (provider.ApiKeyEnv is { } named && FromEnvironment(provider.Provider, named, environment) is { } wanted)
        {
            return wanted;
        }
        if (vault.TryGetValue(provider.Provider, out var stored))
        {
            return stored;
        }
        if (provider.ApiKeyEnv is not null)
        {
            return null;
        }
        foreach (var variable in provider.PresetEnv)
        {
            if (FromEnvironment(provider.Provider, variable, environment) is { } found)
            {
                return found;
            }
        }
        return null;
    }

    // Blanks around a key come from copying and are never part of one; an upstream would refuse the header.
    private static ProviderCredential? FromEnvironment(string provider, string variable, Func<string, string?> environment) =>
        environment(variable)?.Trim() is { Length: > 0 } value
            ? new ProviderCredential { Id = $"env:{variable}", Provider = provider, Source = "env", Secret = Secret.From(value) }
            : null;
}
