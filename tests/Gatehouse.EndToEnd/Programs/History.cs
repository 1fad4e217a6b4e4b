using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Gatehouse.EndToEnd.Programs;

/// <summary>A history as a list of what was said, so that a client's and the vendor's can be compared: ids, inputs, results, roles and order, without the reminders that
/// the program puts in itself.</summary>
internal static partial class History
{
    /// <summary>What was said.</summary>
    public static List<string> Said(JsonArray messages)
    {
        var said = new List<string>();
        foreach (var message in messages)
        {
            var content = message!["content"]!;
            var blocks = content is JsonArray list ? list.Select(b => b!.AsObject()) : [new JsonObject { ["type"] = "text", ["text"] = content.DeepClone() }];
            // Results of one turn may stand in any order: each names its call.
            said.AddRange(blocks.Select(Said).Where(one => one is not null).Select(one => $"{message["role"]} {one}")
                .OrderBy(one => one.Contains("result ", StringComparison.Ordinal) ? one : "", StringComparer.Ordinal));
        }

        return said;
    }

    private static string? Said(JsonObject block) => (string?)block["type"] switch
    {
        "text" => ((string?)block["text"])!.StartsWith("<system-reminder>", StringComparison.Ordinal) ? null : (string?)block["text"],
        "tool_use" => $"call {block["id"]} {((string)block["name"]!).Replace("mcp__oc__", "", StringComparison.Ordinal)} {block["input"]!.ToJsonString()}",
        "tool_result" => $"result {block["tool_use_id"]} {Flat(block["content"])} {block["is_error"]?.GetValue<bool>() ?? false}",
        "thinking" => $"thought {block["signature"]}",
        var other => other + block.ToJsonString(),
    };

    private static string Flat(JsonNode? content) => Reminder().Replace(
        content switch
        {
            JsonArray list => string.Concat(list.Select(block => (string?)block!["text"] ?? block.ToJsonString())),
            null => "",
            _ => (string)content!,
        },
        "").TrimEnd();

    // Newer versions put reminders behind results.
    [GeneratedRegex("<system-reminder>.*?</system-reminder>", RegexOptions.Singleline)]
    private static partial Regex Reminder();
}
