using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Anthropic;

/// <summary>
/// An output format: OpenAI's own, or for a model that can't be held to a schema a tool with the schema that it is made to call, and whose arguments come to
/// the client as text.
/// </summary>
internal static class MessagesFormat
{
    /// <summary>Checks a format. The tool that stands in for it, made known to the request's names; null where there is none or the model keeps to a schema by itself.</summary>
    public static ToolName? StandIn(JsonView format, MessagesEdgeRequest request)
    {
        if (!format.IsObject) return null;
        if (!format["schema"u8].IsObject) request.Refuse("output_config.format.schema", "must be a JSON schema.");
        var traits = request.Context.Traits;
        if (traits.StructuredOutput) return null;
        if (!traits.Tools) request.Refuse("output_config.format", NoTools.NeededByFormat);
        request.Lose(MessagesLosses.Format);
        return request.Names.Add("answer_in_format"u8, default, ToolKind.OutputFormat);
    }

    /// <summary>Writes the members of OpenAI's own format behind its type.</summary>
    public static void WriteSchema(JsonWriter json, JsonView format, MessagesEdgeRequest request)
    {
        json.String("name"u8, "answer"u8);
        var isStrict = StrictSchema.Holds(format["schema"u8]);
        if (!isStrict) request.Lose(MessagesLosses.FormatStrict);
        json.Bool("strict"u8, isStrict);
        json.Name("schema"u8);
        if (SchemaText.Write(json, format["schema"u8], request.Context.Traits.RefusedSchemaKeywords)) request.Lose(MessagesLosses.FormatSchema);
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
