using System.Collections.Concurrent;
using Gatehouse.Catalog;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Secrets;
using Gatehouse.Storage;

namespace Gatehouse.Control.Logins;

/// <summary>
/// Refreshes Codex logins for workspaces, one at a time per login: a refresh token is good once, so that two programs that refresh side by
/// side would log the person out. The new set is stored before it is answered. Whoever presents a token that was just used up gets the
/// new set; whoever presents an older one gets an access token and no refresh token. One per gateway; those on one database take turns and know of each other's. Thread-safe.
/// </summary>
/// <param name="shelf">Keeps the logins.</param>
/// <param name="refreshes">What the gateways on the database know of refreshes.</param>
/// <param name="vendor">Calls the vendor.</param>
/// <param name="inForce">The rules, as configured now.</param>
/// <param name="clock">Tells the time.</param>
internal sealed class CodexRefreshBroker(CredentialShelf shelf, LoginRefreshStore refreshes, VendorCall vendor, Func<RefreshRules> inForce, TimeProvider clock)
{
    private const string Harness = "openai-codex";
    private const int LongestSentence = 300;
    // Behind the vendor's limit there is only the storing. Whose gateway died is waited for no longer than that.
    private static readonly TimeSpan s_storing = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(50);

    // At this gateway one waits in line; only the first asks the database.
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _lines = new(StringComparer.Ordinal);

    /// <summary>Whether a refresh token of a login was used up by a gateway: a file that still holds it is no newer than what is stored, whatever it says.</summary>
    /// <exception cref="StoreException">The store is busy or failing.</exception>
    public async Task<bool> IsUsedUpAsync(string credentialId, Secret refreshToken) => await refreshes.UsedAtAsync(credentialId, refreshToken) is not null;

    /// <summary>Refreshes the login that serves Codex in a workspace.</summary>
    /// <param name="table">Tells which credential serves.</param>
    /// <param name="workspaceId">The workspace that the caller's token is bound to.</param>
    /// <param name="refreshToken">The refresh token that its Codex holds.</param>
    /// <param name="by">Who asks, for the audit log; null for this machine.</param>
    /// <param name="cancellation">Cancelled when the caller is gone. A call to the vendor that has begun is finished and stored all the same.</param>
    public async Task<RefreshResult> RefreshAsync(TenantTable table, string workspaceId, Secret refreshToken, Actor? by = null, CancellationToken cancellation = default)
    {
        if (table.FindWorkspace(workspaceId) is not { StoppedAt: null } workspace
            || table.Resolve(workspace.UserId, workspace.ProjectId, HarnessCatalog.Embedded.Find(Harness)!.Name).Credential is not { Kind: CredentialKind.AuthJson } serving)
            return Failed(RefreshStatus.NotFound, "credential_not_found", "No Codex login serves this workspace.");
        var (line, rules) = (_lines.GetOrAdd(serving.Id, static _ => new SemaphoreSlim(1, 1)), inForce());
        var holder = Guid.NewGuid().ToString("N");
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(rules.LockLimit);
        var isFirst = false;
        try
        {
            await line.WaitAsync(patience.Token);
            isFirst = true;
            while (!await refreshes.TryLeaseAsync(serving.Id, holder, clock.GetUtcNow(), rules.VendorLimit + s_storing)) await Task.Delay(s_look, clock, patience.Token);
            return await LeasedAsync(serving.Id, holder, refreshToken, rules, by);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Failed(RefreshStatus.LateGateway, "timeout", "Another refresh of this login takes too long.");
        }
        finally
        {
            if (isFirst) line.Release();
        }
    }

    private async Task<RefreshResult> LeasedAsync(string id, string holder, Secret presented, RefreshRules rules, Actor? by)
    {
        try
        {
            return await RefreshAsync(id, holder, presented, rules, by);
        }
        finally
        {
            await TryAsync(() => refreshes.ReleaseAsync(id, holder));
        }
    }

    private static async Task TryAsync(Func<Task> note)
    {
        try
        {
            await note();
        }
        catch (StoreException)
        {
            // The login itself is stored by then, and nothing may take the new set from whoever asked. A lease expires by itself; the next bearer of a token that is not known
            // to be used up is told that it is an old one.
        }
    }

