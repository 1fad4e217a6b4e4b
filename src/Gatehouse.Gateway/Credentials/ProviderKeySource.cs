namespace Gatehouse.Gateway.Credentials;

/// <summary>
/// Where a configured provider's key may come from. Made from configuration and presets by whoever builds the providers.
/// </summary>
/// <param name="Provider">The provider's configured name.</param>
/// <param name="ApiKeyEnv">The variable that the configuration file names for this provider, or null.</param>
/// <param name="PresetEnv">
/// The variables that its preset names, in order. Leave them out for a provider whose address is not the preset's: a key that lies about
/// in the environment must never go to another host because of an edit.
/// </param>
/// <param name="ClaudeLogin">Whether the login of the <c>claude</c> program serves when there is no key.</param>
public sealed record ProviderKeySource(string Provider, string? ApiKeyEnv, IReadOnlyList<string> PresetEnv, bool ClaudeLogin = false);
