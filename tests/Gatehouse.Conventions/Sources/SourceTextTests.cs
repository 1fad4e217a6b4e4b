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

    private static IEnumerable<string> Code() =>
        RepositoryFiles.Under("src/", ".cs", ".json", ".sql").Concat(RepositoryFiles.Under("tests/", ".cs", ".mjs"))
            .Concat(RepositoryFiles.Under("bench/", ".cs"))
            .Where(path => !path.EndsWith("/SourceTextTests.cs", StringComparison.Ordinal));

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b|NotImplementedException")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"\b(Fact|Theory|InlineData)[^\n\]]*\bSkip(Unless|When|Exceptions|Type)?\s*=|Assert\.Skip")]
    private static partial Regex Skipped();
}
