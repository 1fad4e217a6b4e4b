namespace Gatehouse.Conventions.Sources;

public class FileSizeTests
{
    private const int Ceiling = 400;
    private const string List = "file-size-allow-list.txt";

    [Fact]
    public void A_source_file_has_at_most_400_lines()
    {
        var allowed = RepositoryFiles.Allowed(List);
        Long().Where(file => !allowed.ContainsKey(file.Path)).Select(file => $"{file.Path}: {file.Lines} lines")
            .ShouldBeNone($"Over {Ceiling} lines: split the file by noun, or add it to {List} with its reason.");
    }

    [Fact]
    public void The_allow_list_holds_only_long_files_and_a_reason_for_each()
    {
        var longFiles = Long().Select(file => file.Path).ToHashSet();
        RepositoryFiles.Allowed(List).Where(entry => !longFiles.Contains(entry.Key) || entry.Value.Length < 15).Select(entry => entry.Key)
            .ShouldBeNone($"In {List}, but not over {Ceiling} lines any more, or without a reason.");
    }

    private static IEnumerable<(string Path, int Lines)> Long() =>
        new[] { "src/", "tests/", "bench/" }
            .SelectMany(folder => RepositoryFiles.Under(folder, ".cs", ".razor", ".sql", ".mjs", ".js", ".css", ".sh"))
            .Concat(["gatehouse", "test", ".ci/run"])
            .Select(path => (path, File.ReadLines(RepositoryFiles.Full(path)).Count()))
            .Where(file => file.Item2 > Ceiling);
}
