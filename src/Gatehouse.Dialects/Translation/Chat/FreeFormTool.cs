using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Chat;

/// <summary>A free-form tool (<c>type: custom</c>) said as a function with one string argument, for models that know only those.</summary>
internal static class FreeFormTool
{
    /// <summary>Writes the member <c>description</c>: the client's words, and the grammar that the input must follow.</summary>
    public static void WriteDescription(JsonWriter writer, JsonView description, JsonView format)
    {
        var grammar = format["grammar"u8].IsObject ? format["grammar"u8] : format;
        var definition = grammar["definition"u8];
        if (!description.IsString && !definition.IsString) return;
        writer.Name("description"u8);
        writer.BeginString();
        writer.AppendEscaped(description.Escaped);
        if (definition.IsString)
        {
            if (!description.IsEmpty) writer.AppendEscaped("\\n\\n"u8);
            writer.AppendEscaped("The argument 'input' must follow this "u8);
            writer.AppendEscaped(grammar["syntax"u8].Escaped);
            writer.AppendEscaped(" grammar:\\n"u8);
            writer.AppendEscaped(definition.Escaped);
        }

        writer.EndString();
    }
}
