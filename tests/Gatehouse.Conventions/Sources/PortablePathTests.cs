using System.Runtime.Versioning;
using System.Text.RegularExpressions;

namespace Gatehouse.Conventions.Sources;

/// <summary>The repository stands on its own: it names no machine, no folder outside of itself and no package registry.</summary>
public partial class PortablePathTests
{
    private static readonly string[] _text =
        [".cs", ".csproj", ".props", ".slnx", ".json", ".jsonc", ".md", ".mjs", ".js", ".sh", ".txt", ".sql", ".yml", ".yaml", ".npmrc",
            ".editorconfig",
         "/gatehouse", "/test", "/run", ".service", "Dockerfile"];

    [Fact]
    public void No_file_names_a_machine_or_a_folder_outside_the_repository() =>
        Text().Where(path => Outside().IsMatch(RepositoryFiles.Read(path)))
            .ShouldBeNone("Files that name a path of some machine, or one outside of the repository:");

    [Fact]
    public void No_file_names_a_package_registry() =>
        Text().Where(path => Registry().IsMatch(RepositoryFiles.Read(path))).ShouldBeNone("Files that hold a package registry's address:");

    [Fact]
    public void Lock_files_hold_no_addresses()
    {
        var locks = RepositoryFiles.All.Where(path => Path.GetFileName(path) is "packages.lock.json" or "package-lock.json").ToList();
        locks.Count.ShouldBeGreaterThan(1);
        locks.Where(path => RepositoryFiles.Read(path) is var text
            && (text.Contains("://", StringComparison.Ordinal) || text.Contains("\"resolved\": \"http", StringComparison.Ordinal)))
            .ShouldBeNone("Lock files that hold addresses:");
    }

    [Fact]
    public void Every_project_has_a_lock_file() =>
        RepositoryFiles.All.Where(path => path.EndsWith(".csproj", StringComparison.Ordinal))
            .Where(path => !File.Exists(RepositoryFiles.Full(Path.Combine(Path.GetDirectoryName(path)!, "packages.lock.json"))))
            .ShouldBeNone("Projects without a packages.lock.json:");

    [Fact]
    [SupportedOSPlatform("linux")]
    public void Root_scripts_can_be_run()
    {
        const UnixFileMode run = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        new[] { "gatehouse", "test", ".ci/run" }.Where(path => (File.GetUnixFileMode(RepositoryFiles.Full(path)) & run) != run)
            .ShouldBeNone("Scripts without run bits:");
    }

    private static IEnumerable<string> Text() =>
        RepositoryFiles.All.Where(path => _text.Any(ending => $"/{path}".EndsWith(ending, StringComparison.Ordinal)))
            .Where(path => !path.EndsWith("/PortablePathTests.cs", StringComparison.Ordinal));

    // Built so that a path of the wire (…/v1/…) or of Unix itself (/tmp, /etc) does not match.
    [GeneratedRegex(
        @"(?<![\w.])/(work|root)/|\.\./shared\b|/tmp/(wt|brief)\b|/home/[a-z]+/|[A-Z]:\\Users\\", RegexOptions.CultureInvariant)]
    private static partial Regex Outside();

    [GeneratedRegex(
        @"registry\.(npmjs|yarnpkg)\.|api\.nuget\.org|nuget\.org/v\d|deb\.debian\.org|pypi\.org/simple", RegexOptions.CultureInvariant)]
    private static partial Regex Registry();
}
