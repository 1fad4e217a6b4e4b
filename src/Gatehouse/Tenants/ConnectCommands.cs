using System.CommandLine;
using Gatehouse.Catalog;
using Gatehouse.CommandLine;
using Gatehouse.Control;
using Gatehouse.Credentials;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Installations;
using Gatehouse.Secrets;

namespace Gatehouse.Tenants;

/// <summary>
/// <c>gatehouse connect</c>, <c>disconnect</c> and <c>repair</c>: an agent's credential, configuration and attachment as one thing, for whoever knows
/// the agent and nothing else.
/// </summary>
internal static class ConnectCommands
{
    private static readonly Option<string?> s_provider = new("--provider") { Description = "The provider preset that the key is of, where the agent's usual one is not meant.", HelpName = "PRESET" };
    private static readonly Option<string?> s_name = new("--name") { Description = "What to call the credential. [default: the agent's name]", HelpName = "NAME" };

    /// <summary>Builds the commands.</summary>
    public static IEnumerable<Command> Build() =>
    [
        new Verb(
            "connect",
            "Connect an agent with a key, token or login file of one's own, in place of what was connected. The secret is read from standard input, or asked for; what kind it is follows from it.",
            "gatehouse connect claude-code", "gatehouse connect codex < ~/.codex/auth.json",
            "gatehouse connect opencode --base-url https://models.example.com/v1 --project web < key.txt")
            {
                TenantOptions.Harness, s_provider, s_name, OwnedVerbs.Kind, OwnedVerbs.BaseUrl, OwnedVerbs.Dialect, TenantOptions.Project, TenantOptions.User, TenantOptions.Model,
                TenantOptions.Effort, CommonOptions.Json,
            }
            .NeverRepeats("There is a word too many. A secret is read from standard input, never from an argument.")
            .RunsOnInstallation(ConnectAsync),
        new Verb("disconnect", "Take away what connects an agent, with its secret, so that what comes next serves: project, user, platform.", "gatehouse disconnect codex --project web")
            { TenantOptions.Harness, TenantOptions.Project, TenantOptions.User, CommonOptions.Json }.RunsOnInstallation(AttachCommands.DetachAsync),
        new Verb(
            "repair",
            "Put in order what does not work of an agent's connection, as 'attachments' tells: switch on what is off, or give the secret again where it is gone or can't be used.",
            "gatehouse repair claude-code", "gatehouse repair codex --project web < key.txt")
            {
                TenantOptions.Harness, s_provider, OwnedVerbs.Kind, OwnedVerbs.BaseUrl, OwnedVerbs.Dialect, TenantOptions.Project, TenantOptions.User, CommonOptions.Json,
            }
            .NeverRepeats("There is a word too many. A secret is read from standard input, never from an argument.")
            .RunsOnInstallation(RepairAsync),
    ];

    private static async Task<Report> ConnectAsync(Invocation invocation, Installation installation)
    {
        var (user, fault) = await TenantOptions.UserAsync(invocation, installation);
        if (fault is not null) return fault;
        var harness = invocation.Parsed.GetValue(TenantOptions.Harness)!;
        var label = HarnessCatalog.Embedded.Find(harness)?.Label;
        if (label is null) return Report.Failed(new Problem($"There is no harness '{harness}'."));
        var (given, wrong) = Read(invocation, label);
        if (given is null) return wrong!;
        var hasModel = invocation.Parsed.GetResult(TenantOptions.Model) is not null || invocation.Parsed.GetResult(TenantOptions.Effort) is not null;
        var made = await installation.Tenants.Attachments.ConnectAsync(
            Actor.OfThisMachine, harness, given.As(invocation.Parsed.GetValue(s_name) ?? label), invocation.Parsed.GetValue(TenantOptions.Project),
            hasModel ? TenantOptions.Settings(invocation) : null, user, invocation.Cancelled);
        var report = TenantOptions.Told(
            made, one => $"Connected {label} with {one.Credential.Kind.Name()} '{one.Credential.Name}' ({one.Credential.Mask}). A running server goes by it within a second.",
            (json, one) => TenantView.Write(json, one.Credential));
        return made.Value is { } connection ? report with { Warnings = connection.Credential.Warnings } : report;
    }

    private static async Task<Report> RepairAsync(Invocation invocation, Installation installation)
    {
        var (user, fault) = await TenantOptions.UserAsync(invocation, installation);
        if (fault is not null) return fault;
        var harness = HarnessCatalog.Embedded.Find(invocation.Parsed.GetValue(TenantOptions.Harness)!);
        var (tenants, status) = await AttachCommands.LookAsync(invocation, installation, user);
        if (status.Value is not { } all) return Report.Failed(new Problem(status.Error!));
        GivenSecret? given = null;
        if (all.FirstOrDefault(one => one.Harness == harness?.Name) is { Repair: Repair.GiveSecret })
        {
            (given, var wrong) = Read(invocation, harness!.Label);
            if (given is null) return wrong!;
        }

        return TenantOptions.Told(
            await installation.Tenants.Connections.RepairAsync(
                Actor.OfThisMachine, tenants.Table, invocation.Parsed.GetValue(TenantOptions.Harness)!, given, invocation.Parsed.GetValue(TenantOptions.Project), user,
                invocation.Cancelled),
            one => $"Repaired what is connected to {one.Harness}{(one.ProjectId is null ? "" : " for the project")}. 'gatehouse attachments' says how it is served.", TenantView.Write);
    }

    private static (GivenSecret? Given, Report? Fault) Read(Invocation invocation, string label)
    {
        if (OwnedVerbs.DialectFault(invocation, out var dialect) is { } unknown) return (null, unknown);
        if (invocation.Terminal.ReadSecret($"Key, token or login for {label} (not shown): ") is not { } typed)
            return (null, Report.Failed(new Problem("No secret was given; nothing was changed.")));
        return (new GivenSecret
        {
            Secret = Secret.From(typed),
            Kind = invocation.Parsed.GetValue(OwnedVerbs.Kind) is { } kind ? CredentialKinds.Parse(kind) : null,
            Provider = invocation.Parsed.GetValue(s_provider),
            BaseUrl = invocation.Parsed.GetValue(OwnedVerbs.BaseUrl),
            Dialect = dialect,
        }, null);
    }
}
