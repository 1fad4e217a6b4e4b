using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Responses;

/// <summary>The form that the answer must have: <c>text.format</c>.</summary>
internal readonly ref struct OutputFormat
{
    /// <summary>The whole format.</summary>
    public JsonView Format { get; private init; }

    /// <summary>The schema that the model holds itself to natively; absent otherwise.</summary>
    public JsonView Native { get; private init; }

    /// <summary>Whether a tool that must be called stands in for the schema.</summary>
    public bool NeedsTool { get; private init; }

    /// <summary>Whether any JSON object is asked for.</summary>
    public bool IsJsonObject { get; private init; }

    /// <summary>Whether a JSON schema is asked for.</summary>
    public bool IsSchema => Format["type"u8].Is("json_schema"u8);

    /// <summary>Makes the tool that stands in for the schema known, and writes the members of its definition.</summary>
    /// <param name="json">Inside the definition's object.</param>
    /// <param name="schemaName">What the upstream calls a tool's schema.</param>
    /// <param name="attempt">The attempt.</param>
    public void WriteTool(JsonWriter json, ReadOnlySpan<byte> schemaName, ResponsesEdgeRequest attempt)
    {
        attempt.Scratch.Clear();
        if (!Format["name"u8].TryAppendPlain(attempt.Scratch)) attempt.Scratch.Append("answer"u8);
        var tool = attempt.Names.Add(attempt.Scratch.Written, default, ToolKind.OutputFormat);
        attempt.FormatTool = tool;
        json.String("name"u8, tool.Sent);
        json.Name("description"u8);
        json.BeginString();
        json.AppendPlain("Gives the final answer to the user. Call it once, at the end."u8);
        if (Format["description"u8] is { IsString: true, IsEmpty: false } text)
        {
            json.AppendPlain(" "u8);
            json.AppendEscaped(text.Escaped);
        }

        json.EndString();
        WriteSchema(json, schemaName, attempt);
    }

    /// <summary>Writes the schema as a member.</summary>
    public void WriteSchema(JsonWriter json, ReadOnlySpan<byte> name, ResponsesEdgeRequest attempt)
    {
        json.Name(name);
        attempt.Lose(ResponsesLosses.FormatSchema, SchemaText.Write(json, Format["schema"u8], attempt.Context.Traits.RefusedSchemaKeywords));
    }

    /// <summary>Reads it, and decides how the model is held to it.</summary>
    /// <param name="format">The client's <c>text.format</c>.</param>
    /// <param name="upstream">Anthropic's takes fewer schemas than OpenAI's.</param>
    /// <param name="attempt">The attempt.</param>
    public static OutputFormat Read(JsonView format, Dialect upstream, ResponsesEdgeRequest attempt)
    {
        var type = format["type"u8];
        if (type.IsNullOrAbsent || type.Is("text"u8)) return default;
        if (type.Is("json_object"u8)) return new OutputFormat { Format = format, IsJsonObject = true };
        if (!type.Is("json_schema"u8) || !format["schema"u8].IsObject)
        {
            attempt.Refuse("text.format", "The field 'text.format' must have the type text, json_object, or json_schema with a 'schema'.");
            return default;
        }

        var isTaken = upstream != Dialect.Anthropic || HeldSchema.TakesWithoutLimits(format["schema"u8]);
        if (attempt.Context.Traits.StructuredOutput && isTaken) return new OutputFormat { Format = format, Native = format["schema"u8] };
        attempt.Lose(ResponsesLosses.FormatTool);
        return new OutputFormat { Format = format, NeedsTool = true };
    }
}
