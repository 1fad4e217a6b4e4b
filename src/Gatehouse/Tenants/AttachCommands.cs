using System.CommandLine;
using Gatehouse.CommandLine;
using Gatehouse.Control;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Installations;
using Gatehouse.Terminals;

namespace Gatehouse.Tenants;

/// <summary><c>gatehouse attach</c> and <c>detach</c>: which credential serves an agent, and <c>attachments</c>: which does.</summary>
internal static class AttachCommands
{
    private static readonly Option<string?> s_credential = new("--credential")
    {
        Description = "The credential, by id or name; 'gatehouse credential list' shows them.",
        HelpName = "ID|NAME",
    };

    private static readonly Option<bool> s_platform = new("--platform") { Description = "Leave the keys to the platform, and only tell the agent its model and effort." };
    private static readonly Option<bool> s_off = new("--off") { Description = "Switch off what is attached: for a project nothing serves then, for a user what comes next." };
    private static readonly Option<bool> s_on = new("--on") { Description = "Switch it on again." };

    /// <summary>Builds the commands.</summary>
    public static IEnumerable<Command> Build() =>
    [
        new Verb(
            "attach", "Say which credential serves an agent, for a user or for one project. What was attached there is replaced. Works beside a running server.",
            "gatehouse attach claude-code --credential work", "gatehouse attach codex --credential groq --project web --model openai/gpt-oss-120b",
            "gatehouse attach claude-code --project web --off")
            {
                TenantOptions.Harness, s_credential, s_platform, s_off, s_on, TenantOptions.Project, TenantOptions.User, TenantOptions.Model, TenantOptions.Effort, CommonOptions.Json,
            }.RunsOnInstallation(AttachAsync),
        new Verb("detach", "Take away what is attached for an agent, so that what comes next serves: project, user, platform.", "gatehouse detach codex --project web")
            { TenantOptions.Harness, TenantOptions.Project, TenantOptions.User, CommonOptions.Json }.RunsOnInstallation(DetachAsync),
        new Verb("attachments", "Say for each agent what serves it, and why not where something does not work.", "gatehouse attachments", "gatehouse attachments --project web --json")
            { TenantOptions.Project, TenantOptions.User, CommonOptions.Json }.RunsOnInstallation(StatusAsync),
    ];

    private static async Task<Report> AttachAsync(Invocation invocation, Installation installation)
    {
        var parsed = invocation.Parsed;
        var (credential, platform) = (parsed.GetValue(s_credential), parsed.GetValue(s_platform));
        var wishes = new[] { credential is not null, platform, parsed.GetValue(s_off), parsed.GetValue(s_on) };
        if (wishes.Count(wish => wish) != 1) return Report.Misused([new Problem("Say one of --credential, --platform, --off and --on.")]);
        var (user, fault) = await TenantOptions.UserAsync(invocation, installation);
        if (fault is not null) return fault;
        var harness = parsed.GetValue(TenantOptions.Harness)!;
        var project = parsed.GetValue(TenantOptions.Project);
        if (credential is null && !platform) return await SwitchAsync(invocation, installation, harness, user);
        var owner = user ?? await OwnerAsync(invocation, installation, project);
        var made = await installation.Tenants.Configurations.AddAsync(
            Actor.OfThisMachine, credential ?? "platform", harness, credential, TenantOptions.Settings(invocation), credential is null ? owner : user, invocation.Cancelled);
        if (made.Value is not { } configuration) return Report.Failed(new Problem(made.Error!));
        var attached = await installation.Tenants.Attachments.AttachAsync(Actor.OfThisMachine, configuration.Id, project, invocation.Cancelled);
        if (attached.Value is null) _ = await installation.Tenants.Configurations.RemoveAsync(Actor.OfThisMachine, configuration.Id, invocation.Cancelled);
        return TenantOptions.Told(attached, one => $"Attached '{configuration.Name}' to {one.Harness}{Place(one)}. A running server goes by it within a second.", TenantView.Write);
    }

