using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Gatehouse.Conventions;

/// <summary>What the documents promise is there.</summary>
public partial class DocumentTests
{
    private static readonly string[] _expected = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"];

    [Fact]
    public void The_documents_that_a_reader_looks_for_are_there() =>
        _expected.Where(name => !File.Exists(RepositoryFiles.Full(name))).ShouldBeNone("Missing documents:");

    [Fact]
    public void Decisions_are_numbered_without_gaps_or_duplicates()
    {
        var numbers = RepositoryFiles.Under("docs/decisions/", ".md").Select(Path.GetFileName).Where(name => name != "README.md")
            .Select(name => Numbered().Match(name!) is { Success: true } match ? int.Parse(match.Groups[1].Value, null) : -1).Order()
                .ToList();
        numbers.ShouldBe(Enumerable.Range(1, numbers.Count), "docs/decisions holds 0001-title.md and on");
        numbers.Count.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Links_between_documents_lead_somewhere() =>
        Documents().SelectMany(
            document => Link().Matches(RepositoryFiles.Read(document)).Select(match => (document, Target: match.Groups[1].Value)))
            .Where(link => !link.Target.Contains("://", StringComparison.Ordinal) && !link.Target.StartsWith('#')
                && !link.Target.StartsWith("mailto:", StringComparison.Ordinal))
            .Where(link => !Path.Exists(Path.Combine(
                RepositoryFiles.Root, Path.GetDirectoryName(link.document)!, Uri.UnescapeDataString(link.Target.Split('#')[0]))))
            .Select(link => $"{link.document} → {link.Target}")
            .ShouldBeNone("Links to files that are not there:");

    [Fact]
    public async Task Commands_in_the_documents_are_commands_of_the_program()
    {
        var said = Documents().SelectMany(document => Commands(document).Select(words => (document, words))).ToList();
        var offenders = new List<string>();
        foreach (var command in said.GroupBy(at => at.words))
        {
            if (!await HasHelpAsync(command.Key.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
                offenders.Add($"gatehouse {command.Key} ({string.Join(", ", command.Select(at => at.document).Distinct())})");
        }
        offenders.ShouldBeNone("Commands that the program does not know:");
    }

    private static IEnumerable<string> Documents() => RepositoryFiles.All.Where(path => path.EndsWith(".md", StringComparison.Ordinal));

    /// <summary>The verbs of every <c>./gatehouse …</c> line: the plain words before the first option, value or comment.</summary>
    private static IEnumerable<string> Commands(string document) =>
        Command().Matches(RepositoryFiles.Read(document))
            .Select(match => string.Join(' ', match.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .TakeWhile(word => Verb().IsMatch(word)).Take(2)));

    /// <summary>
    /// Asks the program for help on these words. The second may be a value rather than a verb, so the first alone will do when it has no
    /// verbs of its own.
    /// </summary>
    private static async Task<bool> HasHelpAsync(string[] words)
    {
        var (code, text) = await RunAsync([.. words, "--help"]);
        if (code == 0) return true;
        if (words.Length < 2) return false;
        (code, text) = await RunAsync([words[0], "--help"]);
        return code == 0 && !text.Contains("Commands:", StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Text)> RunAsync(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "gatehouse.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            var text = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await errors;
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, text);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    [GeneratedRegex(@"^(\d{4})-[a-z0-9-]+\.md$")]
    private static partial Regex Numbered();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"(?m)^\s*(?:\$ )?\./gatehouse((?: +[^\s|>#&]+)+)")]
    private static partial Regex Command();

    [GeneratedRegex(@"^[a-z][a-z-]*$")]
    private static partial Regex Verb();
}
