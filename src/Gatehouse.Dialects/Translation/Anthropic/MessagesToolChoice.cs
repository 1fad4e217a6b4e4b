using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Anthropic;

/// <summary>A Messages client's <c>tool_choice</c> in the words that both of OpenAI's dialects have. How a tool is named is each one's own.</summary>
internal static class MessagesToolChoice
{
    /// <summary>Writes a choice that names no tool. False where one is named, which is left to be written.</summary>
    /// <param name="json">The upstream's body.</param>
    /// <param name="choice">The choice.</param>
    /// <param name="answersByTool">Whether the answer itself comes by a tool, so that one must be called.</param>
    /// <param name="request">Takes what is wrong.</param>
    public static bool TryWrite(JsonWriter json, JsonView choice, bool answersByTool, MessagesEdgeRequest request)
    {
        var type = choice["type"u8];
        if (type.Is("tool"u8)) return false;
        if (answersByTool || type.Is("any"u8)) json.String("tool_choice"u8, "required"u8);
        else if (type.Is("none"u8)) json.String("tool_choice"u8, "none"u8);
        else if (type.Is("auto"u8)) json.String("tool_choice"u8, "auto"u8);
        else if (!choice.IsNullOrAbsent) request.Refuse("tool_choice.type", "must be one of auto, any, tool and none.");
        return true;
    }

    /// <summary>Writes whether several tools may be called at once.</summary>
    public static void WriteParallel(JsonWriter json, JsonView choice, MessagesEdgeRequest request)
    {
        if (!choice["disable_parallel_tool_use"u8].IsTrue) return;
        if (request.Context.Traits.ParallelToolControl) json.Bool("parallel_tool_calls"u8, false);
        else request.Lose(MessagesLosses.ParallelTools);
    }

    /// <summary>Says that a choice is lost where no tool is left to choose from.</summary>
    public static void Disclose(JsonView choice, MessagesEdgeRequest request)
    {
        if (choice["type"u8] is { IsString: true } type && !type.Is("auto"u8) && !type.Is("none"u8)) request.Lose(MessagesLosses.ToolChoice);
    }
}
