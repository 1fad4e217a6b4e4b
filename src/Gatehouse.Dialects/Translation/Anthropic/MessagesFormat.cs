using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Anthropic;

/// <summary>
/// An output format for a model that can't be held to a schema: a tool with the schema that it is made to call, and whose arguments come to the client as
/// text.
/// </summary>
internal static class MessagesFormat
{
    /// <summary>The tool that stands in, made known to the request's names.</summary>
    public static ToolName Tool(MessagesEdgeRequest request)
    {
        request.Lose(MessagesLosses.Format);
        return request.Names.Add("answer_in_format"u8, default, ToolKind.OutputFormat);
    }

    /// <summary>Writes the members of the function.</summary>
    public static void WriteFunction(JsonWriter json, ToolName tool, JsonView format, MessagesEdgeRequest request)
    {
        json.String("name"u8, tool.Sent);
        json.String("description"u8, "Gives the final answer to the user, in the format asked for. Call it once, when nothing else is left to do."u8);
        json.Name("parameters"u8);
        if (SchemaText.WriteParameters(json, format["schema"u8], request.Context.Traits.RefusedSchemaKeywords)) request.Lose(MessagesLosses.FormatSchema);
    }
}
