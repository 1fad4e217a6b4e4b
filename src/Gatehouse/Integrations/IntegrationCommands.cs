using System.CommandLine;
using Gatehouse.CommandLine;

namespace Gatehouse.Integrations;

/// <summary><c>gatehouse integration</c>: pointing coding agents at Gatehouse, and taking it back.</summary>
internal static class IntegrationCommands
{
    /// <summary>Builds the commands.</summary>
    public static Command Build() => new("integration", "Point coding agents at Gatehouse by their own configuration files, and take it back. One page per client: docs/clients.")
    {
        new Verb(
            "list",
            "List the clients that Gatehouse knows: whether they are installed, where their settings lie, who owns what these say now, and whether it is in order.",
            "gatehouse integration list") { CommonOptions.Json }
            .Runs(ListVerb.RunAsync),
        new Verb(
            "print",
            "Print what a client needs, ready to paste. The token's place is marked; --reveal makes one.",
            "gatehouse integration print claude-code",
            "gatehouse integration print codex --reveal",
            "gatehouse integration print claude-code --format json --model claude-sonnet-4-5 --fast-model claude-haiku-4-5")
        {
            IntegrationOptions.Client, IntegrationOptions.Model, IntegrationOptions.FastModel, IntegrationOptions.BaseUrl, IntegrationOptions.SpokenDialect,
            IntegrationOptions.Auth, IntegrationOptions.Format, IntegrationOptions.Reveal, CommonOptions.Json,
        }.Runs(PrintVerb.RunAsync),
        new Verb(
            "apply",
            "Write a client's settings: shows the difference, asks, keeps a copy, writes, and reads back. Nothing else in the file changes by a byte. A second time there is nothing to do.",
            "gatehouse integration apply claude-code",
            "gatehouse integration apply claude-code --project --yes",
            "gatehouse integration apply codex --dry-run")
        {
            IntegrationOptions.Client, IntegrationOptions.Model, IntegrationOptions.FastModel, IntegrationOptions.BaseUrl, IntegrationOptions.SpokenDialect,
            IntegrationOptions.Auth, IntegrationOptions.TokenFile, IntegrationOptions.Target, IntegrationOptions.Project, IntegrationOptions.KeepProvider,
            IntegrationOptions.DryRun, IntegrationOptions.Yes, CommonOptions.Json,
        }.Runs(ApplyVerb.RunAsync),
        new Verb(
            "restore",
            "Take back what apply wrote and leave what was changed since, saying what was left alone and why. Revokes the token that was made for it.",
            "gatehouse integration restore claude-code",
            "gatehouse integration restore codex --all --yes",
            "gatehouse integration restore codex --backup ~/.codex/config.toml.backup.1790000000")
        {
            IntegrationOptions.Client, IntegrationOptions.Target, IntegrationOptions.Project, IntegrationOptions.Backup, IntegrationOptions.All,
            IntegrationOptions.DryRun, IntegrationOptions.Yes, CommonOptions.Json,
        }.Runs(RestoreVerb.RunAsync),
        new Verb("backups", "List the copies that were made of a client's settings, the newest first.", "gatehouse integration backups claude-code")
        {
            IntegrationOptions.Client, IntegrationOptions.Target, CommonOptions.Json,
        }.Runs(BackupsVerb.RunAsync),
    };
}
