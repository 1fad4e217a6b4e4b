using System.Collections.Immutable;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Secrets;

namespace Gatehouse.Control;

/// <summary>A token that was just made, with its text, which can be shown now and never again: only its keyed hash is stored.</summary>
/// <param name="Token">The token.</param>
/// <param name="Text">What callers present.</param>
public sealed record MintedToken(AccessToken Token, Secret Text);

/// <summary>Whose a token is and what it is bound to; null members bind to nothing.</summary>
/// <param name="UserId">The user.</param>
/// <param name="ProjectId">The project.</param>
/// <param name="WorkspaceId">The workspace.</param>
/// <param name="Harness">The harness's name in the catalog.</param>
public sealed record TokenBinding(string? UserId = null, string? ProjectId = null, string? WorkspaceId = null, string? Harness = null);

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

    /// <summary>What is wrong with a list of models that allows none.</summary>
    public const string EmptyModels = "The list of models is empty or holds an empty name: leave it out to allow every model.";

    /// <summary>
    /// Makes a token. <paramref name="models"/> are the models that it may ask for (<c>*</c> for any run of characters); null for all.
    /// <paramref name="scopes"/> must lie within the kind's reach; null means all of that but reading metrics. Names need not be unique,
    /// for
    /// a token is often replaced by one of the same name. Tokens of workspaces are made by <see cref="WorkspaceTokens"/> alone. Members
    /// make client and service tokens for themselves; whoever uses this machine's command line is the actor unless another is given.
    /// </summary>
    public async Task<Edited<MintedToken>> CreateAsync(
        string name,
        TokenKind kind = TokenKind.Client,
        DateTimeOffset? expires = null,
        IReadOnlyList<string>? models = null,
        TokenScopes? scopes = null,
        Actor? actor = null,
        TokenBinding? binding = null,
        CancellationToken cancellation = default)
    {
        if (Refuse(actor ??= Actor.OfThisMachine, kind, binding) is { } refusal)
        {
            return refusal;
        }
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
            return Edited.Refused<MintedToken>(EmptyModels);
        }
        if (scopes is { } wanted && (wanted & ~kind.Reach()) != TokenScopes.None)
        {
            return Edited.Refused<MintedToken>($"A token of kind {kind.Name()} can't have the scope '{(wanted & ~kind.Reach()).Text()}'.");
        }
        var now = clock.Now();
        var (minted, stored) = Mint(hasher, now, name, kind, expires, models, scopes, binding);
        await store.AddAsync(stored, Line(actor, now, "token.create", minted.Token), cancellation);
        return Edited.Done(minted);
    }

    /// <summary>
    /// On the first start makes a client token; null when there has ever been one, even if it was revoked: whoever revoked the last one
    /// did not ask for another.
    /// </summary>
    public async Task<MintedToken?> EnsureFirstClientTokenAsync(CancellationToken cancellation = default)
    {
        var (minted, stored) = Mint(hasher, clock.Now(), FirstClientName, TokenKind.Client, null, null, null, null);
        return await store.AddFirstAsync(stored, cancellation) ? minted : null;
    }

    /// <summary>Every token, oldest first.</summary>
    public async Task<IReadOnlyList<AccessToken>> ListAsync(CancellationToken cancellation = default) =>
        [.. (await store.LoadAsync(cancellation)).Select(stored => stored.Token)];

    /// <summary>
    /// Every token that an actor may see: all of them for administrators, else those that speak for the actor; for a runner the workspace tokens
    /// of its workspace. Oldest first.
    /// </summary>
    public async Task<IReadOnlyList<AccessToken>> ListAsync(Actor actor, CancellationToken cancellation = default) =>
        [.. (await ListAsync(cancellation)).Where(token => actor.WorkspaceId is { } workspace
            ? token.Kind == TokenKind.Workspace && token.WorkspaceId == workspace
            : actor.IsAdmin || (token.UserId is { } owner && actor.MayReach(owner)))];

    /// <summary>
    /// Revokes the token with an id, or the one with a name; of several with that name, those revoked before don't count. A running server
    /// refuses it within a second.
    /// </summary>
    public Task<Edited<AccessToken>> RevokeAsync(string idOrName, CancellationToken cancellation = default) =>
        RevokeAsync(Actor.OfThisMachine, idOrName, cancellation);

    /// <summary>The same for an actor, to whom others' tokens do not exist.</summary>
    public async Task<Edited<AccessToken>> RevokeAsync(Actor actor, string idOrName, CancellationToken cancellation = default)
    {
        var found = Matching(await ListAsync(actor, cancellation), idOrName);
        var open = found.FindAll(token => token.RevokedAt is null);
        if (open.Count != 1)
        {
            return Edited.Refused<AccessToken>(NotOne(idOrName, found, open), found.Count == 0 ? EditRefusal.NotFound : EditRefusal.Conflict);
        }
        var at = clock.Now();
        return await store.RevokeAsync(open[0].Id, at, Line(actor, at, "token.revoke", open[0]), cancellation)
            ? Edited.Done(open[0] with { RevokedAt = at })
            : Edited.Conflict<AccessToken>($"The token '{idOrName}' was revoked by someone else just now.");
    }

    /// <summary>
    /// Moves the end of a token whose text somebody on this machine holds and goes on using: also of one that has expired meanwhile, as it has
    /// when the machine slept. Refused when it was revoked. A running server follows within a second.
    /// </summary>
    public async Task<Edited<AccessToken>> RenewAsync(Actor actor, Guid id, DateTimeOffset expires, CancellationToken cancellation = default)
    {
        var now = clock.Now();
        if (expires <= now) return Edited.Refused<AccessToken>("The token would have expired already: give a time to come.");
        var token = (await ListAsync(cancellation)).FirstOrDefault(one => one.Id == id);
        return token is not null && await store.RenewAsync(id, expires, DateTimeOffset.UnixEpoch, Line(actor, now, "token.renew", token), cancellation)
            ? Edited.Done(token with { ExpiresAt = expires })
            : Edited.Refused<AccessToken>($"The token '{id}' was revoked, or there is none with that id.", EditRefusal.NotFound);
    }

    internal static (MintedToken Minted, StoredToken Stored) Mint(
        TokenHasher hasher,
        DateTimeOffset now,
        string name,
        TokenKind kind,
        DateTimeOffset? expires,
        IReadOnlyList<string>? models,
        TokenScopes? scopes,
        TokenBinding? binding)
    {
        var text = TokenText.Mint(kind);
        var token = new AccessToken
        {
            Id = Guid.CreateVersion7(now),
            Kind = kind,
            Name = name,
            Hint = TokenText.Hint(text),
            UserId = binding?.UserId,
            ProjectId = binding?.ProjectId,
            WorkspaceId = binding?.WorkspaceId,
            Harness = binding?.Harness,
            Scopes = scopes ?? (kind.Reach() & ~TokenScopes.Metrics),
            Models = models?.ToImmutableArray(),
            CreatedAt = now,
            ExpiresAt = expires,
        };
        return (new MintedToken(token, text), new StoredToken(hasher.Hash(text.Utf8), token));
    }

    private static Edited<MintedToken>? Refuse(Actor actor, TokenKind kind, TokenBinding? binding)
    {
        if (kind is TokenKind.Workspace or TokenKind.Runner || binding is { WorkspaceId: not null } or { Harness: not null })
            return Edited.Refused<MintedToken>($"A token of kind {kind.Name()} is made for a workspace only, and only it is bound to one.");
        if (actor.WorkspaceId is not null || (!actor.IsAdmin && kind == TokenKind.Admin))
            return Edited.Forbidden<MintedToken>($"You may not make a token of kind {kind.Name()}.");
        // A project lends its credentials, so binding a token to one is not left to whoever knows its id.
        return actor.IsAdmin || (binding?.UserId == actor.UserId && binding.ProjectId is null)
            ? null
            : Edited.Forbidden<MintedToken>("You may make tokens for yourself only.");
    }

    private static AuditEntry Line(Actor actor, DateTimeOffset now, string action, AccessToken token) => AuditLine.Of(
        actor, now, action, $"token:{token.Id}", token.UserId, ("name", token.Name), ("kind", token.Kind.Name()));

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
