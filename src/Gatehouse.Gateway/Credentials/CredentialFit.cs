using Gatehouse.Catalog;
using Gatehouse.Dialects;

namespace Gatehouse.Gateway.Credentials;

/// <summary>How a credential serves a harness.</summary>
public enum CredentialUse : byte
{
    /// <summary>Not at all.</summary>
    Refused,

    /// <summary>Through the proxy: the harness never sees it.</summary>
    Proxied,

    /// <summary>Handed to the harness's own program, which calls its vendor itself; never sent by the proxy.</summary>
    Native,
}

/// <summary>
/// Whether a credential fits a harness. Decided by what the harness speaks and what the credential's host does, or by a translation between
/// the two; when a person writes a configuration and again when a request uses it. What is not known to fit is refused.
/// </summary>
/// <param name="Use">How it serves.</param>
/// <param name="Client">What the harness speaks then; null unless proxied.</param>
/// <param name="Upstream">What the host is spoken to in; the same when nothing is translated, null unless proxied.</param>
/// <param name="Refusal">Why it is refused and what helps; null when it fits.</param>
public sealed record CredentialFit(CredentialUse Use, Dialect? Client, Dialect? Upstream, string? Refusal)
{
    private static CredentialFit Native { get; } = new(CredentialUse.Native, null, null, null);

    /// <summary>Judges a credential that was opened.</summary>
    public static CredentialFit Of(Harness harness, OpenedCredential credential) =>
        Of(harness, credential.Kind, credential.Provider, credential.BaseUrl is null ? null : credential.Dialect);

    /// <summary>Judges a credential by what is sealed in it.</summary>
    /// <param name="harness">The harness.</param>
    /// <param name="kind">What the credential is.</param>
    /// <param name="provider">The preset that it is for; null for the harness's usual one.</param>
    /// <param name="dialect">What the host that it names speaks; null when it names none.</param>
    public static CredentialFit Of(Harness harness, CredentialKind kind, string? provider, Dialect? dialect) => kind switch
    {
        CredentialKind.OAuthToken => harness.OAuthVariable is not null
            ? Native
            : Refused($"{harness.Label} takes no subscription token."),
        CredentialKind.AuthJson => harness.AuthFile is not null
            ? Native
            : Refused($"{harness.Label} has no login file that Gatehouse writes."),
        CredentialKind.ApiKey => OfKey(harness, provider ?? harness.DefaultProvider),
        _ when !harness.Proxied => Refused($"{harness.Label} can't be sent through the gateway to another host. {harness.NativeReason}"),
        _ => dialect is { } spoken ? OfDialects(harness, [spoken], "The credential's host") : Refused("The credential names no host or no dialect."),
    };

    private static CredentialFit OfKey(Harness harness, string? provider)
    {
        if (!harness.Proxied)
        {
            // Its vendor's own key, which only its own program can use.
            return provider == harness.DefaultProvider
                ? Native
                : Refused($"{harness.Label} can't be sent through the gateway to another provider. {harness.NativeReason}");
        }
        if (provider is null)
        {
            return Refused($"The credential does not say whose key it is, and {harness.Label} has no usual provider. Add it with a provider.");
        }
        return ProviderCatalog.Embedded.FindPreset(provider) is { } preset
            ? OfDialects(harness, preset.Endpoints.Select(endpoint => endpoint.Dialect), preset.Label)
            : Refused($"There is no provider preset '{provider}'.");
    }

    private static CredentialFit OfDialects(Harness harness, IEnumerable<Dialect> spoken, string host) =>
        HarnessFit.Between(harness, spoken) is { } fit
            ? new CredentialFit(CredentialUse.Proxied, fit.Client, fit.Upstream, null)
            : Refused($"{host} speaks nothing that {harness.Label} does, and nothing that can be translated for it.");

    private static CredentialFit Refused(string why) => new(CredentialUse.Refused, null, null, why);
}
