using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Gatehouse.Accounts;
using Gatehouse.Completion;
using Gatehouse.Configuration;
using Gatehouse.Credentials;
using Gatehouse.Demo;
using Gatehouse.Doctor;
using Gatehouse.Integrations;
using Gatehouse.Limits;
using Gatehouse.Presets;
using Gatehouse.Runs;
using Gatehouse.Serve;
using Gatehouse.Settings;
using Gatehouse.Simulate;
using Gatehouse.Smoke;
using Gatehouse.Status;
using Gatehouse.Tenants;
using Gatehouse.Terminals;
using Gatehouse.Tokens;
using Gatehouse.Usage;
using Gatehouse.Vaults;

namespace Gatehouse.CommandLine;

/// <summary>The whole command line: every verb, and what happens to a line that can't be understood.</summary>
internal static class GatehouseCommand
{
    /// <summary>Runs one command line.</summary>
    /// <returns>The process's exit code; see <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var terminal = Terminal.OfProcess();
        try
        {
            return await RunAsync(args, terminal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Verbs turn their own failures into words; what is left is that the words could not be written: a full disk behind a
            // redirection, or an output that whoever called has closed.
            return Unwritable(terminal, e is OutputException lost ? lost.InnerException! : e);
        }
    }

    /// <summary>Builds the tree of commands and options.</summary>
    public static RootCommand Build()
    {
        var root = new RootCommand(
            "A gateway for AI coding agents: it holds the provider keys, decides who may call which model, and writes down what was used.")
        {
            CommonOptions.ConfigFile,
            CommonOptions.DataDirectory,
            ServeCommand.Build(),
            StatusCommand.Build(),
            UsageCommand.Build(),
            LimitCommands.Build(),
            TokenCommands.Build(),
            CredentialCommands.Build(),
            VaultCommands.Build(),
            ClaudeCommands.Build(),
            UserCommands.Build(),
            ProjectCommands.Build(),
            WorkspaceCommands.Build(),
            SettingsCommands.Build(),
            AuditCommand.Build(),
            ConfigCommands.Build(),
            PresetsCommand.Build(),
            IntegrationCommands.Build(),
            EnvCommand.Build(),
            RunCommand.Build(),
            DemoCommand.Build(),
            DoctorCommand.Build(),
            SmokeCommand.Build(),
            SimulateCommand.Build(),
            CompletionCommand.Build(),
        };
        foreach (var command in AttachCommands.Build().Concat(ConnectCommands.Build())) root.Subcommands.Add(command);
        root.SetAction(parsed => new VerbHelp(new HelpAction()).Invoke(parsed));
        foreach (var option in root.Options)
        {
            if (option is HelpOption help) help.Action = new VerbHelp((HelpAction)help.Action!);
            if (option is VersionOption version) version.Action = new VersionAction();
        }

        return root;
    }

    private static async Task<int> RunAsync(string[] args, Terminal terminal)
    {
        if (Suggestions.Answer(args, Build, terminal.Output)) return ExitCode.Ok;
        // No response files: a name that begins with @ is a name.
        var parsed = Build().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0 && parsed.Action is ParseErrorAction) return Misused(parsed, terminal, args.Contains("--json"));
        if (parsed.Action == parsed.CommandResult.Command.Action && ValueForms.Faults(parsed) is { Count: > 0 } faults)
            return Misused(parsed, terminal, args.Contains("--json"), faults.Select(static fault => new Problem(fault)));
        // Signals are the verbs' own affair: serve drains, and a second signal ends it.
        return await parsed.InvokeAsync(
            new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    private static int Unwritable(Terminal terminal, Exception reason)
    {
        try
        {
            terminal.Note($"gatehouse: {Failures.Unwritable(reason)}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Standard error is lost too: the exit code alone tells.
        }

        return ExitCode.Failed;
    }

    private static int Misused(ParseResult parsed, Terminal terminal, bool json)
    {
        // One message for each: the parser repeats itself where both the command and its argument are at fault.
        IEnumerable<Problem> problems = parsed.CommandResult.Command is Verb { SaidOfUnknownWords: { } instead }
            && parsed.UnmatchedTokens.Count > 0
            ? [new Problem(instead)]
            : parsed.Errors.Select(e => ParserWords.Of(e.Message, parsed.CommandResult.Command)).Distinct().Select(message => new Problem(message));
        return Misused(parsed, terminal, json, problems);
    }

    private static int Misused(ParseResult parsed, Terminal terminal, bool json, IEnumerable<Problem> problems)
    {
        var path = Verb.PathOf(parsed.CommandResult.Command);
        var help = $"See: {(path.Length == 0 ? "gatehouse" : $"gatehouse {path}")} --help";
        var report = Report.Misused([.. problems], help);
        report.Print(terminal, path, json);
        return report.ExitCode;
    }

    private sealed class VersionAction : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(ProgramVersion.Text);
            return ExitCode.Ok;
        }
    }
}
