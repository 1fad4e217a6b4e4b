using Gatehouse.Gateway.Tenancy;

namespace Gatehouse.Control;

/// <summary>What is to be changed of a project; null members stay.</summary>
public sealed record ProjectChange
{
    /// <summary>Another name.</summary>
    public string? Name { get; init; }

    /// <summary>Whose keys serve it; to null, what its workspaces' users have.</summary>
    public Change<ProviderMode?>? ProviderMode { get; init; }
}

/// <summary>Adds, changes and removes projects. Members see and change their own. Thread-safe.</summary>
public sealed class Projects(TenantStore store, TimeProvider clock)
{
    /// <summary>Adds a project.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="name">What its owner calls it; not taken by another of theirs.</param>
    /// <param name="ownerId">The user that it is for; null for the actor. Another's only for administrators.</param>
    /// <param name="mode">Whose keys serve it; only an administrator lets the platform's.</param>
    /// <param name="id">An id of one's own, as of an import; null for a new one.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    public async Task<Edited<Project>> AddAsync(
        Actor actor, string name, string? ownerId = null, ProviderMode? mode = null, string? id = null, CancellationToken cancellation = default)
    {
        var owner = ownerId ?? actor.UserId;
        if (GivenName.Fault(name) is { } fault) return Edited.Refused<Project>(fault);
        if (id is not null && !TenantNames.IsId(id)) return Edited.Refused<Project>(GivenName.BadId);
        if (!actor.MayReach(owner) || !(await store.UsersAsync(cancellation)).Exists(user => user.Id == owner))
            return Edited.Missing<Project>("user", owner);
        if (mode == ProviderMode.Platform && !actor.IsAdmin) return PlatformForbidden();
        var now = clock.Now();
        var project = new Project(id ?? Moment.NewId(now), owner, name, mode, now);
        return await store.AddProjectAsync(project, Line(actor, now, "project.add", project), cancellation)
            ? Edited.Done(project)
            : Edited.Conflict<Project>($"There is a project with the name '{name}' or that id already.");
    }

    /// <summary>Every project for administrators, else the actor's.</summary>
    public async Task<IReadOnlyList<Project>> ListAsync(Actor actor, CancellationToken cancellation = default) =>
        (await store.ProjectsAsync(cancellation)).FindAll(project => actor.MayReach(project.OwnerId));

    /// <summary>The project with an id or name.</summary>
    public async Task<Edited<Project>> FindAsync(Actor actor, string idOrName, CancellationToken cancellation = default) =>
        Choice.One(await ListAsync(actor, cancellation), "project", idOrName, project => project.Id, project => project.Name);

    /// <summary>Changes a project's name, or whose keys serve it.</summary>
    public async Task<Edited<Project>> UpdateAsync(Actor actor, string idOrName, ProjectChange change, CancellationToken cancellation = default)
    {
        var found = await FindAsync(actor, idOrName, cancellation);
        if (found.Value is not { } project) return found;
        if (change.Name is { } name && GivenName.Fault(name) is { } fault) return Edited.Refused<Project>(fault);
        if (change.ProviderMode is { To: ProviderMode.Platform } && !actor.IsAdmin) return PlatformForbidden();
        var next = project with
        {
            Name = change.Name ?? project.Name,
            ProviderMode = change.ProviderMode is { } mode ? mode.To : project.ProviderMode,
        };
        return await store.UpdateProjectAsync(next, Line(actor, clock.Now(), "project.update", next), cancellation)
            ? Edited.Done(next)
            : Edited.Conflict<Project>($"There is a project with the name '{next.Name}' already.");
    }

    /// <summary>Removes a project with its stopped workspaces and what is attached for it; refused while a workspace of it runs.</summary>
    public async Task<Edited<Project>> RemoveAsync(Actor actor, string idOrName, CancellationToken cancellation = default)
    {
        var found = await FindAsync(actor, idOrName, cancellation);
        if (found.Value is not { } project) return found;
        var now = clock.Now();
        return await store.RemoveProjectAsync(project.Id, now, Line(actor, now, "project.remove", project), cancellation)
            ? Edited.Done(project)
            : Edited.Conflict<Project>($"A workspace of '{project.Name}' still runs. Stop it first.");
    }

    private static Edited<Project> PlatformForbidden() =>
        Edited.Forbidden<Project>("Only an administrator lets the platform's keys serve a project.");

    private static AuditEntry Line(Actor actor, DateTimeOffset now, string action, Project project) => AuditLine.Of(
        actor, now, action, $"project:{project.Id}", project.OwnerId, ("name", project.Name), ("providerMode", project.ProviderMode?.Name()));
}
