using System.Text.RegularExpressions;

namespace Gatehouse.Conventions.Sources;

/// <summary>Rules that the text of a file shows.</summary>
public partial class SourceTextTests
{
    [Fact]
    public void Log_messages_are_declared_beside_their_class_in_a_Log_file() =>
        RepositoryFiles.Under("src/", ".cs")
            .Where(path => !path.EndsWith(".Log.cs", StringComparison.Ordinal) && RepositoryFiles.Read(path).Contains("[LoggerMessage"))
            .ShouldBeNone("[LoggerMessage] outside of a Foo.Log.cs:");

    [Fact]
    public void A_log_file_stands_beside_its_class() =>
        RepositoryFiles.Under("src/", ".Log.cs")
            .Where(path => !File.Exists(RepositoryFiles.Full(path.Replace(".Log.cs", ".cs", StringComparison.Ordinal))))
            .ShouldBeNone("A Foo.Log.cs without its Foo.cs:");

    [Fact]
    public void Nothing_is_left_for_later() =>
        Code().Where(path => Unfinished().IsMatch(RepositoryFiles.Read(path)))
            .ShouldBeNone("Notes to finish something, or code that says it is not there:");

    [Fact]
    public void No_test_is_skipped() =>
        RepositoryFiles.Under("tests/", ".cs").Where(path => Skipped().IsMatch(RepositoryFiles.Read(path)))
            .ShouldBeNone("Skipped tests (a test that lacks its tool fails):");

    [Fact]
    public void A_suppressed_warning_says_why() =>
        RepositoryFiles.Under("src/", ".cs")
            .SelectMany(
                path => File.ReadLines(RepositoryFiles.Full(path)).Select((line, index) => (Line: line, Where: $"{path}:{index + 1}")))
            .Where(at =>
                at.Line.Contains("#pragma warning disable", StringComparison.Ordinal) && !at.Line.Contains("//", StringComparison.Ordinal))
            .Select(at => at.Where)
            .ShouldBeNone("#pragma warning disable without its reason at the end of the line:");

    // Two SQLites in one process end it: the provider binds each function when it is first called.
    [Fact]
    public void Connections_are_made_where_the_native_SQLite_is_chosen() =>
        Code().Where(path => Connection().IsMatch(RepositoryFiles.Read(path)) && !path.EndsWith("/NativeSqlite.cs", StringComparison.Ordinal))
            .ShouldBeNone("A SQLite connection that was not made by NativeSqlite.Connection:");

    private static IEnumerable<string> Code() =>
        RepositoryFiles.Under("src/", ".cs", ".json", ".sql").Concat(RepositoryFiles.Under("tests/", ".cs", ".mjs"))
            .Concat(RepositoryFiles.Under("bench/", ".cs"))
            .Where(path => !path.EndsWith("/SourceTextTests.cs", StringComparison.Ordinal));

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b|NotImplementedException")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"\bnew SqliteConnection\(")]
    private static partial Regex Connection();

    [GeneratedRegex(@"\b(Fact|Theory|InlineData)[^\n\]]*\bSkip(Unless|When|Exceptions|Type)?\s*=|Assert\.Skip")]
    private static partial Regex Skipped();
}
