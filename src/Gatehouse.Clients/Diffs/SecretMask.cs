using System.Text.RegularExpressions;

namespace Gatehouse.Clients.Diffs;

/// <summary>Takes secrets out of text that is shown: those that are known, and whatever stands behind a name that says so.</summary>
internal static partial class SecretMask
{
    private const string Mask = "***";
    // Shorter ones would take words of the text with them.
    private const int Shortest = 6;

    /// <summary>The text without them.</summary>
    public static string Of(string text, IEnumerable<string> known)
    {
        foreach (var secret in known.Where(secret => secret.Length >= Shortest).OrderByDescending(secret => secret.Length))
            text = text.Replace(secret, Mask, StringComparison.Ordinal);
        text = Named().Replace(text, found => $"{found.Groups["name"].Value}{Mask}{found.Groups["end"].Value}");
        return InAddress().Replace(text, Mask);
    }

    // A member or key whose name ends in one of the words, with a text behind it. References to variables, files and commands are no secrets.
    [GeneratedRegex("""
        (?ix) (?<name> [\w.-]* (?: token | secret | password | passwd | (?<!env_|env)key | authorization | bearer ) ["']? \s* [:=] \s* (?<quote>["']) )
        (?! \$ | \{ | \*\*\* | \k<quote> ) (?: (?!\k<quote>) [^\n\\] | \\. )+ (?<end> \k<quote> )
        """)]
    private static partial Regex Named();

    // In an address: a user's name and password, and the values of the query.
    [GeneratedRegex("""(?x) (?<= :// ) [^/@\s"']+ (?= @ ) | (?<= :// [^\s"']* [?&] [\w.-]* = ) [^&\#\s"']+""")]
    private static partial Regex InAddress();
}
