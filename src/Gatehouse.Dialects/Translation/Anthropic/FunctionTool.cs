using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Anthropic;

/// <summary>Writes the members of a function that both OpenAI dialects have: name, description, parameters.</summary>
internal static class FunctionTool
{
    /// <summary>Writes a client's tool as a function's members, and notes what of it is lost.</summary>
    /// <returns>Whether calls are to be held to the schema.</returns>
    public static bool Write(JsonWriter json, ListedTool tool, JsonView definition, MessagesEdgeRequest request)
    {
        json.String("name"u8, tool.Name!.Sent);
        var schema = definition["input_schema"u8];
        if (tool.Shape == ToolShape.Function) json.RawIfPresent("description"u8, definition["description"u8]);
        else
        {
            request.Lose(MessagesLosses.AnthropicTool);
            json.EscapedString("description"u8, KnownTools.Description(tool.Shape));
            schema = KnownTools.Schema(tool.Shape, definition["type"u8]);
        }

        json.Name("parameters"u8);
        if (SchemaText.WriteParameters(json, schema, request.Context.Traits.RefusedSchemaKeywords)) request.Lose(MessagesLosses.ToolSchema);
        Disclose(definition, request);
        if (!definition["strict"u8].IsTrue) return false;
        if (request.Context.Traits.StrictTools && StrictSchema.Holds(schema)) return true;
        request.Lose(MessagesLosses.Strict);
        return false;
    }

    private static void Disclose(JsonView definition, MessagesEdgeRequest request)
    {
        foreach (var member in definition.Members)
        {
            if (member.Value.IsNullOrAbsent || member.Value.IsFalse) continue;
            if (member.Is("input_examples"u8)) request.Lose(MessagesLosses.InputExamples);
            else if (member.Is("eager_input_streaming"u8)) request.Lose(MessagesLosses.EagerInput);
            else if (member.Is("allowed_callers"u8)) request.Lose(MessagesLosses.AllowedCallers);
        }
    }
}
