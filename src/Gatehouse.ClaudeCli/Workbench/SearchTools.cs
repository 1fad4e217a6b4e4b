using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Gatehouse.ClaudeCli.Workbench;

/// <summary>The tools that look for files and for text in them. They follow no links and leave out what packages and version control bring. Thread-safe.</summary>
internal sealed class SearchTools(WorkFolder folder)
{
    private const int MostFiles = 1_000;
    private const int LongestLine = 500;
    private const long LargestSearched = 10 * 1024 * 1024;
    private static readonly TimeSpan s_lineTime = TimeSpan.FromSeconds(1);
    private static readonly string[] s_leftOut = ["node_modules", ".git"];

    /// <summary>The files whose path fits a pattern, one a line, as seen from <paramref name="start"/>.</summary>
    public ToolOutcome Glob(string pattern, string? start, CancellationToken cancellation)
    {
        if (folder.Find(start ?? ".") is not { } from) return ToolOutcome.Failed(WorkFolder.Outside(start!));
        if (!Directory.Exists(from)) return ToolOutcome.Failed($"{start} is not there, or no folder");
        if (PathPattern.Read(Inside(pattern)) is not { } wanted) return ToolOutcome.Failed($"'{pattern}' is no pattern");
        var found = new List<string>();
        foreach (var path in folder.Files(from, s_leftOut, cancellation))
        {
            if (wanted.Fits(path)) found.Add(path);
        }

        found.Sort(StringComparer.Ordinal);
        var shown = string.Join('\n', found.Take(MostFiles));
        if (found.Count > MostFiles) shown += $"\n[{found.Count - MostFiles} more]";
        return new ToolOutcome(found.Count == 0 ? "(no matches)" : shown);
    }

    /// <summary>The lines that a pattern fits, each with its file, as seen from the working folder, and number.</summary>
    /// <param name="pattern">A regular expression.</param>
    /// <param name="start">The file or folder to search; null for the working folder.</param>
    /// <param name="include">A pattern of the names of the files to search; null for all.</param>
    /// <param name="cancellation">Ends the search.</param>
    public ToolOutcome Grep(string pattern, string? start, string? include, CancellationToken cancellation)
    {
        if (folder.Find(start ?? ".") is not { } from) return ToolOutcome.Failed(WorkFolder.Outside(start!));
        if (!Path.Exists(from)) return ToolOutcome.Failed($"{start} is not there");
        if (Expression(pattern, out var why) is not { } expression) return ToolOutcome.Failed($"'{pattern}' is no pattern: {why}");
        var names = include is null ? null : PathPattern.Read(include);
        if (include is not null && names is null) return ToolOutcome.Failed($"'{include}' is no pattern");
        var found = new StringBuilder();
        try
        {
            IEnumerable<string> files = File.Exists(from) ? [from] : folder.Files(from, s_leftOut, cancellation).Select(path => Path.Combine(from, path)).Order(StringComparer.Ordinal);
            foreach (var path in files)
            {
                if (names?.Fits(Path.GetFileName(path)) == false) continue;
                if (Search(path, expression, found, cancellation)) continue;
                found.Append("[More matches are left out]\n");
                break;
            }
        }
        catch (RegexMatchTimeoutException)
        {
            return ToolOutcome.Failed($"'{pattern}' takes too long to match");
        }

        return new ToolOutcome(found.Length == 0 ? "(no matches)" : found.ToString().TrimEnd('\n'));
    }

    // False when no more can be shown.
    private bool Search(string path, Regex expression, StringBuilder found, CancellationToken cancellation)
    {
        // What can't be opened is not searched, like grep's own.
        if (!folder.TryOpen(path, out var file, out _)) return true;
        using (file)
        {
            if (file.Length > LargestSearched) return true;
            using var reader = new StreamReader(file, Encoding.UTF8);
            var name = folder.Relative(path);
            for (var number = 1; reader.ReadLine() is { } line; number++)
            {
                cancellation.ThrowIfCancellationRequested();
                // No text.
                if (line.Contains('\0', StringComparison.Ordinal)) return true;
                if (!expression.IsMatch(line)) continue;
                found.Append(name).Append(':').Append(number.ToString(CultureInfo.InvariantCulture)).Append(':');
                found.Append(line.Length > LongestLine ? string.Concat(line.AsSpan(0, LongestLine), "…") : line).Append('\n');
                if (found.Length > ToolOutcome.MostText - (2 * LongestLine)) return false;
            }
        }

        return true;
    }

    // A model that writes the folder's own path means what is in it.
    private string Inside(string pattern) =>
        pattern.StartsWith(folder.Root + "/", StringComparison.Ordinal) ? pattern[(folder.Root.Length + 1)..] : pattern;

    private static Regex? Expression(string pattern, out string? why)
    {
        why = null;
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (NotSupportedException)
        {
            // Looks around or back: matched the other way, with a limit.
            return new Regex(pattern, RegexOptions.CultureInvariant, s_lineTime);
        }
        catch (ArgumentException e)
        {
            why = e.Message;
            return null;
        }
    }
}
