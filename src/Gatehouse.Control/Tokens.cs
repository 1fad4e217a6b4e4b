using System.Collections.Immutable;
using Gatehouse.Gateway.Access;
using Gatehouse.Secrets;

namespace Gatehouse.Control;

/// <summary>A token that was just made, with its text, which can be shown now and never again: only its keyed hash is stored.</summary>
/// <param name="Token">The token.</param>
/// <param name="Text">What callers present.</param>
public sealed record MintedToken(AccessToken Token, Secret Text);

/// <summary>
/// Makes, lists and revokes access tokens. Works on the store, whether or not a server runs on it; a running one notices by itself within a
/// second. Thread-safe.
/// </summary>
public sealed class Tokens(AccessStore store, TokenHasher hasher, TimeProvider clock)
{
    /// <summary>
    /// The name of the token that the first start makes, and of the one that anonymous requests act as unless told otherwise.
    /// </summary>
    public const string FirstClientName = "default";

    /// <summary>
    /// Makes a token. <paramref name="models"/> are the models that it may ask for (<c>*</c> for any run of characters); null for all.
    /// <paramref name="scopes"/> must lie within the kind's reach; null means all of that but reading metrics. Names need not be unique,
    /// for
    /// a token is often replaced by one of the same name.
    /// </summary>
    public async Task<Edited<MintedToken>> CreateAsync(
        string name,
        TokenKind kind = TokenKind.Client,
        DateTimeOffset? expires = null,
        IReadOnlyList<string>? models = null,
        TokenScopes? scopes = null,
        CancellationToken cancellation = default)
    {
        if (GivenName.Fault(name) is { } fault)
        {
            return Edited.Refused<MintedToken>(fault);
        }
        if (expires <= clock.GetUtcNow())
        {
            return Edited.Refused<MintedToken>("The token would have expired already: give a time to come.");
        }
        if (models is { Count: 0 } || models?.Any(string.IsNullOrWhiteSpace) == true)
        {
            return Edited.Refused<MintedToken>("The list of models is empty or holds an empty name: leave it out to allow every model.");
        }
        if (scopes is { } wanted && (wanted & ~kind.Reach()) != TokenScopes.None)
        {
            return Edited.Refused<MintedToken>($"A token of kind {kind.Name()} can't have the scope '{(wanted & ~kind.Reach()).Text()}'.");
        }
        var (minted, stored) = Mint(name, kind, expires, models, scopes);
        await store.AddAsync(stored, cancellation);
        return Edited.Done(minted);
    }

    /// <summary>
    /// On the first start makes a client token; null when there has ever been one, even if it was revoked: whoever revoked the last one
    /// did not ask for another.
    /// </summary>
    public async Task<MintedToken?> EnsureFirstClientTokenAsync(CancellationToken cancellation = default)
    {
        var (minted, stored) = Mint(FirstClientName, TokenKind.Client, null, null, null);
        return await store.AddFirstAsync(stored, cancellation) ? minted : null;
    }

    /// <summary>Every token, oldest first.</summary>
    public async Task<IReadOnlyList<AccessToken>> ListAsync(CancellationToken cancellation = default) =>
        [.. (await store.LoadAsync(cancellation)).Select(stored => stored.Token)];

    /// <summary>
    /// Revokes the token with an id, or the one with a name; of several with that name, those revoked before don't count. A running server
    /// refuses it within a second.
    /// </summary>
    public async Task<Edited<AccessToken>> RevokeAsync(string idOrName, CancellationToken cancellation = default)
    {
        var found = Matching(await ListAsync(cancellation), idOrName);
        var open = found.FindAll(token => token.RevokedAt is null);
        if (open.Count != 1)
        {
            return Edited.Refused<AccessToken>(NotOne(idOrName, found, open));
        }
        var at = Now();
        return await store.RevokeAsync(open[0].Id, at, cancellation)
            ? Edited.Done(open[0] with { RevokedAt = at })
            : Edited.Refused<AccessToken>($"The token '{idOrName}' was revoked by someone else just now.");
    }

    private (MintedToken Minted, StoredToken Stored) Mint(
        string name, TokenKind kind, DateTimeOffset? expires, IReadOnlyList<string>? models, TokenScopes? scopes)
    {
        var now = Now();
        var text = TokenText.Mint(kind);
        var token = new AccessToken
        {
            Id = Guid.CreateVersion7(now),
            Kind = kind,
            Name = name,
            Hint = TokenText.Hint(text),
            Scopes = scopes ?? (kind.Reach() & ~TokenScopes.Metrics),
            Models = models?.ToImmutableArray(),
            CreatedAt = now,
            ExpiresAt = expires,
        };
        return (new MintedToken(token, text), new StoredToken(hasher.Hash(text.Utf8), token));
    }

    // To the millisecond, as the store keeps it, so that what is returned is what will be read.
    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());

    private static List<AccessToken> Matching(IReadOnlyList<AccessToken> tokens, string idOrName)
    {
        var byId = Guid.TryParse(idOrName, out var id) ? tokens.Where(token => token.Id == id).ToList() : [];
        return byId.Count > 0 ? byId : [.. tokens.Where(token => token.Name == idOrName)];
    }

    private static string NotOne(string asked, List<AccessToken> found, List<AccessToken> open) => (found.Count, open.Count) switch
    {
        (0, _) => $"There is no token with the id or name '{asked}'. 'gatehouse token list' shows them.",
        (_, 0) => $"The token '{asked}' is revoked already.",
        _ => GivenName.Ambiguous(
            "tokens", asked, open.Select(token => $"{token.Id}  {token.Hint}  made {token.CreatedAt:yyyy-MM-dd HH:mm} UTC")),
    };
}
