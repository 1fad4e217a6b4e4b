using System.CommandLine;
using System.CommandLine.Parsing;
using Gatehouse.Clients;
using Gatehouse.Clients.Setups;
using Gatehouse.CommandLine;
using Gatehouse.Dialects;

namespace Gatehouse.Integrations;

/// <summary>Arguments and options of the commands that set clients up.</summary>
internal static class IntegrationOptions
{
    private static readonly (string Word, CredentialPlace Place)[] s_places =
        [("token", CredentialPlace.Settings), ("helper", CredentialPlace.File), ("env", CredentialPlace.Environment)];

    public static Argument<string> Client { get; } = new("client")
    {
        Description = "The client; 'gatehouse integration list' shows them.",
        HelpName = "CLIENT",
        CompletionSources = { _ => ClientCatalog.All.Select(client => new System.CommandLine.Completions.CompletionItem(client.Id)) },
    };

    public static Option<string?> Model { get; } = new("--model")
    {
        Description = "The model to set. Otherwise integration.defaultModel of the configuration, then the client's own names where they are routed.",
        HelpName = "NAME",
    };

    public static Option<string?> FastModel { get; } = new("--fast-model")
    {
        Description = "The model for small tasks. Otherwise integration.fastModel, then the same as --model.",
        HelpName = "NAME",
    };

    public static Option<string?> BaseUrl { get; } = new("--base-url")
    {
        Description = "Gatehouse's address as the client reaches it, without /v1. Otherwise that of the running server, then the configuration's.",
        HelpName = "URL",
    };

    public static Option<string?> SpokenDialect { get; } = new("--dialect")
    {
        Description = "What the client is to speak, where it can speak several. Otherwise the one that the model's provider speaks.",
        HelpName = "NAME",
    };

    public static Option<string?> Auth { get; } = new("--auth")
    {
        Description = "Where the token stands: in the settings (token), in a file of its own that the client reads (helper), or in $GATEHOUSE_TOKEN (env).",
        HelpName = "token|helper|env",
    };

    public static Option<string?> TokenFile { get; } = new("--token-file")
    {
        Description = "A file with the token to use, - for standard input. Otherwise the one that is there, or a new one named for the client.",
        HelpName = "FILE",
    };

    public static Option<string?> Target { get; } = new("--target")
    {
        Description = "The settings file. Otherwise the client's own in the home directory.",
        HelpName = "FILE",
    };

    public static Option<bool> Project { get; } = new("--project")
    {
        Description = "The current project's local settings instead of those in the home directory (Claude Code).",
    };

    public static Option<bool> DryRun { get; } = new("--dry-run") { Description = "Show what would be done and change nothing." };

    public static Option<bool> Yes { get; } = new("--yes", "-y") { Description = "Do it without asking. Needed where nobody can be asked." };

    public static Option<bool> KeepProvider { get; } = new("--keep-provider")
    {
        Description = "Change the address of the provider that is set, in place, so that its sessions stay in the list (Codex).",
    };

    public static Option<SnippetFormat?> Format { get; } = new("--format")
    {
        Description = "The form of the snippet. Each client has a usual one.",
        HelpName = "env|json|toml|shell",
        CustomParser = ParseFormat,
    };

    public static Option<bool> Reveal { get; } = new("--reveal") { Description = "Make a token and put it in its place. Tokens are stored as hashes, so one that is there can't be shown." };

    public static Option<bool> All { get; } = new("--all") { Description = "Take out also what the client's own sessions refer to by now (Codex)." };

    public static Option<string?> Backup { get; } = new("--backup")
    {
        Description = "Put this copy in the place of the settings, whole, instead of taking back only what is ours.",
        HelpName = "FILE",
    };

    static IntegrationOptions()
    {
        Auth.AcceptOnlyFromAmong([.. s_places.Select(place => place.Word)]);
        SpokenDialect.AcceptOnlyFromAmong([.. DialectNames.All.Select(dialect => dialect.Name())]);
        SpokenDialect.HelpName = string.Join('|', DialectNames.All.Select(dialect => dialect.Name()));
        Auth.HelpName = "token|helper|env";
    }

    /// <summary>The place that a word of <c>--auth</c> means.</summary>
    public static CredentialPlace PlaceOf(string word) => s_places.First(place => place.Word == word).Place;

    /// <summary>The word of <c>--auth</c> for a place.</summary>
    public static string WordOf(CredentialPlace place) => s_places.First(at => at.Place == place).Word;

    /// <summary>The client that is meant, or what is wrong with the name.</summary>
    public static Client? Find(Invocation invocation, out Report? unknown)
    {
        var name = invocation.Parsed.GetValue(Client)!;
        var client = ClientCatalog.Find(name);
        unknown = client is not null ? null : CommandLine.Report.Misused(
            [new Problem($"'{name}' is no client that Gatehouse knows.", $"One of: {string.Join(", ", ClientCatalog.All.Select(known => known.Id))}")]);
        return client;
    }

    private static SnippetFormat? ParseFormat(ArgumentResult result)
    {
        if (result.Tokens is [{ Value: var word }] && word is "env" or "json" or "toml" or "shell") return Enum.Parse<SnippetFormat>(result.Tokens[0].Value, ignoreCase: true);
        result.AddError("--format is one of env, json, toml, shell.");
        return null;
    }
}
