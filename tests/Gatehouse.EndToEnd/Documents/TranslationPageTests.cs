using System.Text.Json;
using System.Text.RegularExpressions;
using Gatehouse.Dialects;
using Gatehouse.Dialects.Translation;
using Gatehouse.EndToEnd.Agents;
using Gatehouse.EndToEnd.Processes;
using Gatehouse.EndToEnd.Sdks;
using Gatehouse.EndToEnd.Stages;

namespace Gatehouse.EndToEnd.Documents;

/// <summary>
/// The pages of the translations name every field and every kind of block, item, tool and event that the vendors' pinned libraries declare: what a new version adds
/// must get a row that says what becomes of it.
/// </summary>
public sealed partial class TranslationPageTests
{
    public static TheoryData<Dialect, Dialect> Edges() => [.. EdgeSet.All.Select(edge => (edge.Client, edge.Upstream))];

    [Theory]
    [MemberData(nameof(Edges))]
    public async Task Every_field_and_kind_has_a_row(Dialect client, Dialect upstream)
    {
        var declared = await DeclaredAsync();
        var page = await File.ReadAllTextAsync(Path.Combine(RepositoryPaths.Root, "docs", "dialects", $"{Short(client)}-to-{Short(upstream)}.md"), TestContext.Current.CancellationToken);
        // The list of losses names fields by their ids: it says that something is lost, not what becomes of each.
        var rows = page[..page.IndexOf("\n## Losses", StringComparison.Ordinal)].Split('\n').Where(line => line.StartsWith('|'));
        var named = rows.SelectMany(row => Code().Matches(row)).Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        var (asked, answered) = (declared.GetProperty(client.Name()), declared.GetProperty(upstream.Name()));
        asked.Texts("fields").Concat(asked.Texts("requestKinds")).Where(name => !named.Contains(name)).ShouldBeEmpty("of a request");
        answered.Texts("answerKinds").Where(name => !named.Contains(name)).ShouldBeEmpty("of an answer");
    }

    private static string Short(Dialect dialect) => dialect switch { Dialect.Anthropic => "anthropic", Dialect.OpenAiChat => "chat", _ => "responses" };

    private static async Task<JsonElement> DeclaredAsync()
    {
        using var folder = new TestFolder();
        File.Copy(Path.Combine(AppContext.BaseDirectory, "node", "kinds.mjs"), folder.At("kinds.mjs"));
        Directory.CreateSymbolicLink(folder.At("node_modules"), RepositoryPaths.NodeModules);
        await using var process = GuardedProcess.Start([RepositoryPaths.Node, folder.At("kinds.mjs"), RepositoryPaths.NodeModules], folder.Environment(), folder.Path);
        (await process.WaitAsync(AgentRun.Limit)).ShouldBe(0, process.Story);
        return JsonDocument.Parse(process.Output).RootElement;
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();
}
