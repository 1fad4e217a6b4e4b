using System.CommandLine;
using Gatehouse.CommandLine;
using Gatehouse.Control;
using Gatehouse.Installations;
using Gatehouse.Terminals;

namespace Gatehouse.Tenants;

/// <summary><c>gatehouse project</c>: what workspaces and project credentials belong to.</summary>
internal static class ProjectCommands
{
    private static readonly Argument<string> s_name = new("name") { Description = "What to call the project.", HelpName = "NAME" };
    private static readonly Argument<string> s_which = new("project") { Description = "The project's id or name.", HelpName = "ID|NAME" };
    private static readonly Option<string?> s_rename = new("--name") { Description = "Another name.", HelpName = "NAME" };

    /// <summary>Builds the commands.</summary>
    public static Command Build() => new("project", "Add, list, change and remove projects. A credential that is attached for a project goes before its user's own. Works beside a running server.")
    {
        new Verb("add", "Add a project.", "gatehouse project add web", "gatehouse project add web --user alice --mode platform")
            { s_name, TenantOptions.User, TenantOptions.Mode, CommonOptions.Json }.RunsOnInstallation(AddAsync),
        new Verb("list", "List the projects.", "gatehouse project list") { CommonOptions.Json }.ReadsInstallation(ListAsync),
        new Verb("set", "Change a project: its name, whose keys serve it.", "gatehouse project set web --mode own")
            { s_which, s_rename, TenantOptions.Mode, CommonOptions.Json }.RunsOnInstallation(SetAsync),
        new Verb("remove", "Remove a project with what is attached for it. Its workspaces have to be stopped.", "gatehouse project remove web")
            { s_which, CommonOptions.Json }.RunsOnInstallation(RemoveAsync),
    };

    private static async Task<Report> AddAsync(Invocation invocation, Installation installation)
    {
        var (owner, fault) = await TenantOptions.UserAsync(invocation, installation);
        return fault ?? TenantOptions.Told(
            await installation.Tenants.Projects.AddAsync(
                Actor.OfThisMachine, invocation.Parsed.GetValue(s_name)!, owner, TenantOptions.ModeChange(invocation)?.To, cancellation: invocation.Cancelled),
            project => $"Added project '{project.Name}' ({project.Id}).", TenantView.Write);
    }

    private static async Task<Report> ListAsync(Invocation invocation, Installation installation)
    {
        var projects = await installation.Tenants.Projects.ListAsync(Actor.OfThisMachine, invocation.Cancelled);
        return Report.Done(
            terminal =>
            {
                var listing = new Listing("ID", "NAME", "OWNER", "KEYS", "ADDED");
                foreach (var project in projects)
                    listing.Add(project.Id, project.Name, project.OwnerId, TenantView.Mode(project.ProviderMode), TenantView.Time(project.CreatedAt));
                terminal.Write(listing);
            },
            json => TenantView.WriteAll(json, projects, TenantView.Write));
    }

    private static async Task<Report> SetAsync(Invocation invocation, Installation installation) => TenantOptions.Told(
        await installation.Tenants.Projects.UpdateAsync(
            Actor.OfThisMachine, invocation.Parsed.GetValue(s_which)!,
            new ProjectChange { Name = invocation.Parsed.GetValue(s_rename), ProviderMode = TenantOptions.ModeChange(invocation) }, invocation.Cancelled),
        project => $"Changed project '{project.Name}' ({project.Id}).", TenantView.Write);

    private static async Task<Report> RemoveAsync(Invocation invocation, Installation installation) => TenantOptions.Told(
        await installation.Tenants.Projects.RemoveAsync(Actor.OfThisMachine, invocation.Parsed.GetValue(s_which)!, invocation.Cancelled),
        project => $"Removed project '{project.Name}' ({project.Id}).", TenantView.Write);
}