    private async Task<RefreshResult> RefreshAsync(string id, string holder, Secret presented, RefreshRules rules, Actor? by)
    {
        var found = await shelf.OpenAsync(Actor.OfThisMachine, id, CancellationToken.None);
        if (found.Value is not { Kind: CredentialKind.AuthJson, Secret: { } file } stored || CodexLogin.Read(file) is not { } present)
            return Failed(RefreshStatus.NotFound, "credential_not_found", "The Codex login was removed.");
        var now = clock.GetUtcNow();
        if (present.RefreshToken is not { } current || !Secret.From(current).Utf8.SequenceEqual(presented.Utf8))
            return Answer(present, stale: !(now - await refreshes.UsedAtAsync(id, presented) <= rules.Grace));
        if (await refreshes.CallAsync(id, holder, now, rules.CallsPerHour) is { } wait)
        {
            return new RefreshResult
            {
                Status = RefreshStatus.TooMany,
                Error = "rate_limited",
                Description = "This login was refreshed too often.",
                RetryAfterSeconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)),
            };
        }

        var answer = await AskAsync(presented, rules);
        if (Fault(answer, presented, rules) is { } fault) return await OfAnotherAsync(id, current) ?? fault;
        var next = present.With(answer.AccessToken!, answer.IdToken, answer.RefreshToken, now);
        var replaced = await shelf.ReplaceAsync(Actor.OfThisMachine, id, next, revision: stored.Revision, by: by);
        // Without a new one the old one stays in force.
        if (answer.RefreshToken is { Length: > 0 } fresh && fresh != current) await TryAsync(() => refreshes.UseAsync(id, holder, presented));
        // Replaced by a person meanwhile: theirs stays, and what the vendor gave is still good for the caller.
        return replaced.Value is null && replaced.Refusal != EditRefusal.Conflict
            ? Failed(RefreshStatus.BadGateway, "server_error", "The refreshed login could not be stored.")
            : Answer(CodexLogin.Read(next)!, stale: false);
    }

    private async Task<VendorAnswer> AskAsync(Secret token, RefreshRules rules)
    {
        using var limit = new CancellationTokenSource(rules.VendorLimit, clock);
        try
        {
            return await vendor(token, limit.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return new VendorAnswer { Status = 0 };
        }
    }

    // Somebody else may have used the token up in the same moment, a harness that calls its vendor itself or a gateway whose turn was over: what was stored is the answer then.
    private async Task<RefreshResult?> OfAnotherAsync(string id, string used) =>
        (await shelf.OpenAsync(Actor.OfThisMachine, id, CancellationToken.None)).Value?.Secret is { } file
            && CodexLogin.Read(file) is { RefreshToken: { } now } login && now != used ? Answer(login, stale: false) : null;

    private static RefreshResult? Fault(VendorAnswer answer, Secret presented, RefreshRules rules) => answer switch
    {
        { Status: 0 } => Failed(RefreshStatus.BadGateway, "server_error", "The login service can't be reached."),
        { Status: 400 or 401 or 403 } => Failed(
            answer.Status == 400 ? RefreshStatus.Invalid : RefreshStatus.Refused, answer.Error ?? "invalid_grant",
            Said(answer, presented) ?? "The login service refused the refresh. Log in again with 'codex login' and replace the credential."),
        { Status: not 200 } or { AccessToken: null or "" } => Failed(RefreshStatus.BadGateway, answer.Error ?? "server_error", Said(answer, presented) ?? "The login service failed."),
        { ScopeIsUnreadable: true } => Failed(RefreshStatus.BadGateway, "invalid_scope", "The login service answered with scopes that can't be read."),
        { Scope: { } scope } when rules.Scopes is { } allowed && scope.Split(' ', StringSplitOptions.RemoveEmptyEntries).Any(one => !allowed.Contains(one)) =>
            Failed(RefreshStatus.BadGateway, "invalid_scope", "The login service answered with scopes that were not expected; nothing was kept."),
        _ => null,
    };

    // Some services repeat what they were given.
    private static string? Said(VendorAnswer answer, Secret presented) =>
        answer.Description is { Length: > 0 } said && !said.Contains(presented.Reveal(), StringComparison.Ordinal) ? said[..Math.Min(said.Length, LongestSentence)] : null;

    private static RefreshResult Answer(CodexLogin login, bool stale) => new()
    {
        Status = RefreshStatus.Ok,
        AccessToken = Secret.From(login.AccessToken!),
        IdToken = login.IdToken is { } id ? Secret.From(id) : null,
        RefreshToken = !stale && login.RefreshToken is { } refresh ? Secret.From(refresh) : null,
        Stale = stale,
    };

    private static RefreshResult Failed(RefreshStatus status, string error, string description) => new() { Status = status, Error = error, Description = description };
}
