using System.Collections.Immutable;
using Gatehouse.Gateway.Routing;
using Gatehouse.Secrets;

namespace Gatehouse.Gateway.Access;

/// <summary>
/// An access token as requests see it: who it speaks for and what it may do. Neither its text nor its hash is part of it, so it may be
/// shown. Immutable; a change is a new snapshot of the whole table.
/// </summary>
public sealed record AccessToken
{
    private readonly Glob[]? _patterns;

    /// <summary>UUIDv7; what the ledger records.</summary>
    public required Guid Id { get; init; }

    /// <summary>What it is for.</summary>
    public required TokenKind Kind { get; init; }

    /// <summary>The name that a person gave it; need not be unique.</summary>
    public required string Name { get; init; }

    /// <summary>Its prefix and last four characters, to tell tokens apart in a list.</summary>
    public string Hint { get; init; } = "";

    /// <summary>Its owner; null for the platform's own.</summary>
    public string? UserId { get; init; }

    /// <summary>The project that it is bound to, or null.</summary>
    public string? ProjectId { get; init; }

    /// <summary>The workspace that it is bound to, or null.</summary>
    public string? WorkspaceId { get; init; }

    /// <summary>The harness that it serves, by its name in the catalog; null when it is not bound to one.</summary>
    public string? Harness { get; init; }

    /// <summary>What it may be used for, within the reach of its kind.</summary>
    public TokenScopes Scopes { get; init; } = TokenScopes.Proxy;

    /// <summary>The models that it may ask for, <c>*</c> matching any run of characters as in routes; null when every model.</summary>
    public ImmutableArray<string>? Models
    {
        get;
        init
        {
            field = value;
            _patterns = value is { } models ? [.. models.Select(model => new Glob(model))] : null;
        }
    }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>From when on it is refused; null when never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was revoked, or null.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>When it was last used, to the minute; null when never.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>The family of the client that last used it, such as <c>claude-cli</c>.</summary>
    public string? LastClient { get; init; }

    /// <summary>Whether it may ask for a model, by the name that the caller gives.</summary>
    public bool AllowsModel(string model)
    {
        if (_patterns is not { } patterns)
        {
            return true;
        }
        foreach (var pattern in patterns)
        {
            if (pattern.IsMatch(model))
            {
                return true;
            }
        }
        return false;
    }
}

/// <summary>A token with the hash that it is found by.</summary>
/// <param name="Hash">The keyed hash of its text.</param>
/// <param name="Token">What it stands for.</param>
public sealed record StoredToken(TokenHash Hash, AccessToken Token);
