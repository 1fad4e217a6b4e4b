using Gatehouse.Secrets;

namespace Gatehouse.Gateway.Credentials;

/// <summary>A provider key that requests may be sent with, the platform's or a user's own. Immutable and thread-safe.</summary>
public sealed class ProviderCredential
{
    private CredentialMask? _mask;

    /// <summary>Its id in the ledger: the vault row's id, <c>env:NAME</c>, or <c>login:claude</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The provider that it belongs to.</summary>
    public required string Provider { get; init; }

    /// <summary>Where it comes from: <c>env</c>, <c>vault</c>, <c>login</c>, or the attachment that leads to a user's own (<c>user-attachment</c> …).</summary>
    public required string Source { get; init; }

    /// <summary>Whose it is: <c>platform</c>, <c>user</c> or <c>project</c>.</summary>
    public string Owner { get; init; } = "platform";

    /// <summary>The key itself.</summary>
    public required Secret Secret { get; init; }

    /// <summary>
    /// Whether it is a person's login of the <c>claude</c> program and no key: presented as a bearer token with the vendor's OAuth flag, whatever the
    /// endpoint's style.
    /// </summary>
    public bool IsLogin { get; init; }

    /// <summary>Where a platform's key comes from, in words: <c>the vault</c>, <c>ANTHROPIC_API_KEY</c>, <c>the claude program's login</c>.</summary>
    public string Origin => Source switch
    {
        "vault" => "the vault",
        "login" => "the claude program's login",
        _ => Id.StartsWith("env:", StringComparison.Ordinal) ? Id[4..] : Id,
    };

    /// <summary>Masks this key in what goes back to a client; made at first need and kept, for it holds nothing but the key.</summary>
    public CredentialMask Mask => _mask ??= new CredentialMask(Secret);
}
