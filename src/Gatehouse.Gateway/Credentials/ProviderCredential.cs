using Gatehouse.Secrets;

namespace Gatehouse.Gateway.Credentials;

/// <summary>A provider key that requests may be sent with; the platform owns it. Immutable and thread-safe.</summary>
public sealed class ProviderCredential
{
    private CredentialMask? _mask;

    /// <summary>Its id in the ledger: the vault row's id, or <c>env:NAME</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The provider that it belongs to.</summary>
    public required string Provider { get; init; }

    /// <summary>Where it comes from: <c>env</c> or <c>vault</c>.</summary>
    public required string Source { get; init; }

    /// <summary>The key itself.</summary>
    public required Secret Secret { get; init; }

    /// <summary>Masks this key in what goes back to a client; made at first need and kept, for it holds nothing but the key.</summary>
    public CredentialMask Mask => _mask ??= new CredentialMask(Secret);
}
