using System.Collections.Frozen;
using Gatehouse.Catalog;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.Gateway.Credentials;

/// <summary>
/// The provider that a user's own credential makes: where it is sent and what is spoken there follow from what is sealed with it, and from
/// nothing that anyone else can edit. Made once per revision, so that its connections are kept between calls. Immutable and thread-safe.
/// </summary>
internal sealed class TenantProvider
{
    private readonly OpenedCredential _credential;
    private readonly string?[] _attributions = new string?[DialectNames.All.Count];
    private ProviderCredential? _ofProject;
    private ProviderCredential? _ofUser;

    private TenantProvider(OpenedCredential credential, Provider provider) => (_credential, Provider) = (credential, provider);

    /// <summary>The provider.</summary>
    public Provider Provider { get; }

    /// <summary>Whether it was made of this very secret, for this preset.</summary>
    public bool IsOf(OpenedCredential credential, string? preset) =>
        credential.Id == _credential.Id && credential.Revision == _credential.Revision && credential.UpdatedAt == _credential.UpdatedAt
        && (credential.Kind != CredentialKind.ApiKey || preset == Provider.Preset);

    /// <summary>The key to lend, told apart by who attached it.</summary>
    public ProviderCredential Key(CredentialSource source) => source == CredentialSource.ProjectAttachment
        ? _ofProject ??= Lent("project", source)
        : _ofUser ??= Lent("user", source);

    /// <summary>To whom usage in a dialect is put down, unless the settings name somebody.</summary>
    public string Attribution(Dialect dialect, HarnessSettings? settings)
    {
        if (settings is { ProviderId: { Length: > 0 } named }) return Attributed(dialect, named);
        return _attributions[(int)dialect] ??= Attributed(dialect, null);
    }

    /// <summary>Makes one; null when the credential leads nowhere that it could be sent, with the reason in words.</summary>
    /// <param name="credential">An opened credential of a kind that may be sent.</param>
    /// <param name="preset">The preset of a bare API key; null when none is known.</param>
    /// <param name="privateHosts">The private hosts that the operator opened.</param>
    /// <param name="why">Why there is none.</param>
    public static TenantProvider? Make(
        OpenedCredential credential, string? preset, IReadOnlyCollection<string> privateHosts, out string why)
    {
        (Preset? Preset, ProviderEndpoint[] Endpoints) place = credential.Kind switch
        {
            // A bare key goes where its preset is; one with an address beside it was not made by us.
            CredentialKind.ApiKey when credential.BaseUrl is null => OfPreset(preset),
            CredentialKind.OpenAiCompatible when credential.BaseUrl is { } at && credential.Dialect != Dialect.Anthropic =>
                OfAddress(at, credential.Dialect ?? Dialect.OpenAiChat, AuthStyle.Bearer),
            CredentialKind.AnthropicCompatible when credential.BaseUrl is { } at && credential.Dialect is null or Dialect.Anthropic =>
                OfAddress(at, Dialect.Anthropic, AuthStyle.XApiKey),
            _ => (null, []),
        };
        why = "It names no provider that Gatehouse knows how to call.";
        if (place.Endpoints.Length == 0) return null;
        foreach (var endpoint in place.Endpoints)
        {
            if (TenantAddress.Read(endpoint.BaseAddress.OriginalString, endpoint.Dialect, privateHosts).Fault is not { } refusal) continue;
            why = refusal;
            return null;
        }

        return new TenantProvider(credential, new Provider
        {
            Name = Provider.TenantPrefix + credential.Id,
            Preset = place.Preset?.Name,
            Source = Provider.TenantSource,
            Label = credential.Name,
            Endpoints = place.Endpoints.ToFrozenDictionary(e => e.Dialect),
            AllowPrivateNetwork = place.Endpoints.All(e => TenantAddress.IsOpened(e.BaseAddress, privateHosts)),
            RequestUsage = place.Preset?.IncludeUsage ?? true,
            Edits = [.. (place.Preset?.Edits ?? []).SelectMany(name => ProviderCatalog.Embedded.FindEdits(name))
                .Where(edit => place.Endpoints.Any(e => e.Dialect == edit.Dialect))],
        });
    }

    private static (Preset?, ProviderEndpoint[]) OfPreset(string? name)
    {
        var preset = name is null ? null : ProviderCatalog.Embedded.FindPreset(name);
        return (preset, preset is null ? [] : [.. preset.Endpoints.Select(e => new ProviderEndpoint(e.Dialect, e.BaseAddress, e.Auth))]);
    }

    // A host that a preset describes is treated as the preset says, whoever wrote its address down.
    private static (Preset?, ProviderEndpoint[]) OfAddress(Uri address, Dialect dialect, AuthStyle auth)
    {
        var at = new Uri(address.AbsoluteUri.TrimEnd('/'));
        var known = ProviderCatalog.Embedded.FindPreset(ProviderAttribution.Of(ProviderCatalog.Embedded, dialect, at).Id);
        var same = known?.Endpoints.FirstOrDefault(e => e.Dialect == dialect && e.BaseAddress == at);
        return (same is null ? null : known, [new ProviderEndpoint(dialect, at, same?.Auth ?? auth)]);
    }

    private string Attributed(Dialect dialect, string? named) =>
        ProviderAttribution.Of(ProviderCatalog.Embedded, dialect, Provider.Endpoints[dialect].BaseAddress, named).Id;

    private ProviderCredential Lent(string owner, CredentialSource source) => new()
    {
        Id = _credential.Id,
        Provider = Provider.Name,
        Source = source.Name(),
        Owner = owner,
        Secret = _credential.Secret!,
    };
}
