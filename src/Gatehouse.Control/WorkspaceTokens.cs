using Gatehouse.Catalog;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Secrets;

namespace Gatehouse.Control;

/// <summary>
/// Makes and renews the tokens of workspaces: the workspace token, with which a harness calls models and can do nothing else, and the runner
/// token, with which the program that looks after one workspace does that and can call no model. Both end when the workspace stops.
/// Thread-safe.
/// </summary>
public sealed class WorkspaceTokens(AccessStore tokens, TenantStore tenants, TokenHasher hasher, TimeProvider clock)
{
    /// <summary>How long a workspace token is good for unless told otherwise.</summary>
    public static TimeSpan DefaultLifetime { get; } = TimeSpan.FromHours(2);

    /// <summary>The longest that a workspace token may be good for, from when it is made or renewed.</summary>
    public static TimeSpan LongestLifetime { get; } = TimeSpan.FromHours(24);

    /// <summary>How long a runner token is good for, from when it is made or was last used to renew.</summary>
    public static TimeSpan RunnerLifetime { get; } = TimeSpan.FromDays(7);

    /// <summary>Makes a workspace token for a harness.</summary>
    /// <param name="actor">Who asks; a runner may ask for its own workspace.</param>
    /// <param name="workspaceId">The workspace's id.</param>
    /// <param name="harness">The harness's name.</param>
    /// <param name="lifetime">How long it is good for; null for <see cref="DefaultLifetime"/>.</param>
    /// <param name="models">The models that it may ask for; null for all.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    public async Task<Edited<MintedToken>> IssueAsync(
        Actor actor,
        string workspaceId,
        string harness,
        TimeSpan? lifetime = null,
        IReadOnlyList<string>? models = null,
        CancellationToken cancellation = default)
    {
        if (HarnessCatalog.Embedded.Find(harness) is not { } known) return Edited.Refused<MintedToken>($"There is no harness '{harness}'.");
        if (!known.Proxied) return Edited.Refused<MintedToken>($"{known.Label} can't be served by the gateway. {known.NativeReason}");
        var wanted = lifetime ?? DefaultLifetime;
        if (LifetimeFault(wanted) is { } fault) return Edited.Refused<MintedToken>(fault);
        if (models is { Count: 0 } || models?.Any(string.IsNullOrWhiteSpace) == true) return Edited.Refused<MintedToken>(Tokens.EmptyModels);
        var found = await RunningAsync(actor, workspaceId, cancellation);
        return found.Value is not { } workspace
            ? found.As<MintedToken>()
            : await AddAsync(actor, workspace, TokenKind.Workspace, known.Name, wanted, models, cancellation);
    }

    /// <summary>Makes a runner token. Not for runners: who has one can't make another.</summary>
    public async Task<Edited<MintedToken>> IssueRunnerAsync(Actor actor, string workspaceId, CancellationToken cancellation = default)
    {
        if (actor.WorkspaceId is not null) return Edited.Forbidden<MintedToken>("A runner does not make runner tokens.");
        var found = await RunningAsync(actor, workspaceId, cancellation);
        return found.Value is not { } workspace
            ? found.As<MintedToken>()
            : await AddAsync(actor, workspace, TokenKind.Runner, null, RunnerLifetime, null, cancellation);
    }

    /// <summary>
    /// Moves the expiry of a workspace token, whose text stays, so that a running harness goes on. Refused once it is revoked or expired, or
    /// its workspace stopped. When a runner asks, its own token is renewed with it. An expiry is never moved nearer.
    /// </summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="tokenId">The token's id.</param>
    /// <param name="lifetime">How long from now; null for <see cref="DefaultLifetime"/>.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    public async Task<Edited<AccessToken>> RenewAsync(
        Actor actor, Guid tokenId, TimeSpan? lifetime = null, CancellationToken cancellation = default)
    {
        var wanted = lifetime ?? DefaultLifetime;
        if (LifetimeFault(wanted) is { } fault) return Edited.Refused<AccessToken>(fault);
        var token = (await tokens.LoadAsync(cancellation)).Find(one => one.Token.Id == tokenId)?.Token;
        if (token is not { Kind: TokenKind.Workspace, WorkspaceId: { } workspaceId }) return Missing(tokenId);
        var found = await RunningAsync(actor, workspaceId, cancellation);
        if (found.Value is null) return found.Refusal == EditRefusal.NotFound ? Missing(tokenId) : found.As<AccessToken>();
        var now = clock.Now();
        var expires = token.ExpiresAt is { } end && end > now + wanted ? end : now + wanted;
        var audit = AuditLine.Of(
            actor, now, "token.renew", $"token:{token.Id}", token.UserId, ("workspace", workspaceId), ("harness", token.Harness), ("expires", $"{expires:O}"));
        if (!await tokens.RenewAsync(token.Id, expires, now, audit, cancellation))
            return Edited.Conflict<AccessToken>("This workspace token is revoked or has expired. Ask for another one.");
        if (actor.WorkspaceId is not null && actor.TokenId is { } runner)
            await tokens.RenewAsync(runner, now + RunnerLifetime, now, cancellation: cancellation);
        return Edited.Done(token with { ExpiresAt = expires });
    }

    private async Task<Edited<Workspace>> RunningAsync(Actor actor, string workspaceId, CancellationToken cancellation)
    {
        var workspace = (await tenants.WorkspacesAsync(cancellation)).Find(one => one.Id == workspaceId);
        if (workspace is null || !Workspaces.MayReach(actor, workspace)) return Edited.Missing<Workspace>("workspace", workspaceId);
        return workspace.StoppedAt is null ? Edited.Done(workspace) : Stopped(workspace);
    }

    private async Task<Edited<MintedToken>> AddAsync(
        Actor actor,
        Workspace workspace,
        TokenKind kind,
        string? harness,
        TimeSpan lifetime,
        IReadOnlyList<string>? models,
        CancellationToken cancellation)
    {
        var now = clock.Now();
        var binding = new TokenBinding(workspace.UserId, workspace.ProjectId, workspace.Id, harness);
        var name = harness is null ? $"{workspace.Name} (runner)" : $"{workspace.Name} ({harness})";
        var (minted, stored) = Tokens.Mint(hasher, now, name, kind, now + lifetime, models, null, binding);
        var audit = AuditLine.Of(
            actor, now, "token.create", $"token:{minted.Token.Id}", workspace.UserId, ("kind", kind.Name()), ("workspace", workspace.Id),
            ("harness", harness));
        return await tokens.AddForWorkspaceAsync(stored, audit, cancellation) ? Edited.Done(minted) : Stopped(workspace).As<MintedToken>();
    }

    private static Edited<Workspace> Stopped(Workspace workspace) =>
        Edited.Conflict<Workspace>($"The workspace '{workspace.Name}' is stopped.");

    private static Edited<AccessToken> Missing(Guid id) => Edited.Missing<AccessToken>("workspace token", id.ToString());

    private static string? LifetimeFault(TimeSpan lifetime) => lifetime > TimeSpan.Zero && lifetime <= LongestLifetime
        ? null
        : $"A workspace token is good for at most {LongestLifetime.TotalHours:0} hours; it can be renewed.";
}
