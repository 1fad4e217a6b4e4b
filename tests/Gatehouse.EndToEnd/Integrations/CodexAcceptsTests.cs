using Gatehouse.EndToEnd.Processes;
using Gatehouse.EndToEnd.Stages;

namespace Gatehouse.EndToEnd.Integrations;

/// <summary>
/// Codex itself as the judge of every case of its configuration: what apply wrote is accepted, and where the file before it held only keys
/// that Codex knows, so does the file after it.
/// </summary>
public class CodexAcceptsTests
{
    // What it says when the settings are good, for it is given no prompt.
    private const string Accepted = "No prompt provided";

    private static readonly string _fixtures = Path.Combine(RepositoryPaths.Root, "tests", "Gatehouse.Clients.Tests", "Integrations", "Fixtures", "codex");

    public static TheoryData<string> Cases()
    {
        var cases = new TheoryData<string>();
        foreach (var file in Directory.EnumerateFiles(_fixtures).Order(StringComparer.Ordinal))
            if (File.ReadAllText(file).Contains("\n--- after\n", StringComparison.Ordinal)) cases.Add(Path.GetFileNameWithoutExtension(file));
        return cases;
    }

    [Fact]
    public void There_are_enough_cases() => Cases().Count.ShouldBeGreaterThanOrEqualTo(25);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Codex_accepts_what_was_written(string name)
    {
        var text = File.ReadAllText(Path.Combine(_fixtures, $"{name}.txt"));
        var sections = Sections(text);
        using var folder = new TestFolder();
        var catalogue = folder.Write("models.json", (await CodexAsync(folder, "debug", "models")).Output);
        if (text.Contains("\nprogram: refuses\n", StringComparison.Ordinal))
        {
            // Settings of an earlier version, which the pinned one refuses as they are.
            Configure(folder, sections["before"], catalogue);
            (await CodexAsync(folder, "exec", "--skip-git-repo-check", "-")).Story.ShouldNotContain(Accepted);
            return;
        }

        foreach (var section in new[] { "after", "restored" }.Where(sections.ContainsKey))
        {
            Configure(folder, sections[section], catalogue);
            var ran = await CodexAsync(folder, "exec", "--skip-git-repo-check", "-");
            ran.Story.ShouldContain(Accepted, Case.Sensitive, $"{section}\n{ran.Story}");
        }

        Configure(folder, sections.GetValueOrDefault("before", ""), catalogue);
        var knew = (await CodexAsync(folder, "exec", "--strict-config", "--skip-git-repo-check", "-")).Story.Contains(Accepted, StringComparison.Ordinal);
        Configure(folder, sections["after"], catalogue);
        var strict = await CodexAsync(folder, "exec", "--strict-config", "--skip-git-repo-check", "-");
        if (knew) strict.Story.ShouldContain(Accepted, Case.Sensitive, strict.Story);
    }

    [Fact]
    public async Task Codex_does_refuse_a_key_that_it_does_not_know()
    {
        using var folder = new TestFolder();
        Configure(folder, "[model_providers.gatehouse]\nname = \"G\"\nbase_url = \"http://127.0.0.1:1/v1\"\nbogus = 1\n", "");
        (await CodexAsync(folder, "exec", "--strict-config", "--skip-git-repo-check", "-")).Story.ShouldContain("unknown configuration field");
    }

    private static void Configure(TestFolder folder, string text, string catalogue) =>
        folder.Write("home/.codex/config.toml", text
            .Replace("{HOME}/.codex/gatehouse-models.json", catalogue, StringComparison.Ordinal).Replace("/mine/models.json", catalogue, StringComparison.Ordinal)
            .Replace("{HOME}", folder.At("home"), StringComparison.Ordinal));

    private static async Task<(string Output, string Story)> CodexAsync(TestFolder folder, params string[] arguments)
    {
        var environment = folder.Environment(("CODEX_HOME", folder.Folder("home", ".codex")));
        await using var process = GuardedProcess.Start([RepositoryPaths.Node, RepositoryPaths.Codex, .. arguments], environment, folder.Folder("project"));
        await process.WaitAsync(TimeSpan.FromSeconds(30));
        return (process.Output, process.Story);
    }

    private static Dictionary<string, string> Sections(string text)
    {
        var sections = new Dictionary<string, string>();
        foreach (var part in text.Split("\n--- ").Skip(1))
        {
            var end = part.IndexOf('\n', StringComparison.Ordinal);
            sections[end < 0 ? part : part[..end]] = end < 0 ? "" : part[(end + 1)..] + "\n";
        }

        return sections;
    }
}
