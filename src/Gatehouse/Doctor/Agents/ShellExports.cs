using System.Text.RegularExpressions;

namespace Gatehouse.Doctor.Agents;

/// <summary>A variable that a shell's start-up file sets.</summary>
/// <param name="Variable">Its name.</param>
/// <param name="File">The file.</param>
/// <param name="Line">The line, from 1.</param>
internal sealed record ShellExport(string Variable, string File, int Line);

/// <summary>
/// What the person's shells set when they start. A variable that is set there reaches every agent, also when this process's environment is
/// without it. The files are read and never changed; they are programs, so what stands behind conditions or in other files is not seen.
/// </summary>
internal static partial class ShellExports
{
    private const long Largest = 1 << 20;

    private static readonly string[] s_files =
        [".bashrc", ".bash_profile", ".bash_login", ".profile", ".zshrc", ".zprofile", ".zshenv", ".config/fish/config.fish"];

    /// <summary>The exports, by variable; the last one of each counts.</summary>
    public static IReadOnlyDictionary<string, ShellExport> Of(string home)
    {
        var found = new Dictionary<string, ShellExport>(StringComparer.Ordinal);
        foreach (var file in s_files.Select(name => Path.Combine(home, name)).Where(File.Exists))
        {
            foreach (var export in In(file)) found[export.Variable] = export;
        }

        return found;
    }

    private static List<ShellExport> In(string file)
    {
        try
        {
            if (new FileInfo(file).Length > Largest) return [];
            return [.. File.ReadLines(file).Select((line, index) => (Match: Export().Match(line), Line: index + 1)).Where(at => at.Match.Success)
                .Select(at => new ShellExport(at.Match.Groups["name"].Value, file, at.Line))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // export NAME=…, typeset -x NAME=…, declare -x NAME=…; fish: set -gx NAME …
    [GeneratedRegex(@"^\s*(?:export\s+|(?:declare|typeset)\s+-\w*x\w*\s+|set\s+(?:-\w+\s+)*-\w*x\w*\s+)(?<name>[A-Za-z_]\w*)(?:=|\s+\S)")]
    private static partial Regex Export();
}
