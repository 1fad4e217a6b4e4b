using Gatehouse.Dialects.Json;

namespace Gatehouse.ClaudeCli.Requests;

/// <summary>
/// Every call must have its result in the next message, and a result its call. The vendor refuses anything else, but the program would mend it before the vendor
/// sees it: it makes up a failed result for each one that is missing, and the model would take that for the truth. So it is refused here, in the vendor's words.
/// </summary>
internal static class ToolPairs
{
    /// <summary>What is wrong with a history; null when nothing is.</summary>
    public static string? Fault(IReadOnlyList<CliMessage> messages)
    {
        var open = new List<string>();
        for (var i = 0; i < messages.Count; i++)
        {
            var content = JsonView.Trusted(messages[i].Content.Span);
            if (messages[i].IsAssistant)
            {
                open.Clear();
                foreach (var block in content.Items)
                {
                    if (block["type"u8].Is("tool_use"u8) && block["id"u8].Text() is { } id) open.Add(id);
                }

                continue;
            }

            var answered = new HashSet<string>(StringComparer.Ordinal);
            foreach (var block in content.Items)
            {
                if (!block["type"u8].Is("tool_result"u8) || block["tool_use_id"u8].Text() is not { } id) continue;
                if (!open.Contains(id))
                {
                    return $"messages.{i}: unexpected `tool_use_id` found in `tool_result` blocks: {id}. "
                        + "Each `tool_result` block must have a corresponding `tool_use` block in the previous message.";
                }

                if (!answered.Add(id)) return $"messages.{i}: each `tool_use` must have a single result. Found multiple `tool_result` blocks with id: {id}";
            }

            open.RemoveAll(answered.Contains);
            if (open.Count > 0)
            {
                return $"messages.{i - 1}: `tool_use` ids were found without `tool_result` blocks immediately after: {string.Join(", ", open)}. "
                    + "Each `tool_use` block must have a corresponding `tool_result` block in the next message.";
            }
        }

        return null;
    }
}
