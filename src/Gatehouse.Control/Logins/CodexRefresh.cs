using System.Collections.Immutable;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Secrets;

namespace Gatehouse.Control.Logins;

/// <summary>How a refresh of a Codex login ended. The values are the statuses that the harness is answered with.</summary>
internal enum RefreshStatus
{
    /// <summary>Refreshed, or answered from what is stored.</summary>
    Ok = 200,

    /// <summary>The request can't be taken.</summary>
    Invalid = 400,

    /// <summary>The vendor refused: the person has to log in again.</summary>
    Refused = 401,

    /// <summary>There is no login to refresh.</summary>
    NotFound = 404,

    /// <summary>Refreshed too often.</summary>
    TooMany = 429,

    /// <summary>The vendor can't be reached, or answered with what was not expected.</summary>
    BadGateway = 502,

    /// <summary>Another refresh of the same login took too long.</summary>
    LateGateway = 504,
}

/// <summary>What a refresh came to. A class, so that nothing prints it.</summary>
internal sealed class RefreshResult
{
    /// <summary>How it ended.</summary>
    public required RefreshStatus Status { get; init; }

    /// <summary>The access token; null unless it ended well.</summary>
    public Secret? AccessToken { get; init; }

    /// <summary>The id token, where there is one.</summary>
    public Secret? IdToken { get; init; }

    /// <summary>The refresh token; null also when the one presented is long used up: whoever holds it gets no newer one.</summary>
    public Secret? RefreshToken { get; init; }

    /// <summary>Whether the refresh token presented was used up.</summary>
    public bool Stale { get; init; }

    /// <summary>The vendor's or our word for what went wrong; null when it ended well.</summary>
    public string? Error { get; init; }

    /// <summary>The same in a sentence, which holds no token.</summary>
    public string? Description { get; init; }

    /// <summary>In how many seconds to come again; null unless there were too many.</summary>
    public int? RetryAfterSeconds { get; init; }
}

/// <summary>What the vendor answered. A class, so that nothing prints it.</summary>
internal sealed class VendorAnswer
{
    /// <summary>Its status; 0 when it did not answer.</summary>
    public required int Status { get; init; }

    /// <summary>The new access token.</summary>
    public string? AccessToken { get; init; }

    /// <summary>The new id token.</summary>
    public string? IdToken { get; init; }

    /// <summary>The new refresh token; null leaves the old one in force.</summary>
    public string? RefreshToken { get; init; }

    /// <summary>The scopes that the new tokens have; null when it is no text or missing.</summary>
    public string? Scope { get; init; }

    /// <summary>Whether the member for the scopes was there and no text.</summary>
    public bool ScopeIsUnreadable { get; init; }

    /// <summary>The vendor's word for what went wrong.</summary>
    public string? Error { get; init; }

    /// <summary>The vendor's sentence for it.</summary>
    public string? Description { get; init; }
}

/// <summary>Calls the vendor with a refresh token.</summary>
/// <param name="refreshToken">The token.</param>
/// <param name="cancellation">Ends the call.</param>
internal delegate Task<VendorAnswer> VendorCall(Secret refreshToken, CancellationToken cancellation);

/// <summary>The rules of refreshing. Immutable.</summary>
internal sealed record RefreshRules
{
    /// <summary>The scopes that new tokens may have; null checks none. Others mean that somebody else's answer came, and nothing is kept of it.</summary>
    public ImmutableHashSet<string>? Scopes { get; init; } = ["openid", "profile", "email", "offline_access", "api.connectors.read", "api.connectors.invoke"];

    /// <summary>How many calls to the vendor a login may cause in an hour.</summary>
    public int CallsPerHour { get; init; } = 30;

    /// <summary>For how long a refresh token that was just used up still gets the whole new set: two programs may hold the same file.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long the vendor may take.</summary>
    public TimeSpan VendorLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one may wait for another refresh of the same login, at this gateway or another.</summary>
    public TimeSpan LockLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The rules with what is configured.</summary>
    public static RefreshRules Of(CodexRefreshConfig config)
    {
        var rules = new RefreshRules { VendorLimit = config.VendorLimit, LockLimit = config.WaitLimit };
        return config.Scopes is { } scopes ? rules with { Scopes = scopes.IsEmpty ? null : [.. scopes] } : rules;
    }
}
