using Gatehouse.Catalog;
using Gatehouse.Control.Runtime;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Secrets;

namespace Gatehouse.Control.Logins;

/// <summary>What syncing a login came to.</summary>
/// <param name="Updated">Whether the stored login is the given one now and was not before.</param>
/// <param name="Reason">Why nothing could be synced: <c>credential_not_found</c>; null otherwise.</param>
public sealed record LoginSynced(bool Updated, string? Reason = null);

/// <summary>
/// Takes back a login file that its harness refreshed in a workspace: the newest wins, and one that was replaced meanwhile is not overwritten
/// with an older one. Only into the credential that serves the workspace's harness now. Thread-safe.
/// </summary>
public sealed class LoginSync(CredentialShelf shelf)
{
    /// <summary>The largest login that is taken, bytes.</summary>
    public const int Largest = AuthJsonCheck.Largest;

    /// <summary>Whether a credential's refresh token was used up by a gateway; null where none refreshes.</summary>
    internal Func<string, Secret, Task<bool>>? IsUsedUp { get; init; }

    // Whoever is faster each time has stored a login that may be newer; one is refreshed once in hours.
    private const int Tries = 16;

    /// <summary>Syncs a login.</summary>
    /// <param name="actor">Who asks: the workspace's runner, or this machine.</param>
    /// <param name="table">Tells which credential serves.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="harnessName">The harness.</param>
    /// <param name="file">What lay in the workspace.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    public async Task<Edited<LoginSynced>> SyncAsync(
        Actor actor, TenantTable table, string workspaceId, string harnessName, Secret file, CancellationToken cancellation = default)
    {
        if (table.FindWorkspace(workspaceId) is not { } workspace || !Workspaces.MayReach(actor, workspace))
            return Edited.Missing<LoginSynced>("workspace", workspaceId);
        if (actor.WorkspaceId is null && actor != Actor.OfThisMachine)
            return Edited.Forbidden<LoginSynced>("This is for the workspace's runner: it needs a runner token.");
        if (AgentKey.IsSentinel(file.Reveal())) return Edited.Refused<LoginSynced>("This is the word that stands in a key's place, not a login.");
        if (HarnessCatalog.Embedded.Find(harnessName) is not { } harness) return Edited.Missing<LoginSynced>("harness", harnessName);
        // What stops or is broken blocks: a project's login must not end up in the user's own.
        if (table.Resolve(workspace.UserId, workspace.ProjectId, harness.Name).Credential is not { Kind: CredentialKind.AuthJson } serving)
            return Edited.Done(new LoginSynced(false, "credential_not_found"));
        if (file.Utf8.Length > Largest || CodexLogin.Read(file) is not { } given) return Edited.Refused<LoginSynced>("This is not a Codex login file.");
        return await StoreAsync(actor, serving, file, given, cancellation);
    }

    // The older one's refresh token is used up by now: writing it back would log the person out. A harness that was given an access token
    // alone, because its refresh token was an old one, has a newer time and an older refresh token.
    private async Task<bool> IsNewerAsync(string credentialId, CodexLogin given, CodexLogin known) =>
        !(known.LastRefresh is { } stored && !(given.LastRefresh > stored))
        && !(given.AccessToken == known.AccessToken && known.RefreshToken is { } kept && given.RefreshToken != kept)
        && !(given.RefreshToken is { } refresh && IsUsedUp is { } ask && await ask(credentialId, Secret.From(refresh)));

    private async Task<Edited<LoginSynced>> StoreAsync(Actor actor, OpenedCredential serving, Secret file, CodexLogin given, CancellationToken cancellation)
    {
        for (var left = Tries; left > 0; left--)
        {
            var found = await shelf.OpenAsync(Actor.OfThisMachine, serving.Id, cancellation);
            if (found.Value is not { Kind: CredentialKind.AuthJson } stored) return Edited.Done(new LoginSynced(false, "credential_not_found"));
            if (stored.Secret is { } present)
            {
                if (present.Utf8.SequenceEqual(file.Utf8)) return Edited.Done(new LoginSynced(false));
                if (CodexLogin.Read(present) is { } known && !await IsNewerAsync(serving.Id, given, known)) return Edited.Done(new LoginSynced(false));
            }

            var replaced = await shelf.ReplaceAsync(Actor.OfThisMachine, serving.Id, file, revision: stored.Revision, by: actor, cancellation: cancellation);
            if (replaced.Value is not null) return Edited.Done(new LoginSynced(true));
            if (replaced.Refusal != EditRefusal.Conflict) return replaced.As<LoginSynced>();
        }

        return Edited.Conflict<LoginSynced>("The login was replaced by others each time. Try again.");
    }
}
