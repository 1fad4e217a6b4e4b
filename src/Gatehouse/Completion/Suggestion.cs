namespace Gatehouse.Completion;

/// <summary>One way to go on with a command line.</summary>
/// <param name="Text">The whole word.</param>
/// <param name="Description">What it means, in a few words; empty for values.</param>
internal readonly record struct Suggestion(string Text, string Description)
{
    /// <summary>Stands alone on a line: the shell is to propose files by itself.</summary>
    public const string Files = ":files";

    /// <summary>Stands alone on a line: the shell is to propose folders by itself.</summary>
    public const string Folders = ":folders";

    private const int LongestDescription = 80;

    /// <summary>A command or option, with the first sentence of its help.</summary>
    public static Suggestion Of(string name, string? help)
    {
        var words = help ?? "";
        foreach (var end in (ReadOnlySpan<string>)[". ", ": ", "; "])
            if (words.IndexOf(end, StringComparison.Ordinal) is > 0 and var at) words = words[..at];
        words = words.TrimEnd('.');
        return new Suggestion(name, words.Length <= LongestDescription ? words : words[..(LongestDescription - 1)] + "…");
    }

    /// <summary>The line that the shells' scripts read: text, tab, description.</summary>
    public override string ToString() => Description.Length == 0 ? Text : $"{Text}\t{Description}";
}
