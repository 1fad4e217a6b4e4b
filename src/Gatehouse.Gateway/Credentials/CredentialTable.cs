using System.Collections.Frozen;
using Gatehouse.Secrets;

namespace Gatehouse.Gateway.Credentials;

/// <summary>
/// Which key each provider is called with. An immutable snapshot, made anew when configuration or vault change, and read by every request
/// without a lock. The order for one provider: the variable that the file names (<c>apiKeyEnv</c>), then the vault, then the variables
/// that its preset names. What a person wrote for this gateway thus goes before what happens to lie in the environment. A file that names
/// a variable which is not set never falls through to the preset's: that could be another account's key. Where the file switches the login of the
/// <c>claude</c> program on for a provider, that serves when there is no key at all; it is looked at anew at every <see cref="Find"/>.
/// </summary>
public sealed class CredentialTable
{
    private readonly FrozenDictionary<string, ProviderCredential> _byProvider;
    private readonly FrozenDictionary<string, ClaudeLoginSource> _logins;

    private CredentialTable(Dictionary<string, ProviderCredential> byProvider, Dictionary<string, ClaudeLoginSource> logins)
    {
        _byProvider = byProvider.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        _logins = logins.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>No credential at all.</summary>
    public static CredentialTable Empty { get; } = new([], []);

    /// <summary>Every key in use, one per provider that has any; logins of programs are not among them.</summary>
    public IReadOnlyCollection<ProviderCredential> All => _byProvider.Values;

    /// <summary>
    /// Chooses a credential for each provider. Among several of one provider in the vault the newest counts, so that adding a replacement
    /// and then removing the old one leaves no gap; <paramref name="vault"/> is given oldest first.
    /// </summary>
    /// <param name="providers">Where each provider's key may come from.</param>
    /// <param name="vault">The keys of the vault.</param>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="clock">By which logins end; the system's when null.</param>
    /// <param name="shared">Whether there is more than one user.</param>
    public static CredentialTable Build(
        IEnumerable<ProviderKeySource> providers, IEnumerable<ProviderCredential> vault, Func<string, string?> environment, TimeProvider? clock = null, bool shared = false)
    {
        var stored = new Dictionary<string, ProviderCredential>(StringComparer.OrdinalIgnoreCase);
        foreach (var credential in vault)
        {
            stored[credential.Provider] = credential;
        }
        var chosen = new Dictionary<string, ProviderCredential>(StringComparer.OrdinalIgnoreCase);
        var logins = new Dictionary<string, ClaudeLoginSource>(StringComparer.OrdinalIgnoreCase);
        foreach (var provider in providers)
        {
            if (Choose(provider, stored, environment) is { } credential)
            {
                chosen[provider.Provider] = credential;
            }
            else if (provider.ClaudeLogin)
            {
                logins[provider.Provider] = new ClaudeLoginSource(provider.Provider, environment, clock ?? TimeProvider.System, shared);
            }
        }
        return new CredentialTable(chosen, logins);
    }

    /// <summary>The credential of a provider, or null when it has none.</summary>
    public ProviderCredential? Find(string provider) =>
        _byProvider.GetValueOrDefault(provider) ?? (_logins.Count > 0 ? _logins.GetValueOrDefault(provider)?.Look().Credential : null);

    /// <summary>How the login stands that a provider is called with for want of a key; null for providers with a key, and for all that no login serves.</summary>
    public ClaudeLogin? LoginOf(string provider) => _logins.GetValueOrDefault(provider)?.Look().Login;

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
