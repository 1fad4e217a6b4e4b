using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Gatehouse.CommandLine;

/// <summary>The parser's own help with the command's examples below it.</summary>
internal sealed class VerbHelp(HelpAction plain) : SynchronousCommandLineAction
{
    // Longer lines are hard to read, however wide the terminal is.
    private const int Widest = 110;

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        plain.MaxWidth = Math.Min(plain.MaxWidth, Widest);
        plain.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        if (parseResult.CommandResult.Command is Verb { Examples.Count: > 0 } verb)
        {
            output.WriteLine("Examples:");
            foreach (var example in verb.Examples) output.WriteLine($"  {example}");
        }
        else if (parseResult.CommandResult.Command is RootCommand)
        {
            output.WriteLine("To begin:");
            output.WriteLine("  gatehouse demo     # see it work, with nothing configured");
            output.WriteLine("  gatehouse serve    # run it; prints a token and how to start the agents with it");
        }

        return ExitCode.Ok;
    }
}
