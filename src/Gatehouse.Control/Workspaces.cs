using Gatehouse.Gateway.Tenancy;

namespace Gatehouse.Control;

/// <summary>
/// Adds, lists and stops workspaces. Members have theirs in projects of their own; an administrator may add one for any user in any project.
/// Thread-safe.
/// </summary>
public sealed class Workspaces(TenantStore store, TimeProvider clock)
{
    /// <summary>Adds a workspace, which runs from now on.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="project">The project's id or name.</param>
    /// <param name="name">What people call it; need not be unique.</param>
    /// <param name="userId">The user that it runs for; null for the project's owner. Another only for administrators.</param>
    /// <param name="id">An id of one's own, as of an import; null for a new one.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    public async Task<Edited<Workspace>> AddAsync(
        Actor actor, string project, string name, string? userId = null, string? id = null, CancellationToken cancellation = default)
    {
        if (GivenName.Fault(name) is { } fault) return Edited.Refused<Workspace>(fault);
        if (id is not null && !TenantNames.IsId(id)) return Edited.Refused<Workspace>(GivenName.BadId);
        var found = await new Projects(store, clock).FindAsync(actor, project, cancellation);
        if (found.Value is not { } itsProject) return found.As<Workspace>();
        var user = userId ?? itsProject.OwnerId;
        if (!actor.MayReach(user) || !(await store.UsersAsync(cancellation)).Exists(one => one.Id == user))
            return Edited.Missing<Workspace>("user", user);
        var now = clock.Now();
        var workspace = new Workspace(id ?? Moment.NewId(now), itsProject.Id, user, name, now, null);
        return await store.AddWorkspaceAsync(workspace, Line(actor, now, "workspace.add", workspace), cancellation)
            ? Edited.Done(workspace)
            : Edited.Conflict<Workspace>("There is a workspace with that id already.");
    }

    /// <summary>Every workspace for administrators, else the actor's, the stopped ones among them; a runner sees its own.</summary>
    public async Task<IReadOnlyList<Workspace>> ListAsync(Actor actor, CancellationToken cancellation = default) =>
        (await store.WorkspacesAsync(cancellation)).FindAll(workspace => MayReach(actor, workspace));

    /// <summary>The workspace with an id or name; of several with a name, those that are stopped don't count.</summary>
    public async Task<Edited<Workspace>> FindAsync(Actor actor, string idOrName, CancellationToken cancellation = default)
    {
        var all = await ListAsync(actor, cancellation);
        return Choice.One(
            all.Where(one => one.Id == idOrName || one.StoppedAt is null || !all.Any(other => other.Name == one.Name && other.StoppedAt is null)),
            "workspace", idOrName, one => one.Id, one => one.Name);
    }

    /// <summary>Stops a workspace for good and revokes its tokens in the same moment. A running server refuses them within a second.</summary>
    public async Task<Edited<Workspace>> StopAsync(Actor actor, string idOrName, CancellationToken cancellation = default)
    {
        var found = await FindAsync(actor, idOrName, cancellation);
        if (found.Value is not { } workspace) return found;
        var now = clock.Now();
        return await store.StopWorkspaceAsync(workspace.Id, now, Line(actor, now, "workspace.stop", workspace), cancellation)
            ? Edited.Done(workspace with { StoppedAt = now })
            : Edited.Conflict<Workspace>($"The workspace '{workspace.Name}' is stopped already.");
    }

    internal static bool MayReach(Actor actor, Workspace workspace) =>
        actor.WorkspaceId is { } bound ? bound == workspace.Id : actor.MayReach(workspace.UserId);

    private static AuditEntry Line(Actor actor, DateTimeOffset now, string action, Workspace workspace) => AuditLine.Of(
        actor, now, action, $"workspace:{workspace.Id}", workspace.UserId, ("name", workspace.Name), ("project", workspace.ProjectId));
}
