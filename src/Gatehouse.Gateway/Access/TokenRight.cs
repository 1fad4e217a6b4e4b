namespace Gatehouse.Gateway.Access;

/// <summary>
/// Whether the token that let an exchange in still lets it go on: an answer may run for minutes, and a token that was revoked meanwhile must
/// not. Asks the snapshot in force, so that a renewed expiry counts too. A value to be asked now and then; thread-safe.
/// </summary>
/// <param name="Tokens">The tokens in force.</param>
/// <param name="Token">The token as it was when it let the exchange in.</param>
/// <param name="Clock">Tells whether it has expired.</param>
internal readonly record struct TokenRight(Live<TokenTable>? Tokens, AccessToken? Token, TimeProvider? Clock)
{
    /// <summary>Why it does not hold any longer, for the caller; null while it does.</summary>
    public string? Ended
    {
        get
        {
            if (Token is null || Tokens is null) return null;
            // One that is not in the snapshot yet was looked up in the store a moment ago.
            var now = Tokens.Current.FindById(Token.Id) ?? Token;
            if (now.RevokedAt is not null) return AuthMessages.Revoked(now);
            return now.ExpiresAt is { } end && Clock!.GetUtcNow() >= end ? AuthMessages.Expired(now) : null;
        }
    }
}
