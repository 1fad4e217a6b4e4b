using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Anthropic;

namespace Gatehouse.Dialects.Translation.AnthropicToChat;

/// <summary>The <c>content</c> of an assistant's chat message, which has one place for all text of a turn.</summary>
internal static class AssistantContent
{
    /// <summary>Writes the text of a turn as a value: a string, or null for one that has calls only.</summary>
    /// <returns>What else the turn has, so that nobody looks for it in vain.</returns>
    public static TurnRest Write(JsonWriter json, JsonItems turn, int count, MessagesEdgeRequest request)
    {
        var (any, between, called, thinks) = (false, false, false, false);
        for (; count > 0; count--, turn.MoveNext())
        {
            var content = turn.Current["content"u8];
            if (content is { IsString: true, IsEmpty: false }) Append(json, content, ref any, ref between);
            foreach (var block in content.Items)
            {
                var type = block["type"u8];
                if (type.Is("tool_use"u8))
                {
                    called = between = true;
                    continue;
                }

                // Text that citations split stands together; text on both sides of something else is two paragraphs.
                if (AssistantText.Of(block, type, request) is { IsString: true, IsEmpty: false } text)
                {
                    if (called) request.Lose(AnthropicToChatLosses.TextOrder);
                    Append(json, text, ref any, ref between);
                }
                else if (!type.Is("text"u8))
                {
                    between = true;
                    thinks |= type.Is("thinking"u8) || type.Is("redacted_thinking"u8);
                }
            }

            between = true;
        }

        if (any) json.EndString();
        else if (called) json.Null();
        else json.String(""u8);
        return new TurnRest(called, thinks);
    }

    private static void Append(JsonWriter json, JsonView text, ref bool any, ref bool between)
    {
        if (!any) json.BeginString();
        else if (between) json.AppendEscaped("\\n\\n"u8);
        json.AppendEscaped(text.Escaped);
        (any, between) = (true, false);
    }
}

/// <summary>What an assistant's turn has beside text.</summary>
/// <param name="Calls">Whether it calls tools.</param>
/// <param name="Thinks">Whether it has thinking blocks.</param>
internal readonly record struct TurnRest(bool Calls, bool Thinks);
