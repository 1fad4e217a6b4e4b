using System.CommandLine;
using Gatehouse.Clients.Setups;
using Gatehouse.CommandLine;
using Gatehouse.Control;
using Gatehouse.Dialects;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Installations;
using Gatehouse.Secrets;
using Gatehouse.Tenants;

namespace Gatehouse.Credentials;

/// <summary>The verbs of <c>gatehouse credential</c> for what belongs to a user: keys, tokens and login files, attached to an agent or not.</summary>
internal static class OwnedVerbs
{
    private static readonly Argument<string> s_vendor = new("vendor") { Description = "Whose program keeps the login.", HelpName = "codex|claude" };
    private static readonly Argument<string> s_which = new("credential") { Description = "The credential's id or name.", HelpName = "ID|NAME" };
    private static readonly Option<string?> s_source = new("--source") { Description = "The login file, - for standard input. Otherwise where the program keeps it.", HelpName = "FILE" };

    private static readonly Option<bool> s_platform = new("--platform") { Description = "One of the platform's keys, by id, name or PROVIDER/NAME." };

    static OwnedVerbs()
    {
        s_vendor.AcceptOnlyFromAmong("codex", "claude");
        Kind.AcceptOnlyFromAmong([.. Enum.GetValues<CredentialKind>().Select(kind => kind.Name())]);
        Kind.HelpName = string.Join('|', Enum.GetValues<CredentialKind>().Select(kind => kind.Name()));
    }

    /// <summary>What an owned credential is.</summary>
    public static Option<string?> Kind { get; } = new("--kind") { Description = "What it is; makes it a user's own instead of the platform's. [default with --for: api-key]" };

    /// <summary>The harness to attach it to.</summary>
    public static Option<string?> For { get; } = new("--for") { Description = "Attach it to this agent, in the place of what was attached; makes it a user's own.", HelpName = "HARNESS" };

    /// <summary>The host of a compatible credential.</summary>
    public static Option<string?> BaseUrl { get; } = new("--base-url") { Description = "The host of an openai-compatible or anthropic-compatible key: public, https. Sealed with the key.", HelpName = "URL" };

    /// <summary>What that host speaks.</summary>
    public static Option<string?> Dialect { get; } = new("--dialect") { Description = "What that host speaks: openai-responses where it is not Chat Completions.", HelpName = "NAME" };

    /// <summary>Whether the users' own are meant.</summary>
    public static Option<bool> Owned { get; } = new("--owned") { Description = "The users' own credentials instead of the platform's." };

    /// <summary>The import verb.</summary>
    public static Verb Import() => new Verb(
        "import",
        "Seal the login that a vendor's own program keeps on this machine, and attach it to that program. It stays the program's: it is handed to it as it is, and never sent through the gateway.",
        "gatehouse credential import codex", "gatehouse credential import claude --source ~/.claude/.credentials.json --project web")
        { s_vendor, s_source, TenantOptions.Project, TenantOptions.User, CommonOptions.Json }.RunsOnInstallation(ImportAsync);

    /// <summary>The replace verb.</summary>
    public static Verb Replace() => new Verb(
        "replace",
        "Replace the secret of a user's credential, or of one of the platform's. It is read from standard input, or asked for. Host and provider stay as they were sealed, unless given anew.",
        "gatehouse credential replace work < key.txt",
        "gatehouse credential replace anthropic/default --platform < key.txt") { s_which, s_platform, BaseUrl, Dialect, CommonOptions.Json }
        .NeverRepeats("There is a word too many. A key is read from standard input, never from an argument.")
        .RunsOnInstallation(ReplaceAsync);

    /// <summary>Adds an owned credential, and attaches it when an agent is named.</summary>
    public static async Task<Report> AddAsync(Invocation invocation, Installation installation, string? provider, string? name)
    {
        var parsed = invocation.Parsed;
        var (user, fault) = await TenantOptions.UserAsync(invocation, installation);
        if (fault is not null) return fault;
        var kind = CredentialKinds.Parse(parsed.GetValue(Kind) ?? CredentialKind.ApiKey.Name())!.Value;
        if (DialectFault(invocation, out var dialect) is { } unknown) return unknown;
        if (invocation.Terminal.ReadSecret($"Secret of kind {kind.Name()} (not shown): ") is not { } typed) return Report.Failed(new Problem("No secret was given; nothing was changed."));
        var given = new NewCredential
        {
            Name = name ?? provider ?? kind.Name(),
            Kind = kind,
            Secret = Secret.From(typed),
            Provider = provider,
            BaseUrl = parsed.GetValue(BaseUrl),
            Dialect = dialect,
        };
        return parsed.GetValue(For) is { } harness
            ? await ConnectAsync(invocation, installation, harness, given, user)
            : Told(await installation.Tenants.Credentials.AddAsync(Actor.OfThisMachine, given, user, invocation.Cancelled), "Sealed");
    }

