using System.Text.Json;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Anthropic;

/// <summary>Every <c>tool_use</c> must be answered in the very next message, and nothing else may be answered there.</summary>
internal static class ToolPairing
{
    /// <summary>Checks a whole conversation.</summary>
    public static ApiError? Check(List<JsonElement> messages)
    {
        var all = new HashSet<string>(StringComparer.Ordinal);
        var open = new List<string>();
        for (var i = 0; i < messages.Count; i++)
        {
            // A mid-conversation system message stands between turns; it neither calls nor answers.
            if (messages[i].Text("role") == "system") continue;
            if ((messages[i].Text("role") == "user" ? CheckAnswers(messages[i], i, open) : Unanswered(i - 1, open)) is { } error)
                return error;
            open.Clear();
            var index = -1;
            foreach (var block in messages[i].Items("content"))
            {
                index++;
                if (block.Text("type") != "tool_use") continue;
                var id = block.Text("id")!;
                if (!all.Add(id)) return ApiError.Invalid($"messages.{i}.content.{index}: `tool_use` ids must be unique");
                open.Add(id);
            }
        }
        return Unanswered(messages.Count - 1, open);
    }

    private static ApiError? CheckAnswers(JsonElement message, int i, List<string> open)
    {
        var asked = open.ToHashSet(StringComparer.Ordinal);
        var answered = new HashSet<string>(StringComparer.Ordinal);
        var (index, textSeen) = (-1, false);
        foreach (var block in message.Items("content"))
        {
            index++;
            if (block.Text("type") != "tool_result")
            {
                textSeen = true;
                continue;
            }
            var id = block.Text("tool_use_id")!;
            if (!asked.Contains(id))
            {
                return ApiError.Invalid($"messages.{i}.content.{index}: unexpected `tool_use_id` found in `tool_result` blocks: {id}. "
                    + "Each `tool_result` block must have a corresponding `tool_use` block in the previous message.");
            }
            if (!answered.Add(id)) return ApiError.Invalid($"messages.{i}.content.{index}: each `tool_use` must have a single result. Found multiple `tool_result` blocks with id: {id}");
            // Results must come first; behind other content they do not count.
            if (textSeen) return Unanswered(i - 1, [id]);
        }
        return Unanswered(i - 1, [.. open.Where(id => !answered.Contains(id))]);
    }

    private static ApiError? Unanswered(int i, List<string> ids) => ids.Count == 0 ? null : ApiError.Invalid(
        $"messages.{i}: `tool_use` ids were found without `tool_result` blocks immediately after: {string.Join(", ", ids)}. "
        + "Each `tool_use` block must have a corresponding `tool_result` block in the next message.");
}
