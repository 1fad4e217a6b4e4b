using Gatehouse.Dialects;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Secrets;

namespace Gatehouse.Control;

/// <summary>A user's credential as people see it: everything but the secret. Immutable.</summary>
/// <param name="Id">Its id, as in the ledger.</param>
/// <param name="OwnerId">The user that it belongs to.</param>
/// <param name="Name">What its owner calls it.</param>
/// <param name="Kind">What it is.</param>
/// <param name="IsActive">Whether it may be used.</param>
/// <param name="Mask"><c>...</c> and the last four characters, or <c>set</c> for one that is too short to spare them.</param>
/// <param name="Provider">The preset that it is for, or null.</param>
/// <param name="BaseUrl">The host that it is for, or null. Sealed with the secret; to change it, give the secret again.</param>
/// <param name="Dialect">What that host speaks, or null.</param>
/// <param name="CreatedAt">When it was added.</param>
/// <param name="UpdatedAt">When it was last changed.</param>
/// <param name="Revision">Counts its secrets, from 1.</param>
/// <param name="Opens">Whether its row is intact; false when it was altered, and its secret must be replaced.</param>
/// <param name="Warnings">What was noticed when its secret was given just now; empty in lists.</param>
public sealed record CredentialEntry(
    string Id,
    string OwnerId,
    string Name,
    CredentialKind Kind,
    bool IsActive,
    string Mask,
    string? Provider,
    Uri? BaseUrl,
    Dialect? Dialect,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    long Revision,
    bool Opens,
    IReadOnlyList<string> Warnings)
{
    internal static CredentialEntry Of(OwnedCredential row, KeyRing ring, IReadOnlyList<string>? warnings = null)
    {
        var opened = row.Open(ring);
        return new CredentialEntry(
            row.Id, row.OwnerId, row.Name, row.Kind, row.IsActive, row.Hint.Length > 0 ? $"...{row.Hint}" : "set", opened.Provider,
            opened.BaseUrl, opened.Dialect, row.CreatedAt, row.UpdatedAt, row.Revision, opened.Secret is not null, warnings ?? []);
    }
}

/// <summary>What a person gives for a credential. A class, so that nothing prints it.</summary>
public sealed class NewCredential
{
    /// <summary>
    /// What a secret surely or most likely is, for whoever does not know the kinds: a login file by its form, a subscription's token by its prefix, a
    /// key for a host of its own when one is named, else a provider's key.
    /// </summary>
    public static CredentialKind KindOf(Secret secret, string? baseUrl, Dialect? dialect)
    {
        ArgumentNullException.ThrowIfNull(secret);
        if (baseUrl is not null) return dialect == Dialects.Dialect.Anthropic ? CredentialKind.AnthropicCompatible : CredentialKind.OpenAiCompatible;
        var text = secret.Reveal().AsSpan().TrimStart();
        return text.StartsWith("{") ? CredentialKind.AuthJson
            : text.StartsWith(CredentialFormat.TokenPrefix, StringComparison.Ordinal) ? CredentialKind.OAuthToken : CredentialKind.ApiKey;
    }

    /// <summary>What to call it.</summary>
    public required string Name { get; init; }

    /// <summary>What it is.</summary>
    public required CredentialKind Kind { get; init; }

    /// <summary>The key, token or login file.</summary>
    public required Secret Secret { get; init; }

    /// <summary>For an API key: the preset whose it is; null when that follows from the key or from the harness.</summary>
    public string? Provider { get; init; }

    /// <summary>For the compatible kinds: the host, as of a provider's base URL.</summary>
    public string? BaseUrl { get; init; }

    /// <summary>For the compatible kinds: what the host speaks; null for the kind's usual one.</summary>
    public Dialect? Dialect { get; init; }
}

/// <summary>What is to be changed of a credential besides its secret; null members stay.</summary>
public sealed record CredentialChange
{
    /// <summary>Another name.</summary>
    public string? Name { get; init; }

    /// <summary>Whether it may be used.</summary>
    public bool? IsActive { get; init; }
}