    /// <summary>Removes an owned credential.</summary>
    public static async Task<Report> RemoveAsync(Invocation invocation, Installation installation, string which) =>
        Told(await installation.Tenants.Credentials.RemoveAsync(Actor.OfThisMachine, which, invocation.Cancelled), "Removed");

    private static async Task<Report> ImportAsync(Invocation invocation, Installation installation)
    {
        var (user, fault) = await TenantOptions.UserAsync(invocation, installation);
        if (fault is not null) return fault;
        var source = invocation.Parsed.GetValue(s_source);
        var at = Surroundings.OfProcess();
        var (login, problem) = invocation.Parsed.GetValue(s_vendor) == "codex"
            ? VendorLogin.Codex(source, at) : VendorLogin.Claude(source, at, TimeProvider.System.GetUtcNow());
        if (login is null) return Report.Failed(problem!);
        var given = new NewCredential { Name = $"{login.Harness} login", Kind = login.Kind, Secret = login.Secret };
        var report = await ConnectAsync(invocation, installation, login.Harness, given, user);
        return report with { Warnings = [.. report.Warnings, .. login.Warnings] };
    }

    private static async Task<Report> ReplaceAsync(Invocation invocation, Installation installation)
    {
        if (DialectFault(invocation, out var dialect) is { } unknown) return unknown;
        if (invocation.Parsed.GetValue(s_platform)) return await ReplacePlatformAsync(invocation, installation);
        if (invocation.Terminal.ReadSecret("New secret (not shown): ") is not { } typed) return Report.Failed(new Problem("No secret was given; nothing was changed."));
        return Told(
            await installation.Tenants.Credentials.ReplaceAsync(
                Actor.OfThisMachine, invocation.Parsed.GetValue(s_which)!, Secret.From(typed), invocation.Parsed.GetValue(BaseUrl), dialect, cancellation: invocation.Cancelled),
            "Replaced the secret of");
    }

    private static async Task<Report> ReplacePlatformAsync(Invocation invocation, Installation installation)
    {
        if (invocation.Parsed.GetValue(BaseUrl) is not null || invocation.Parsed.GetValue(Dialect) is not null)
            return Report.Misused([new Problem("One of the platform's keys has no --base-url and no --dialect: its provider has, in the configuration.")]);
        if (invocation.Terminal.ReadSecret("New key (not shown): ") is not { } typed) return Report.Failed(new Problem("No key was given; nothing was changed."));
        return TenantOptions.Told(
            await installation.Vault.ReplaceAsync(Actor.OfThisMachine, invocation.Parsed.GetValue(s_which)!, Secret.From(typed), invocation.Cancelled),
            entry => $"Replaced the key of credential '{entry.Name}' of {entry.Provider} ({entry.Id}). A running server uses it within a second.", CredentialView.Write);
    }

    private static async Task<Report> ConnectAsync(Invocation invocation, Installation installation, string harness, NewCredential given, string? user)
    {
        var hasModel = invocation.Parsed.GetResult(TenantOptions.Model) is not null || invocation.Parsed.GetResult(TenantOptions.Effort) is not null;
        var made = await installation.Tenants.Attachments.ConnectAsync(
            Actor.OfThisMachine, harness, given, invocation.Parsed.GetValue(TenantOptions.Project), hasModel ? TenantOptions.Settings(invocation) : null, user, invocation.Cancelled);
        return made.Value is not { } connection
            ? Report.Failed(new Problem(made.Error!))
            : Report.Done(
                terminal => terminal.Note(
                    $"Sealed credential '{connection.Credential.Name}' ({connection.Credential.Id}) and attached it to {connection.Attachment.Harness}"
                    + $"{(connection.Attachment.ProjectId is null ? "" : " for the project")}. A running server goes by it within a second."),
                json => TenantView.Write(json, connection.Credential)) with
            { Warnings = connection.Credential.Warnings };
    }

    internal static Report? DialectFault(Invocation invocation, out Dialect? dialect)
    {
        dialect = null;
        if (invocation.Parsed.GetValue(Dialect) is not { } text) return null;
        if (!DialectNames.TryParse(text, out var known)) return Report.Misused([new Problem($"'{text}' is no dialect.", $"One of: {string.Join(", ", DialectNames.All.Select(one => one.Name()))}")]);
        dialect = known;
        return null;
    }

    private static Report Told(Edited<CredentialEntry> edited, string done)
    {
        var report = TenantOptions.Told(edited, entry => $"{done} credential '{entry.Name}' ({entry.Id}).", TenantView.Write);
        return edited.Value is { } value ? report with { Warnings = value.Warnings } : report;
    }
}
