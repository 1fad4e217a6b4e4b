using Gatehouse.Control;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Installations;

namespace Gatehouse.Runs;

/// <summary>The workspace that a run belongs to: whose credential serves it, and whom its usage is put down to.</summary>
internal static class RunWorkspace
{
    /// <summary>The name of the workspace that runs belong to when none is named, in the default project.</summary>
    public const string DefaultName = "default";

    /// <summary>The workspace of an id or name; without one the default one, which is made when there is none.</summary>
    public static async Task<Edited<Workspace>> FindAsync(Installation installation, string? named, CancellationToken cancellation)
    {
        var workspaces = installation.Tenants.Workspaces;
        if (named is not null) return await workspaces.FindAsync(Actor.OfThisMachine, named, cancellation);
        var all = await workspaces.ListAsync(Actor.OfThisMachine, cancellation);
        return all.FirstOrDefault(one => one is { Name: DefaultName, ProjectId: Users.DefaultProjectId, UserId: Users.LocalId, StoppedAt: null }) is { } present
            ? new Edited<Workspace>(present, null)
            : await workspaces.AddAsync(Actor.OfThisMachine, Users.DefaultProjectId, DefaultName, cancellation: cancellation);
    }
}
