using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Anthropic;

namespace Gatehouse.Dialects.Translation.AnthropicToChat;

/// <summary>The <c>content</c> of an assistant's chat message, which has one place for all text of a turn.</summary>
internal static class AssistantContent
{
    /// <summary>Writes the text of a turn as a value: a string, or null for one that has calls only.</summary>
    /// <returns>What else the turn has, so that nobody looks for it in vain.</returns>
    public static TurnRest Write(JsonWriter json, scoped in JsonTree tree, ReadOnlySpan<TurnBlock> turn, MessagesEdgeRequest request)
    {
        var (any, between, called, thinks, message) = (false, false, false, false, -1);
        foreach (ref readonly var block in turn)
        {
            between |= block.Place.Message != message;
            message = block.Place.Message;
            // Text that citations split stands together; text on both sides of something else is two paragraphs.
            if (AssistantText.Of(tree, block, request) is { IsEmpty: false } text)
            {
                if (called && block.Kind != TurnBlockKind.Content) request.Lose(AnthropicToChatLosses.TextOrder);
                if (!any) json.BeginString();
                else if (between) json.AppendEscaped("\\n\\n"u8);
                json.AppendEscaped(text);
                (any, between) = (true, false);
            }
            else
            {
                between |= block.Kind is not (TurnBlockKind.Content or TurnBlockKind.Text);
                called |= block.Kind == TurnBlockKind.Call;
                thinks |= block.Kind == TurnBlockKind.Thinking;
            }
        }

        if (any) json.EndString();
        else if (called) json.Null();
        else json.String(""u8);
        return new TurnRest(called, thinks);
    }
}

/// <summary>What an assistant's turn has beside text.</summary>
/// <param name="Calls">Whether it calls tools.</param>
/// <param name="Thinks">Whether it has thinking blocks.</param>
internal readonly record struct TurnRest(bool Calls, bool Thinks);
