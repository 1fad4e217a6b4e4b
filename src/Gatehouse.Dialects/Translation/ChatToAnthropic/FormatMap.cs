using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Chat;

namespace Gatehouse.Dialects.Translation.ChatToAnthropic;

/// <summary>
/// Says an output format to a model that can't be held to it: as a tool that must be called, and whose input comes back as the answer's text.
/// </summary>
internal static class FormatMap
{
    /// <summary>
    /// Whether a tool must stand in: for any JSON object, for models without structured output, and for schemas that Anthropic's own does not take, above all
    /// those that are open for further properties.
    /// </summary>
    public static bool NeedsTool(ChatToAnthropicRequest request, ChatFormat format) =>
        format.IsJson && !(format.Schema.IsObject && request.Context.Traits.StructuredOutput && HeldSchema.TakesWithoutLimits(format.Schema));

    /// <summary>Writes the tool.</summary>
    public static void WriteTool(ChatToAnthropicRequest request, JsonWriter writer, ChatFormat format, ref bool begun)
    {
        request.Lose(ChatLosses.ResponseFormat);
        if (!begun) writer.BeginArray("tools"u8);
        begun = true;
        var name = request.Plain(format.Definition["name"u8]);
        request.FormatTool = request.Names.Add(name.IsEmpty ? "answer"u8 : name, default, ToolKind.OutputFormat);
        writer.BeginObject();
        writer.String("name"u8, request.FormatTool.Sent);
        writer.Name("description"u8);
        writer.BeginString();
        writer.AppendPlain("Gives the final answer to the user. Call it once, at the end."u8);
        if (format.Definition["description"u8] is { IsString: true, IsEmpty: false } text)
        {
            writer.AppendPlain(" "u8);
            writer.AppendEscaped(text.Escaped);
        }

        writer.EndString();
        ToolMap.WriteSchema(request, writer, format.Schema);
        writer.EndObject();
    }

    /// <summary>The choice with that tool there: it alone, or, where the client has tools that may be called before, any of them.</summary>
    public static ChatToolChoice Choose(ChatToAnthropicRequest request, ChatToolChoice choice, bool hasOwn)
    {
        if (request.FormatTool is null || choice.Kind == ToolChoiceKind.Named) return choice;
        return hasOwn && choice.Kind != ToolChoiceKind.None ? ChatToolChoice.Any : ChatToolChoice.Format;
    }
}