    private static async Task<Report> SwitchAsync(Invocation invocation, Installation installation, string harness, string? user)
    {
        var known = Catalog.HarnessCatalog.Embedded.Find(harness)?.Name;
        var project = invocation.Parsed.GetValue(TenantOptions.Project);
        var found = project is null ? null : await installation.Tenants.Projects.FindAsync(Actor.OfThisMachine, project, invocation.Cancelled);
        if (found is { Value: null }) return Report.Failed(new Problem(found.Error!));
        var owner = found?.Value?.OwnerId ?? user ?? Users.LocalId;
        var all = await installation.Tenants.Attachments.ListAsync(Actor.OfThisMachine, invocation.Cancelled);
        return all.LastOrDefault(one => one.Harness == known && one.UserId == owner && one.ProjectId == found?.Value?.Id) is not { } attachment
            ? Report.Failed(new Problem($"Nothing is attached to {harness} there.", "gatehouse attachments"))
            : TenantOptions.Told(
                await installation.Tenants.Attachments.SetActiveAsync(Actor.OfThisMachine, attachment.Id, invocation.Parsed.GetValue(s_on), invocation.Cancelled),
                one => $"Switched {(one.IsActive ? "on" : "off")} what is attached to {one.Harness}{Place(one)}.", TenantView.Write);
    }

    internal static async Task<Report> DetachAsync(Invocation invocation, Installation installation)
    {
        var (user, fault) = await TenantOptions.UserAsync(invocation, installation);
        return fault ?? TenantOptions.Told(
            await installation.Tenants.Attachments.DisconnectAsync(
                Actor.OfThisMachine, invocation.Parsed.GetValue(TenantOptions.Harness)!, invocation.Parsed.GetValue(TenantOptions.Project), user, invocation.Cancelled),
            gone => gone.Removed > 0 ? "Took away what was attached." : "Nothing was attached there.",
            (json, gone) =>
            {
                json.WriteStartObject();
                json.WriteNumber("removed", gone.Removed);
                json.WriteEndObject();
            });
    }

    private static async Task<Report> StatusAsync(Invocation invocation, Installation installation)
    {
        var (user, fault) = await TenantOptions.UserAsync(invocation, installation);
        if (fault is not null) return fault;
        var (tenants, status) = await LookAsync(invocation, installation, user);
        if (status.Value is not { } all) return Report.Failed(new Problem(status.Error!));
        return Report.Done(
            terminal =>
            {
                var listing = new Listing("AGENT", "SERVED BY", "CREDENTIAL", "KIND", "TROUBLE", "REPAIR");
                foreach (var one in all)
                    listing.Add(one.Harness, one.Source.Name(), one.CredentialName ?? "-", one.Kind?.Name() ?? "-", one.Refusal ?? one.Reason?.Name() ?? (one.Warnings.Count > 0 ? one.Warnings[0] : "-"), one.Repair?.Name() ?? "-");
                terminal.Write(listing);
            },
            json => TenantView.WriteAll(json, all, TenantView.Write)) with
        { Warnings = tenants.Problems };
    }

    /// <summary>How everything is served now for a user, or in the project that the options name.</summary>
    public static async Task<(LoadedTenants Tenants, Edited<IReadOnlyList<HarnessStatus>> Status)> LookAsync(
        Invocation invocation, Installation installation, string? user)
    {
        var tenants = await TenantLoad.LoadAsync(installation.Store, installation.Keys, Environment.GetEnvironmentVariable, invocation.Cancelled);
        if (invocation.Parsed.GetValue(TenantOptions.Project) is not { } project)
            return (tenants, ResolutionStatus.For(Actor.OfThisMachine, tenants.Table, user, null, TimeProvider.System.GetUtcNow()));
        var found = await installation.Tenants.Projects.FindAsync(Actor.OfThisMachine, project, invocation.Cancelled);
        return found.Value is { } its
            ? (tenants, ResolutionStatus.For(Actor.OfThisMachine, tenants.Table, user, its.Id, TimeProvider.System.GetUtcNow()))
            : (tenants, new Edited<IReadOnlyList<HarnessStatus>>(null, found.Error, found.Refusal));
    }

    private static async Task<string> OwnerAsync(Invocation invocation, Installation installation, string? project) =>
        project is not null && (await installation.Tenants.Projects.FindAsync(Actor.OfThisMachine, project, invocation.Cancelled)).Value is { } its ? its.OwnerId : Users.LocalId;

    private static string Place(Attachment attachment) => attachment.ProjectId is null ? "" : " for the project";
}
