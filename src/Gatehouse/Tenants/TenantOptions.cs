using System.CommandLine;
using Gatehouse.Catalog;
using Gatehouse.CommandLine;
using Gatehouse.Control;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Tenancy;
using Gatehouse.Installations;

namespace Gatehouse.Tenants;

/// <summary>Arguments and options of the commands about users and what is theirs.</summary>
internal static class TenantOptions
{
    static TenantOptions()
    {
        Mode.AcceptOnlyFromAmong("own", "platform", "default");
        Mode.HelpName = "own|platform|default";
    }

    /// <summary>The harness that something is for.</summary>
    public static Argument<string> Harness { get; } = new("harness")
    {
        Description = $"The coding agent: {string.Join(", ", HarnessCatalog.Embedded.All.Select(harness => harness.Name))}.",
        HelpName = "HARNESS",
        CompletionSources = { _ => HarnessCatalog.Embedded.All.Select(harness => new System.CommandLine.Completions.CompletionItem(harness.Name)) },
    };

    /// <summary>The user that something belongs to.</summary>
    public static Option<string?> User { get; } = new("--user") { Description = "The user, by id or name. Otherwise the project's owner, or the local one.", HelpName = "ID|NAME" };

    /// <summary>The project that something is for.</summary>
    public static Option<string?> Project { get; } = new("--project") { Description = "The project, by id or name, for which it goes before the user's own.", HelpName = "ID|NAME" };

    /// <summary>The model that a harness is told.</summary>
    public static Option<string?> Model { get; } = new("--model") { Description = "The model that the agent is told.", HelpName = "NAME" };

    /// <summary>The effort that a harness is told.</summary>
    public static Option<string?> Effort { get; } = new("--effort") { Description = "The reasoning effort that the agent is told.", HelpName = "WORD" };

    /// <summary>Whose keys serve.</summary>
    public static Option<string?> Mode { get; } = new("--mode")
    {
        Description = "Whose keys serve where no credential of one's own is attached: nobody's (own), the platform's (platform), or as the platform's setting says (default).",
    };

    /// <summary>The id of the user that is meant; null without an option. The fault says what is wrong.</summary>
    public static async Task<(string? Id, Report? Fault)> UserAsync(Invocation invocation, Installation installation)
    {
        if (invocation.Parsed.GetValue(User) is not { } named) return (null, null);
        var found = await installation.Tenants.Users.FindAsync(Actor.OfThisMachine, named, invocation.Cancelled);
        return found.Value is { } user ? (user.Id, null) : (null, Report.Failed(new Problem(found.Error!, "gatehouse user list")));
    }

    /// <summary>What a harness is told, of the options.</summary>
    public static HarnessSettings Settings(Invocation invocation) =>
        new() { Model = invocation.Parsed.GetValue(Model), Effort = invocation.Parsed.GetValue(Effort) };

    /// <summary>The mode that is meant; null when it was not given.</summary>
    public static Change<ProviderMode?>? ModeChange(Invocation invocation) =>
        invocation.Parsed.GetValue(Mode) is { } word ? new Change<ProviderMode?>(TenantNames.ParseMode(word)) : null;

    /// <summary>The report of an edit: what to say and to write of its result, or why it was refused.</summary>
    public static Report Told<T>(Edited<T> edited, Func<T, string> said, Action<System.Text.Json.Utf8JsonWriter, T> write)
        where T : class => edited.Value is { } value
        ? Report.Done(terminal => terminal.Note(said(value)), json => write(json, value))
        : Report.Failed(new Problem(edited.Error!));
}
