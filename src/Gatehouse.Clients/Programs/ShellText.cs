namespace Gatehouse.Clients.Programs;

/// <summary>Words as a POSIX shell reads them.</summary>
internal static class ShellText
{
    /// <summary>A word that the shell takes as it is; quoted only where it has to be.</summary>
    public static string Quote(string word) =>
        word.Length > 0 && word.All(IsPlain) ? word : "'" + word.Replace("'", @"'\''", StringComparison.Ordinal) + "'";

    /// <summary>The word that a text of <see cref="Quote"/> means; null when it is no such text.</summary>
    public static string? Unquote(string text)
    {
        var word = text.Length > 1 && text[0] == '\'' && text[^1] == '\'' ? text[1..^1].Replace(@"'\''", "'", StringComparison.Ordinal) : text;
        return Quote(word) == text ? word : null;
    }

    private static bool IsPlain(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '/' or '.' or '_' or '-' or ':' or '=' or ',' or '@' or '%' or '+';
}
