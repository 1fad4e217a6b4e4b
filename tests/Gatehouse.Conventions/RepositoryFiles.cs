namespace Gatehouse.Conventions;

/// <summary>The repository that these tests were built from, and the files in it that people write.</summary>
internal static class RepositoryFiles
{
    private static readonly string[] _made =
        ["bin", "obj", "artifacts", "node_modules", ".git", ".vs", ".idea", "TestResults", "BenchmarkDotNet.Artifacts"];

    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every file outside of what builds and tools make, as a path relative to the root with forward slashes.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Walk(Root).Select(Relative).Order(StringComparer.Ordinal)];

    /// <summary>The files under a folder that end in one of the given ways.</summary>
    public static IEnumerable<string> Under(string folder, params string[] endings) =>
        All.Where(path =>
            path.StartsWith(folder, StringComparison.Ordinal) && endings.Any(ending => path.EndsWith(ending, StringComparison.Ordinal)));

    /// <summary>The whole text of a file given by its relative path.</summary>
    public static string Read(string path) => File.ReadAllText(Full(path));

    /// <summary>The absolute path of a relative one.</summary>
    public static string Full(string path) => Path.Combine(Root, path);

    /// <summary>The lines of a list beside these tests, "entry: reason", as entry and reason; comments and blank lines left out.</summary>
    public static IReadOnlyDictionary<string, string> Allowed(string list) =>
        File.ReadAllLines(Full($"tests/Gatehouse.Conventions/{list}"))
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split(": ", 2))
            .ToDictionary(parts => parts[0].Trim(), parts => parts.Length > 1 ? parts[1].Trim() : "", StringComparer.Ordinal);

    private static IEnumerable<string> Walk(string folder) =>
        Directory.EnumerateFiles(folder).Concat(
            Directory.EnumerateDirectories(folder).Where(inner => !_made.Contains(Path.GetFileName(inner))).SelectMany(Walk));

    private static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Gatehouse.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException($"no Gatehouse.slnx above {AppContext.BaseDirectory}");
    }
}
