using Microsoft.AspNetCore.Http;

namespace Gatehouse.Gateway.Access;

/// <summary>What asking for a token came to.</summary>
public enum AuthOutcome : byte
{
    /// <summary>Known and usable.</summary>
    Ok,

    /// <summary>No token was presented.</summary>
    Missing,

    /// <summary>What was presented is none of ours.</summary>
    Unknown,

    /// <summary>It begins like one of ours but was cut off or mistyped.</summary>
    Malformed,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>It was revoked.</summary>
    Revoked,

    /// <summary>Its kind does not open this door.</summary>
    WrongKind,

    /// <summary>Its scopes do not cover this door.</summary>
    WrongScope,

    /// <summary>Two different Gatehouse tokens were presented.</summary>
    TwoTokens,

    /// <summary>It would have been let in without a token, but may come from a web page.</summary>
    AnonymousRefused,

    /// <summary>Whether the token exists could not be found out in time.</summary>
    StoreUnavailable,
}

/// <summary>The outcome of an authentication. Only <see cref="AuthOutcome.Ok"/> carries a token to go on with.</summary>
/// <param name="Outcome">What it came to.</param>
/// <param name="Token">
/// The identity when the outcome is Ok; for expired, revoked and wrong kind or scope the token in question, for the ledger; else null.
/// </param>
/// <param name="Message">For the caller: what is wrong and what to do. Never holds what was presented. Empty when Ok.</param>
internal readonly record struct AuthResult(AuthOutcome Outcome, AccessToken? Token, string Message)
{
    /// <summary>Whether the request may go on.</summary>
    public bool IsOk => Outcome == AuthOutcome.Ok;

    /// <summary>The HTTP status to answer with: 200 when Ok; 401, 403, or 503 when the store could not be asked.</summary>
    public int Status => Outcome switch
    {
        AuthOutcome.Ok => StatusCodes.Status200OK,
        AuthOutcome.WrongKind or AuthOutcome.WrongScope or AuthOutcome.AnonymousRefused => StatusCodes.Status403Forbidden,
        AuthOutcome.StoreUnavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status401Unauthorized,
    };
}
