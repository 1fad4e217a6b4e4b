using Gatehouse.Catalog;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Tenancy;

namespace Gatehouse.Control;

/// <summary>How a harness is served for a user, in a project when given, as people are shown it. Holds no secret. Immutable.</summary>
/// <param name="Harness">The harness's name.</param>
/// <param name="Label">Its name for people.</param>
/// <param name="Source">What decides; <see cref="CredentialSource.Unresolved"/> when the platform would have to serve and may not.</param>
/// <param name="CredentialName">The credential's name, also when it is what does not work.</param>
/// <param name="ConfigurationName">The configuration's name.</param>
/// <param name="Kind">What the credential is.</param>
/// <param name="Reason">Why an attachment does not work: the project's that stopped it, or the user's that was passed over.</param>
/// <param name="Refusal">Why credential and harness don't fit, though both are there; null when they do.</param>
/// <param name="Warnings">What works but may not for long, of a login file.</param>
public sealed record HarnessStatus(
    string Harness,
    string Label,
    CredentialSource Source,
    string? CredentialName,
    string? ConfigurationName,
    CredentialKind? Kind,
    StatusReason? Reason,
    string? Refusal,
    IReadOnlyList<string> Warnings)
{
    /// <summary>Whether a project's attachment stops the harness.</summary>
    public bool Halted => Source == CredentialSource.Halted;

    /// <summary>What <see cref="Connections.RepairAsync"/> would do about it; null when nothing is wrong.</summary>
    public Repair? Repair => Repairs.Of(Reason, Refusal is not null);
}

/// <summary>Shows how every harness is served. Asks the same resolver as requests do, so that it can't say something else.</summary>
public static class ResolutionStatus
{
    /// <summary>The status of every harness, in the catalog's order.</summary>
    public static IReadOnlyList<HarnessStatus> Of(TenantTable table, string userId, string? projectId, DateTimeOffset now) =>
        [.. HarnessCatalog.Embedded.All.Select(harness => Of(table, harness, userId, projectId, now))];

    /// <summary>
    /// The same for an actor: refused as not found when user or project are not the actor's to see.
    /// </summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="table">The table.</param>
    /// <param name="userId">The user; null for the actor.</param>
    /// <param name="projectId">The project's id, or null.</param>
    /// <param name="now">The time.</param>
    public static Edited<IReadOnlyList<HarnessStatus>> For(Actor actor, TenantTable table, string? userId, string? projectId, DateTimeOffset now)
    {
        // The project first: what is told of its owner would tell that there is one.
        var project = projectId is null ? null : table.FindProject(projectId);
        if (projectId is not null && (project is null || !actor.MayReach(project.OwnerId))) return Edited.Missing<IReadOnlyList<HarnessStatus>>("project", projectId);
        var user = userId ?? project?.OwnerId ?? actor.UserId;
        return actor.MayReach(user) && table.FindUser(user) is not null
            ? Edited.Done(Of(table, user, projectId, now))
            : Edited.Missing<IReadOnlyList<HarnessStatus>>("user", user);
    }

    private static HarnessStatus Of(TenantTable table, Harness harness, string userId, string? projectId, DateTimeOffset now)
    {
        var resolved = table.Resolve(userId, projectId, harness.Name);
        var named = resolved.Configuration?.CredentialId is { } id ? table.FindCredential(id) : null;
        var credential = named?.OwnerId == resolved.Configuration?.OwnerId ? named : null;
        var fit = resolved.Credential is { } used ? CredentialFit.Of(harness, used) : null;
        var file = resolved.Credential is { Kind: CredentialKind.AuthJson, Secret: { } secret } ? AuthJsonCheck.Of(secret, now).Warnings : [];
        return new HarnessStatus(
            harness.Name,
            harness.Label,
            resolved.IsPlatform && !PlatformServes(table, harness, userId, projectId) ? CredentialSource.Unresolved : resolved.Source,
            credential?.Name,
            resolved.Configuration?.Name,
            credential?.Kind,
            resolved.Reason,
            fit?.Refusal,
            file);
    }

    private static bool PlatformServes(TenantTable table, Harness harness, string userId, string? projectId) =>
        harness.Proxied
        && table.Settings.ProxyEnabled
        && PlatformUse.Of(table.FindUser(userId), projectId is null ? null : table.FindProject(projectId), table.Settings) == ProviderMode.Platform;
}
