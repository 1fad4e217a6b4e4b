namespace Gatehouse.Control;

/// <summary>Names that people give to things: short, on one line, without blanks around them.</summary>
public static class GivenName
{
    private const int Longest = 100;

    /// <summary>What is wrong with an id that was refused.</summary>
    internal const string BadId = "An id has 1 to 200 characters and no control characters.";

    /// <summary>What is wrong with a name, or null when nothing is.</summary>
    public static string? Fault(string name) => name switch
    {
        _ when string.IsNullOrWhiteSpace(name) => "A name is needed.",
        _ when name.Length > Longest => $"The name is longer than {Longest} characters.",
        _ when name.Any(char.IsControl) || name.Trim() != name => "A name has no line breaks, control characters, or blanks around it.",
        _ => null,
    };

    /// <summary>Says which of several things a name may mean, one per line, so that the person can ask again by id.</summary>
    internal static string Ambiguous(string what, string asked, IEnumerable<string> candidates) =>
        $"Several {what} are called '{asked}'. Name one by its id:\n{string.Join('\n', candidates.Select(line => "  " + line))}";
}
