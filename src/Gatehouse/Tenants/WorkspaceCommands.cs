using System.CommandLine;
using Gatehouse.CommandLine;
using Gatehouse.Control;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Installations;
using Gatehouse.Terminals;
using Gatehouse.Tokens;

namespace Gatehouse.Tenants;

/// <summary><c>gatehouse workspace</c>: the places where agents run.</summary>
internal static class WorkspaceCommands
{
    private static readonly Argument<string> s_name = new("name") { Description = "What to call the workspace.", HelpName = "NAME" };
    private static readonly Argument<string> s_which = new("workspace") { Description = "The workspace's id or name.", HelpName = "ID|NAME" };

    private static readonly Option<string> s_project = new("--project")
    {
        Description = "The project that it works for, by id or name.",
        HelpName = "ID|NAME",
        DefaultValueFactory = _ => Users.DefaultProjectId,
    };

    private static readonly Option<string?> s_harness = new("--harness")
    {
        Description = "Make a token with which this agent calls models. Without it, one for the program that looks after the workspace, which calls none.",
        HelpName = "HARNESS",
    };

    private static readonly Option<TimeSpan?> s_expires = new("--expires")
    {
        Description = "How long the agent's token is good for, at most 24h. [default: 2h]",
        HelpName = "PERIOD",
        CustomParser = Period.Parse,
    };

    /// <summary>Builds the commands.</summary>
    public static Command Build() => new("workspace", "Add, list and stop workspaces, the places where agents run, and make their tokens. Works beside a running server.")
    {
        new Verb("add", "Add a workspace, which runs from now on.", "gatehouse workspace add laptop", "gatehouse workspace add ci --project web --user build-server")
            { s_name, s_project, TenantOptions.User, CommonOptions.Json }.RunsOnInstallation(AddAsync),
        new Verb("list", "List the workspaces, the stopped ones too.", "gatehouse workspace list") { CommonOptions.Json }.ReadsInstallation(ListAsync),
        new Verb("stop", "Stop a workspace for good. Its tokens are revoked with it; a running server refuses them within a second.", "gatehouse workspace stop ci")
            { s_which, CommonOptions.Json }.RunsOnInstallation(StopAsync),
        new Verb(
            "token", "Make a token of a workspace and print it, alone, on standard output. It is shown this once.",
            "gatehouse workspace token ci --harness claude-code --expires 8h", "gatehouse workspace token ci")
            { s_which, s_harness, s_expires, CommonOptions.Json }.RunsOnInstallation(TokenAsync),
    };

    private static async Task<Report> AddAsync(Invocation invocation, Installation installation)
    {
        var (user, fault) = await TenantOptions.UserAsync(invocation, installation);
        return fault ?? TenantOptions.Told(
            await installation.Tenants.Workspaces.AddAsync(
                Actor.OfThisMachine, invocation.Parsed.GetValue(s_project)!, invocation.Parsed.GetValue(s_name)!, user, cancellation: invocation.Cancelled),
            workspace => $"Added workspace '{workspace.Name}' ({workspace.Id}).", TenantView.Write);
    }

    private static async Task<Report> ListAsync(Invocation invocation, Installation installation)
    {
        var workspaces = await installation.Tenants.Workspaces.ListAsync(Actor.OfThisMachine, invocation.Cancelled);
        return Report.Done(
            terminal =>
            {
                if (workspaces.Count == 0) terminal.Note("There are no workspaces yet. 'gatehouse run' makes one, or: gatehouse workspace add NAME");
                var listing = new Listing("ID", "NAME", "PROJECT", "USER", "ADDED", "STATE");
                foreach (var one in workspaces)
                    listing.Add(one.Id, one.Name, one.ProjectId, one.UserId, TenantView.Time(one.CreatedAt), one.StoppedAt is { } at ? $"stopped {TenantView.Time(at)}" : "running");
                if (workspaces.Count > 0) terminal.Write(listing);
            },
            json => TenantView.WriteAll(json, workspaces, TenantView.Write));
    }

    private static async Task<Report> StopAsync(Invocation invocation, Installation installation) => TenantOptions.Told(
        await installation.Tenants.Workspaces.StopAsync(Actor.OfThisMachine, invocation.Parsed.GetValue(s_which)!, invocation.Cancelled),
        workspace => $"Stopped workspace '{workspace.Name}' ({workspace.Id}). A running server refuses its tokens within a second.", TenantView.Write);

    private static async Task<Report> TokenAsync(Invocation invocation, Installation installation)
    {
        var parsed = invocation.Parsed;
        var found = await installation.Tenants.Workspaces.FindAsync(Actor.OfThisMachine, parsed.GetValue(s_which)!, invocation.Cancelled);
        if (found.Value is not Workspace workspace) return Report.Failed(new Problem(found.Error!));
        var tokens = installation.Tenants.WorkspaceTokens;
        var made = parsed.GetValue(s_harness) is { } harness
            ? await tokens.IssueAsync(Actor.OfThisMachine, workspace.Id, harness, parsed.GetValue(s_expires), cancellation: invocation.Cancelled)
            : await tokens.IssueRunnerAsync(Actor.OfThisMachine, workspace.Id, invocation.Cancelled);
        return made.Value is not { } minted ? Report.Failed(new Problem(made.Error!)) : Report.Done(
            terminal =>
            {
                terminal.Say(minted.Text.Reveal());
                terminal.Note(TokenView.Created(minted.Token));
            },
            json => TokenView.Write(json, minted.Token, minted.Text));
    }
}
