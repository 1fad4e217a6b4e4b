using System.Text;
using System.Text.RegularExpressions;

namespace Gatehouse.ClaudeCli.Workbench;

/// <summary>
/// A file name pattern as shells have them: <c>*</c> and <c>?</c> within a name, <c>**</c> across folders, <c>[a-z]</c>, <c>{one,other}</c>. Names that begin with a
/// dot match only a pattern that writes the dot. It is matched without backtracking: no pattern takes long.
/// </summary>
internal sealed class PathPattern
{
    private readonly Regex _expression;

    private PathPattern(Regex expression) => _expression = expression;

    /// <summary>Reads a pattern; null when it is none.</summary>
    public static PathPattern? Read(string pattern)
    {
        var text = new StringBuilder("^");
        var braces = 0;
        while (pattern.StartsWith("./", StringComparison.Ordinal)) pattern = pattern[2..];
        for (var i = 0; i < pattern.Length; i++)
        {
            var starts = i == 0 || pattern[i - 1] is '/' or '{' or ',';
            switch (pattern[i])
            {
                case '*' when starts && string.CompareOrdinal(pattern, i, "**/", 0, 3) == 0:
                    text.Append("(?:[^/.][^/]*/)*");
                    i += 2;
                    break;
                case '*' when starts && string.CompareOrdinal(pattern, i, "**", 0, 2) == 0:
                    text.Append("(?:[^/.][^/]*/)*[^/.][^/]*");
                    i++;
                    break;
                case '*':
                    text.Append(starts ? "(?:[^/.][^/]*)?" : "[^/]*");
                    break;
                case '?':
                    text.Append(starts ? "[^/.]" : "[^/]");
                    break;
                case '[' when pattern.IndexOf(']', i + 1) is var end and > 0:
                    text.Append('[').Append(pattern[i + 1] is '!' or '^' ? "^/" : "").Append(Class(pattern[(i + 1)..end])).Append(']');
                    i = end;
                    break;
                case '{':
                    braces++;
                    text.Append("(?:");
                    break;
                case '}' when braces > 0:
                    braces--;
                    text.Append(')');
                    break;
                case ',' when braces > 0:
                    text.Append('|');
                    break;
                default:
                    text.Append(Regex.Escape(pattern[i].ToString()));
                    break;
            }
        }

        try
        {
            return new PathPattern(new Regex(text.Append('$').ToString(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline));
        }
        catch (ArgumentException)
        {
            return null;
        }
        catch (NotSupportedException)
        {
            // Too large for this way of matching.
            return null;
        }
    }

    /// <summary>Whether a path fits: from the folder that is searched, with slashes.</summary>
    public bool Fits(string path) => _expression.IsMatch(path);

    private static string Class(string members) =>
        (members.StartsWith('!') || members.StartsWith('^') ? members[1..] : members).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("[", "\\[", StringComparison.Ordinal);
}
