using System.CommandLine;
using Gatehouse.Terminals;

namespace Gatehouse.CommandLine;

/// <summary>
/// A command of the program with its examples. Runs its work, prints the report and turns it into the exit code; whatever the work throws
/// becomes a report too.
/// </summary>
internal sealed class Verb : Command
{
    /// <summary>Creates a command.</summary>
    /// <param name="name">Its word on the command line.</param>
    /// <param name="description">What it does, in the words of its help.</param>
    /// <param name="examples">Whole command lines with a remark after <c>#</c>, shown below its help.</param>
    public Verb(string name, string description, params IReadOnlyList<string> examples)
        : base(name, description) => Examples = examples;

    /// <summary>The examples of its help.</summary>
    public IReadOnlyList<string> Examples { get; }

    /// <summary>What is said of words that the command does not understand; null where they are repeated.</summary>
    public string? SaidOfUnknownWords { get; private set; }

    /// <summary>Keeps words that the command does not understand out of its messages, for one of them may be a secret.</summary>
    /// <param name="instead">What is said of them.</param>
    public Verb NeverRepeats(string instead)
    {
        SaidOfUnknownWords = instead;
        return this;
    }

    /// <summary>Says what the command does.</summary>
    public Verb Runs(Func<Invocation, Task<Report>> work)
    {
        SetAction((parsed, cancelled) => RunAsync(work, parsed, cancelled));
        return this;
    }

    /// <summary>The words that lead to a command, such as <c>token create</c>; empty for the program itself.</summary>
    public static string PathOf(Command command)
    {
        var words = new List<string>();
        for (Symbol? at = command; at is Command and not RootCommand; at = at.Parents.FirstOrDefault()) words.Insert(0, at.Name);
        return string.Join(' ', words);
    }

    private async Task<int> RunAsync(Func<Invocation, Task<Report>> work, ParseResult parsed, CancellationToken cancelled)
    {
        var terminal = Terminal.OfProcess();
        var invocation = new Invocation(parsed, terminal, cancelled);
        Report report;
        try
        {
            report = await work(invocation);
        }
        catch (Exception e)
        {
            report = Failures.Explain(e);
        }

        // An output that takes nothing is no failure of the work: whoever called says so.
        report.Print(terminal, PathOf(this), invocation.Json);
        return report.ExitCode;
    }
}
