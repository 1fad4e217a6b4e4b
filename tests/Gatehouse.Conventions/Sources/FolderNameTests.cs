namespace Gatehouse.Conventions.Sources;

public class FolderNameTests
{
    private static readonly string[] _banned =
        ["Services", "Service", "Helpers", "Helper", "Managers", "Manager", "Utils", "Util", "Utilities", "Common", "Core",
            "Infrastructure", "Misc", "Shared"];

    private static readonly string[] _drawers = ["Helper", "Helpers", "Manager", "Util", "Utils", "Utilities", "Common", "Misc"];

    [Fact]
    public void Folders_are_named_for_nouns_of_the_domain() =>
        RepositoryFiles.Under("src/", "").Concat(RepositoryFiles.Under("tests/", ""))
            .Select(path => Path.GetDirectoryName(path)!)
            .Where(folder => folder.Split('/').Any(name => _banned.Contains(name, StringComparer.OrdinalIgnoreCase)))
            .ShouldBeNone("Folders that name no noun of the domain:");

    [Fact]
    public void A_file_is_not_a_drawer_for_everything() =>
        RepositoryFiles.Under("src/", ".cs")
            .Where(path => _drawers.Any(name => Path.GetFileNameWithoutExtension(path).EndsWith(name, StringComparison.Ordinal)))
            .ShouldBeNone("Files named for no noun of the domain:");
}
