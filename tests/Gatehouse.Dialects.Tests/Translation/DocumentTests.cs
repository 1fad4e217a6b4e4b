using System.Text;
using System.Text.RegularExpressions;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation;

/// <summary>
/// Holds each edge's page in docs/dialects to the code. Its section "Losses" is a table of ids and descriptions; with GATEHOUSE_GOLDENS=write in the environment it
/// is written anew.
/// </summary>
public sealed partial class DocumentTests
{
    private const string Section = "## Losses\n\n| id | what happens |\n|---|---|\n";

    public static TheoryData<Dialect, Dialect> Edges
    {
        get
        {
            var rows = new TheoryData<Dialect, Dialect>();
            foreach (var edge in EdgeSet.All) rows.Add(edge.Client, edge.Upstream);
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Edges))]
    public void The_losses_of_the_code_are_those_of_the_page(Dialect client, Dialect upstream)
    {
        var page = Page(client, upstream);
        var text = File.ReadAllText(page);
        var table = new StringBuilder();
        foreach (var loss in Losses(client, upstream).OrderBy(static loss => loss.Id, StringComparer.Ordinal)) table.Append($"| `{loss.Id}` | {loss.Description} |\n");
        var at = text.IndexOf(Section, StringComparison.Ordinal);
        at.ShouldBeGreaterThan(0, "the page should have a section Losses");
        if (Environment.GetEnvironmentVariable("GATEHOUSE_GOLDENS") == "write") File.WriteAllText(page, text[..(at + Section.Length)] + table);
        else text[(at + Section.Length)..].ShouldBe(table.ToString());
    }

    [Theory]
    [MemberData(nameof(Edges))]
    public void Every_loss_is_told_of_in_a_row_of_the_page(Dialect client, Dialect upstream)
    {
        var text = File.ReadAllText(Page(client, upstream));
        var rows = text[..text.IndexOf(Section, StringComparison.Ordinal)];
        var named = Code().Matches(rows).Select(static match => match.Groups[1].Value).ToHashSet();
        Losses(client, upstream).Select(static loss => loss.Id).Where(id => !named.Contains(id)).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Edges))]
    public void An_id_stands_for_one_loss(Dialect client, Dialect upstream) =>
        Losses(client, upstream).Select(static loss => loss.Id).ShouldBeUnique();

    /// <summary>Each loss that a fixture names is one that its edge declares, and each that it declares is met by some fixture.</summary>
    [Theory]
    [MemberData(nameof(Edges))]
    public void Fixtures_meet_the_losses_that_are_declared(Dialect client, Dialect upstream)
    {
        var met = new HashSet<string>();
        foreach (var path in Directory.EnumerateFiles(Path.Combine(GoldenFile.Folder, Name(client, upstream)), "*.txt"))
        {
            var file = GoldenFile.Read(path);
            foreach (var section in (string?[])[file["losses"], file["answer losses"]]) met.UnionWith(section?.Split(", ") ?? []);
        }

        Losses(client, upstream).Select(static loss => loss.Id).Except(met).ShouldBeEmpty("declared, but no fixture shows it");
        met.Except(Losses(client, upstream).Select(static loss => loss.Id)).ShouldBeEmpty("shown by a fixture, but not declared");
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    private static IReadOnlyList<Loss> Losses(Dialect client, Dialect upstream) => EdgeSet.Find(client, upstream)!.Losses;

    private static string Name(Dialect client, Dialect upstream) => $"{Word(client)}-to-{Word(upstream)}";

    private static string Word(Dialect dialect) => dialect switch { Dialect.Anthropic => "anthropic", Dialect.OpenAiChat => "chat", _ => "responses" };

    private static string Page(Dialect client, Dialect upstream)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Gatehouse.slnx"))) folder = folder.Parent;
        return Path.Combine(folder!.FullName, "docs", "dialects", Name(client, upstream) + ".md");
    }
}
