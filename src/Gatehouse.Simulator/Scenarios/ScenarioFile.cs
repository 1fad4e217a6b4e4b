using System.Text.Json;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Scenarios;

/// <summary>Reads a scenario file. Comments and trailing commas are allowed; unknown members are errors.</summary>
internal static class ScenarioFile
{
    /// <summary>Reads the file.</summary>
    /// <exception cref="InvalidDataException">The file is not a scenario; the message lists every problem with its place.</exception>
    public static Scenario Read(string path)
    {
        var problems = new List<string>();
        var steps = new List<ScenarioStep>();
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions
            {
                CommentHandling = JsonCommentHandling.Skip,
                AllowTrailingCommas = true,
                AllowDuplicateProperties = false,
            });
            steps = ReadSteps(document.RootElement, problems);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or JsonException)
        {
            problems.Add(problem.Message);
        }
        catch (InvalidOperationException)
        {
            // The parser looks at the bytes of a text only when it is asked for.
            problems.Add("a text in it is not UTF-8, or half of a surrogate pair");
        }
        if (problems.Count == 0) return new Scenario(steps);
        throw new InvalidDataException($"The scenario {path} cannot be used:\n" + string.Join('\n', problems.Select(p => "  - " + p)));
    }

    private static List<ScenarioStep> ReadSteps(JsonElement root, List<string> problems)
    {
        if (root.ValueKind != JsonValueKind.Object || root.Get("steps") is not { ValueKind: JsonValueKind.Array } steps)
        {
            problems.Add("steps: a list of steps is needed");
            return [];
        }
        foreach (var member in root.EnumerateObject().Where(m => m.Name is not ("steps" or "$schema")))
            problems.Add($"{member.Name}: unknown member");
        return [.. steps.EnumerateArray().Select((step, i) => new StepReader(step, $"steps[{i}]", problems).Read())];
    }
}
