using System.CommandLine;
using System.CommandLine.Completions;
using Gatehouse.Clients;
using Gatehouse.CommandLine;
using Gatehouse.Integrations;

namespace Gatehouse.Runs;

/// <summary><c>gatehouse run</c>: one run of a coding agent through Gatehouse.</summary>
internal static class RunCommand
{
    /// <summary>The harness.</summary>
    public static Argument<string> Harness { get; } = new("harness")
    {
        Description = $"The coding agent: {Names()}.",
        HelpName = "HARNESS",
        CompletionSources = { _ => ClientCatalog.All.Where(client => client.HasOverlay).Select(client => new CompletionItem(client.Id)) },
    };

    /// <summary>What the harness gets on its command line.</summary>
    public static Argument<string[]> Arguments { get; } = new("args")
    {
        Description = "What the agent gets on its own command line, behind --.",
        HelpName = "ARGS",
        Arity = ArgumentArity.ZeroOrMore,
    };

    /// <summary>The workspace that the run belongs to.</summary>
    public static Option<string?> Workspace { get; } = new("--workspace")
    {
        Description = "The workspace that the run belongs to, by id or name: its project, its user and the platform, in that order, say whose key serves. Otherwise the one called default, of the default project.",
        HelpName = "ID|NAME",
    };

    /// <summary>Whether the harness sees none of the person's settings.</summary>
    public static Option<bool> Isolated { get; } = new("--isolated")
    {
        Description = "Give the agent an empty configuration folder that is removed afterwards, instead of the person's own: no login, no history, no rules of its own.",
    };

    /// <summary>Where the token of a Gatehouse elsewhere lies.</summary>
    public static Option<string?> TokenFile { get; } = new("--token-file")
    {
        Description = $"A file with a runner's or a user's token of a Gatehouse in another process or on another machine, which --base-url names; ${RemoteAccess.Variable} holds it otherwise. Without one the run belongs to this machine's data directory.",
        HelpName = "FILE",
    };

    /// <summary>For how long the run's token is good at a time.</summary>
    public static Option<int?> TokenLife { get; } = new("--token-life")
    {
        Description = "For how many seconds the run's token is good at a time: what a killed run leaves opens nothing after them. It is renewed while the agent runs. Default: 1800.",
        HelpName = "SECONDS",
        Validators =
        {
            static result =>
            {
                if (result.Tokens is [var token] && !(int.TryParse(token.Value, out var seconds) && seconds is >= 3 and <= 86_400))
                    result.AddError("--token-life takes a number of seconds from 3 to 86400.");
            },
        },
    };

    /// <summary>Builds the command.</summary>
    public static Command Build() => new Verb(
        "run",
        "Start a coding agent on this machine through Gatehouse, for one run: its settings go before the person's own and none of their files changes. It gets a token that is good while it runs and no provider's key; its exit code is passed on. A server has to run, here or elsewhere.",
        "gatehouse run claude-code",
        "gatehouse run claude-code --model claude-sonnet-4-5 -- -p 'What does this project do?'",
        "gatehouse run codex --isolated -- exec --skip-git-repo-check 'Say hello'",
        "gatehouse run opencode --workspace web -- run 'Say hello'",
        "gatehouse run codex --base-url https://gatehouse.example --token-file ~/.runner-token")
    {
        Harness, Arguments, Workspace, Isolated, TokenFile, TokenLife, IntegrationOptions.Model, IntegrationOptions.FastModel, IntegrationOptions.BaseUrl, IntegrationOptions.SpokenDialect, CommonOptions.Json,
    }.Runs(RunVerb.RunAsync);

    /// <summary>The harnesses that can be started so, in words.</summary>
    public static string Names() => string.Join(", ", ClientCatalog.All.Where(client => client.HasOverlay).Select(client => client.Id));
}
