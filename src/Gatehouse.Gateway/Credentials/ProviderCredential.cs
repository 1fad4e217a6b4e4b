using Gatehouse.Secrets;

namespace Gatehouse.Gateway.Credentials;

/// <summary>A provider key that requests may be sent with, the platform's or a user's own. Immutable and thread-safe.</summary>
public sealed class ProviderCredential
{
    private CredentialMask? _mask;

    /// <summary>Its id in the ledger: the vault row's id, or <c>env:NAME</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The provider that it belongs to.</summary>
    public required string Provider { get; init; }

    /// <summary>Where it comes from: <c>env</c>, <c>vault</c>, or the attachment that leads to a user's own (<c>user-attachment</c> …).</summary>
    public required string Source { get; init; }

    /// <summary>Whose it is: <c>platform</c>, <c>user</c> or <c>project</c>.</summary>
    public string Owner { get; init; } = "platform";

    /// <summary>The key itself.</summary>
    public required Secret Secret { get; init; }

    /// <summary>Masks this key in what goes back to a client; made at first need and kept, for it holds nothing but the key.</summary>
    public CredentialMask Mask => _mask ??= new CredentialMask(Secret);
}
