using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gatehouse.Gateway.Tests.Configuration;

/// <summary>A key that means nothing is a fault wherever it stands: the example, which shows every section, gets one in each.</summary>
public sealed class UnknownKeyTests
{
    private const string Strange = "colour";

    [Fact]
    public void An_unknown_key_is_a_fault_in_every_section_and_all_are_told_at_once()
    {
        var options = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
        var example = JsonNode.Parse(File.ReadAllBytes(Path.Combine(DocumentationTests.Root(), "gatehouse.example.json")), documentOptions: options)!;
        var planted = new List<string>();
        Plant(example, "", planted);
        planted.ShouldContain("models[0].targets[0].colour", "sections in lists of sections get one too");

        var problems = ConfigFixture.Load(example.ToJsonString()).Problems;

        planted.Except(problems.Select(problem => problem.Path)).ShouldBeEmpty();
        problems.ShouldAllBe(problem => problem.Fix.Length > 0);
    }

    // No section takes true for what a person names in it either, so that those with names of a person's own need no exception.
    private static void Plant(JsonNode? at, string path, List<string> planted)
    {
        if (at is JsonArray list)
        {
            for (var i = 0; i < list.Count; i++) Plant(list[i], $"{path}[{i}]", planted);
        }

        if (at is not JsonObject section) return;
        string Inside(string key) => path.Length == 0 ? key : $"{path}.{key}";
        foreach (var (key, value) in section) Plant(value, Inside(key), planted);
        section[Strange] = true;
        planted.Add(Inside(Strange));
    }
}
