using Gatehouse.Secrets;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Gateway.Access;

/// <summary>
/// Decides whose request it is. Tokens are looked up in memory by their keyed hash, at the cost of one HMAC per connection and no allocation;
/// only a well-formed token that is not there makes a request wait for the store, once and briefly. Thread-safe.
/// </summary>
internal sealed class Authenticator(
    Live<TokenTable> tokens, TokenHasher hasher, TokenLookup lookup, Live<AccessOptions> options, TimeProvider clock)
{
    private readonly TokenMemo _memo = new();

    /// <summary>Authenticates a request for a door that <paramref name="scope"/> opens; the data plane's when not told otherwise.</summary>
    /// <param name="request">The request.</param>
    /// <param name="scope">What the door needs.</param>
    /// <param name="inPath">
    /// The token that stood in the path, where one has its place there. Only a workspace's short-lived token may: whatever lies between a
    /// caller and here writes paths down. Who gives none that is good is not anonymous either.
    /// </param>
    public ValueTask<AuthResult> AuthenticateAsync(HttpRequest request, TokenScopes scope = TokenScopes.Proxy, PathToken? inPath = null)
    {
        var only = inPath is null ? PresentedToken.OnlyHeader(request.Headers) : null;
        if (only is not null && _memo.TryFind(only, out var remembered) && tokens.Current.Find(remembered) is { } same)
        {
            return new ValueTask<AuthResult>(Judge(same, scope));
        }
        var presented = PresentedToken.Read(request.Headers, inPath);
        if (presented.Outcome != AuthOutcome.Ok)
        {
            return new ValueTask<AuthResult>(WithoutToken(request, presented.Outcome, scope, inPath is not null));
        }
        var hash = presented.Hash(hasher);
        if (tokens.Current.Find(hash) is not { } token)
        {
            return LookUpAsync(request, hash, scope, inPath is not null);
        }
        if (only is not null)
        {
            _memo.Keep(only, hash);
        }
        return new ValueTask<AuthResult>(Judge(token, scope, inPath is not null));
    }

    /// <summary>Whether a token that let a request in still lets it go on later.</summary>
    public TokenRight RightOf(AccessToken token) => new(tokens, token, clock);

    private async ValueTask<AuthResult> LookUpAsync(HttpRequest request, TokenHash hash, TokenScopes scope, bool inPath)
    {
        var found = await lookup.FindAsync(hash);
        return found switch
        {
            { Known: false } => new AuthResult(AuthOutcome.StoreUnavailable, null, AuthMessages.StoreUnavailable),
            { Token: { } token } => Judge(token, scope, inPath),
            _ => WithoutToken(request, AuthOutcome.Unknown, scope, inPath),
        };
    }

    private AuthResult Judge(AccessToken token, TokenScopes scope, bool inPath = false)
    {
        if (token.RevokedAt is not null)
        {
            return new AuthResult(AuthOutcome.Revoked, token, AuthMessages.Revoked(token));
        }
        if (token.ExpiresAt is { } end && clock.GetUtcNow() >= end)
        {
            return new AuthResult(AuthOutcome.Expired, token, AuthMessages.Expired(token));
        }
        if ((token.Kind.Reach() & scope) != scope)
        {
            return new AuthResult(AuthOutcome.WrongKind, token, AuthMessages.WrongKind(token));
        }
        if (inPath && token.Kind != TokenKind.Workspace)
        {
            return new AuthResult(AuthOutcome.WrongKind, token, AuthMessages.NotInPath(token));
        }
        return (token.Scopes & scope) == scope
            ? new AuthResult(AuthOutcome.Ok, token, "")
            : new AuthResult(AuthOutcome.WrongScope, token, AuthMessages.WrongScope(token, scope));
    }

    // No usable token of ours: refused, unless it may act as the named client. Two tokens stay refused even then, for whoever sent them
    // meant one of them.
    private AuthResult WithoutToken(HttpRequest request, AuthOutcome outcome, TokenScopes scope, bool inPath)
    {
        if (inPath || outcome == AuthOutcome.TwoTokens || options.Current.AnonymousLoopback is not { } name || !AnonymousLoopback.IsLocal(request))
        {
            return new AuthResult(outcome, null, AuthMessages.For(outcome));
        }
        if (AnonymousLoopback.MayBeWebPage(request))
        {
            return new AuthResult(AuthOutcome.AnonymousRefused, null, AuthMessages.AnonymousRefused);
        }
        return tokens.Current.FindClient(name) is { } token
            ? Judge(token, scope)
            : new AuthResult(outcome, null, AuthMessages.NoAnonymousToken(name));
    }
}
