using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Anthropic;

/// <summary>
/// Instructions of a Messages request as one text: a string, or text blocks with blank lines between. The block in which Claude Code says who pays is
/// removed: it is for Anthropic alone, and changes from call to call, so that no other provider's prompt cache would hold.
/// </summary>
internal static class SystemText
{
    private static ReadOnlySpan<byte> BillingHeader => "x-anthropic-billing-header"u8;

    /// <summary>Whether there is nothing to send.</summary>
    public static bool IsEmpty(JsonView system)
    {
        if (system.IsString) return system.IsEmpty;
        foreach (var block in system.Items)
        {
            if (!IsNothing(block)) return false;
        }

        return true;
    }

    /// <summary>Appends the text to the string at hand.</summary>
    /// <param name="json">Where to write.</param>
    /// <param name="system">A string or an array of blocks.</param>
    /// <param name="request">Refused when a block is none.</param>
    /// <param name="where">The field's name, for refusals.</param>
    public static void Append(JsonWriter json, JsonView system, MessagesEdgeRequest request, string where)
    {
        if (system.IsString) json.AppendEscaped(system.Escaped);
        var (index, isFirst) = (0, true);
        foreach (var block in system.Items)
        {
            index++;
            if (IsNothing(block)) continue;
            if (!block["type"u8].Is("text"u8) || !block["text"u8].IsString)
            {
                if (block["type"u8].Is("tool_addition"u8) || block["type"u8].Is("tool_removal"u8)) continue;
                request.Refuse($"{where}.{index - 1}", "must be a text block.");
                return;
            }

            if (!isFirst) json.AppendEscaped("\\n\\n"u8);
            isFirst = false;
            json.AppendEscaped(block["text"u8].Escaped);
        }
    }

    /// <summary>Whether a block has nothing for another provider: no text, or who pays.</summary>
    public static bool IsNothing(JsonView block) =>
        block["type"u8] is var type && (type.Is("tool_addition"u8) || type.Is("tool_removal"u8)
            || (type.Is("text"u8) && block["text"u8] is { IsString: true } text && (text.IsEmpty || text.StartsWith(BillingHeader))));
}
