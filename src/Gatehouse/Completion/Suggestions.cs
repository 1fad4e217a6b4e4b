using System.CommandLine;
using System.CommandLine.Completions;

namespace Gatehouse.Completion;

/// <summary>
/// How a command line can go on, from the tree of commands itself. The parser's own <c>[suggest]</c> is not used: it throws on
/// <c>--kind=c</c>, wants the line as one text to split anew, and proposes <c>/?</c> (System.CommandLine 3.0.0).
/// </summary>
internal static class Suggestions
{
    /// <summary>The first word that asks for suggestions; the words typed follow, the last being the one to complete.</summary>
    public const string Verb = "__complete";

    /// <summary>As <see cref="Verb"/>, where nothing is typed of the next word: Windows PowerShell can't pass an empty argument.</summary>
    public const string NextVerb = "__complete-next";

    /// <summary>Answers a shell's script; false when the arguments are not its question.</summary>
    public static bool Answer(IReadOnlyList<string> arguments, Func<RootCommand> commands, TextWriter output)
    {
        if (arguments is not [Verb or NextVerb, ..]) return false;
        var words = arguments.Skip(1).ToList();
        if (arguments[0] == NextVerb || words.Count == 0) words.Add("");
        foreach (var suggestion in For(commands(), words)) output.WriteLine(suggestion);
        return true;
    }

    /// <summary>Suggestions for the last of the words.</summary>
    public static IEnumerable<Suggestion> For(RootCommand root, IReadOnlyList<string> words)
    {
        var typed = WithoutSplitValues(words);
        var current = typed[^1];
        var line = new TypedLine(root);
        foreach (var word in typed.SkipLast(1)) line.Take(word);
        if (line.Awaiting is { } awaiting) return Values(awaiting, awaiting.HelpName, current, "");
        var equals = current.IndexOf('=', StringComparison.Ordinal);
        if (equals > 0 && line.Find(current[..equals]) is { } named)
            return Values(named, named.HelpName, current[(equals + 1)..], current[..(equals + 1)]);
        if (current.StartsWith('-')) return Options(line, current);
        var proposed = Commands(line, current).Concat(line.Argument is { } next ? Values(next, next.HelpName, current, "") : []).ToList();
        return proposed.Count > 0 || current.Length > 0 || line.IsLost ? proposed : Options(line, current);
    }

    // bash splits words at =, which the line "--kind=c" turns into "--kind", "=", "c".
    private static List<string> WithoutSplitValues(IReadOnlyList<string> words)
    {
        var whole = new List<string>(words.Count);
        foreach (var word in words)
            if (word != "=" || whole.Count == 0 || !whole[^1].StartsWith("--", StringComparison.Ordinal)) whole.Add(word);
        if (words[^1] == "=") whole.Add("");
        return whole;
    }

    private static IEnumerable<Suggestion> Commands(TypedLine line, string begun) => line.ArgumentsTaken > 0
        ? []
        : line.Command.Subcommands.Where(command => !command.Hidden && command.Name.StartsWith(begun, StringComparison.Ordinal))
            .Select(command => Suggestion.Of(command.Name, command.Description));

    private static IEnumerable<Suggestion> Options(TypedLine line, string begun) =>
        line.Open().Where(option => !option.Hidden && option.Name.StartsWith(begun, StringComparison.Ordinal))
            .Select(option => Suggestion.Of(option.Name, option.Description));

    private static IEnumerable<Suggestion> Values(Symbol of, string? helpName, string begun, string prefix)
    {
        var known = of.GetCompletions(CompletionContext.Empty).Select(completion => completion.Label).ToList();
        if (known.Count > 0) return known.Where(value => value.StartsWith(begun, StringComparison.Ordinal))
            .Select(value => new Suggestion(prefix + value, ""));
        return helpName switch
        {
            "FILE" or "PATH" => [new Suggestion(Suggestion.Files, "")],
            "DIR" => [new Suggestion(Suggestion.Folders, "")],
            _ => [],
        };
    }
}
