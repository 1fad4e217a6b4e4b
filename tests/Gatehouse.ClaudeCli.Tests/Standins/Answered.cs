using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Gatehouse.ClaudeCli.Tests.Standins;

/// <summary>An answer as a client read it.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">Everything that came.</param>
/// <param name="Broke">What broke it off; null when it came to its end.</param>
/// <param name="Headers">Its headers.</param>
internal sealed partial record Answered(int Status, string Body, string? Broke, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The id of the process that answered.</summary>
    public int Process => int.Parse(ProcessId().Match(Body).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The conversation's id.</summary>
    public string Session => Headers["x-claude-session-id"];

    /// <summary>The events by name, in order.</summary>
    public IReadOnlyList<string> Events => [.. Body.Split('\n').Where(line => line.StartsWith("event: ", StringComparison.Ordinal)).Select(line => line[7..])];

    /// <summary>The answer as its client keeps it.</summary>
    public JsonObject Message
    {
        get
        {
            var content = new JsonArray();
            var text = string.Concat(Data().Where(data => (string?)data["delta"]?["type"] == "text_delta").Select(data => (string?)data["delta"]!["text"]));
            if (text.Length > 0) content.Add(new JsonObject { ["type"] = "text", ["text"] = text });
            foreach (var block in Data().Select(data => data["content_block"]).Where(block => (string?)block?["type"] == "tool_use")) content.Add(block!.DeepClone());
            return new JsonObject { ["role"] = "assistant", ["content"] = content };
        }
    }

    /// <summary>The ids of the calls in it.</summary>
    public IReadOnlyList<string> Calls =>
        [.. Message["content"]!.AsArray().Where(block => (string?)block!["type"] == "tool_use").Select(block => (string)block!["id"]!)];

    private IEnumerable<JsonNode> Data() =>
        Body.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(line => JsonNode.Parse(line[6..])!);

    [GeneratedRegex(@"msg_(\d+)_")]
    private static partial Regex ProcessId();
}
