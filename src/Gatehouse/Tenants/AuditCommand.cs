using System.CommandLine;
using Gatehouse.CommandLine;
using Gatehouse.Control;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Installations;
using Gatehouse.Terminals;

namespace Gatehouse.Tenants;

/// <summary><c>gatehouse audit</c>: who changed what, when and from where.</summary>
internal static class AuditCommand
{
    private static readonly Option<TimeSpan?> s_since = new("--since") { Description = "How far to look back: 12h, 7d, 4w.", HelpName = "PERIOD", CustomParser = Period.Parse };
    private static readonly Option<string?> s_actor = new("--actor") { Description = "Only what this user did, by id.", HelpName = "ID" };
    private static readonly Option<string?> s_action = new("--action") { Description = "Only this action, or all of a kind when it ends with a dot: credential.", HelpName = "WORD" };
    private static readonly Option<int> s_limit = new("--limit") { Description = "At most so many lines.", HelpName = "N", DefaultValueFactory = _ => 100 };

    /// <summary>Builds the command.</summary>
    public static Command Build() => new Verb(
        "audit", "List who changed what, when and from where, the newest first. Secrets are not among it.",
        "gatehouse audit --since 7d", "gatehouse audit --action credential. --json") { s_since, s_actor, s_action, s_limit, CommonOptions.Json }
        .RunsOnInstallation(RunAsync);

    private static async Task<Report> RunAsync(Invocation invocation, Installation installation)
    {
        var parsed = invocation.Parsed;
        if (parsed.GetValue(s_limit) is < 1 or > 10_000) return Report.Misused([new Problem("--limit is from 1 to 10000.")]);
        var entries = await installation.Tenants.Audit.FindAsync(
            Actor.OfThisMachine,
            new AuditQuery(
                Actor: parsed.GetValue(s_actor), Action: parsed.GetValue(s_action), Limit: parsed.GetValue(s_limit),
                Since: parsed.GetValue(s_since) is { } period ? TimeProvider.System.GetUtcNow() - period : null),
            invocation.Cancelled);
        return Report.Done(
            terminal =>
            {
                var listing = new Listing("WHEN", "WHO", "FROM", "WHAT", "TO", "DETAIL");
                foreach (var entry in entries) listing.Add(TenantView.Time(entry.At), entry.Actor, entry.Address ?? "-", entry.Action, entry.Subject, entry.Detail);
                terminal.Write(listing);
            },
            json => TenantView.WriteAll(json, entries, (at, entry) =>
            {
                at.WriteStartObject();
                at.WriteString("id", entry.Id);
                at.WriteTime("at", entry.At);
                at.WriteString("actor", entry.Actor);
                at.WriteString("address", entry.Address);
                at.WriteString("action", entry.Action);
                at.WriteString("subject", entry.Subject);
                at.WritePropertyName("detail");
                at.WriteRawValue(entry.Detail);
                at.WriteEndObject();
            }));
    }
}
