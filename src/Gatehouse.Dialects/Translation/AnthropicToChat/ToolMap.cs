using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Anthropic;

namespace Gatehouse.Dialects.Translation.AnthropicToChat;

/// <summary>Writes tools, tool choice and output format as chat requests have them.</summary>
internal sealed class ToolMap(MessagesEdgeRequest request, JsonWriter json)
{
    private readonly ToolList _tools = new(request);

    /// <summary>Writes <c>tools</c>, <c>tool_choice</c>, <c>parallel_tool_calls</c>, <c>web_search_options</c> and <c>response_format</c>.</summary>
    public void Write(ReadOnlySpan<byte> body, scoped in MessagesFields fields)
    {
        var traits = request.Context.Traits;
        var format = fields.Format;
        if (format.IsObject && !format["schema"u8].IsObject) request.Refuse("output_config.format.schema", "must be a JSON schema.");
        _tools.Read(body, fields);
        if (!traits.Tools && _tools.OffersFunctions) request.Refuse("tools", NoTools.Given);
        if (_tools.Offers(ToolShape.CodeExecution)) request.Lose(MessagesLosses.CodeExecution);
        if (_tools.Offers(ToolShape.McpToolset)) request.Lose(MessagesLosses.McpToolset);
        if (format.IsObject && traits is { StructuredOutput: false, Tools: false }) request.Refuse("output_config.format", NoTools.NeededByFormat);
        var standIn = format.IsObject && !traits.StructuredOutput ? MessagesFormat.Tool(request) : null;
        if (_tools.OffersFunctions || standIn is not null)
        {
            WriteTools(body, format, standIn);
            WriteChoice(fields.ToolChoice, standIn);
        }
        else if (fields.ToolChoice["type"u8] is { IsString: true } type && !type.Is("auto"u8) && !type.Is("none"u8)) request.Lose(MessagesLosses.ToolChoice);

        WriteWebSearch(body);
        if (format.IsObject && standIn is null) WriteFormat(format, traits.StructuredOutput);
    }

    private void WriteTools(ReadOnlySpan<byte> body, JsonView format, ToolName? standIn)
    {
        json.BeginArray("tools"u8);
        foreach (var tool in _tools.All)
        {
            if (tool is { IsOffered: true, Name: not null }) WriteTool(tool, _tools.Definition(body, tool));
        }

        if (standIn is not null)
        {
            BeginFunction();
            MessagesFormat.WriteFunction(json, standIn, format, request);
            EndFunction();
        }

        json.EndArray();
    }

    private void WriteTool(ListedTool tool, JsonView definition)
    {
        BeginFunction();
        if (FunctionTool.Write(json, tool, definition, request)) json.Bool("strict"u8, true);
        EndFunction();
    }

    private void BeginFunction()
    {
        json.BeginObject();
        json.String("type"u8, "function"u8);
        json.BeginObject("function"u8);
    }

    private void EndFunction()
    {
        json.EndObject();
        json.EndObject();
    }

    private void WriteChoice(JsonView choice, ToolName? standIn)
    {
        var type = choice["type"u8];
        if (standIn is not null && !type.Is("tool"u8)) json.String("tool_choice"u8, "required"u8);
        else if (type.Is("any"u8)) json.String("tool_choice"u8, "required"u8);
        else if (type.Is("none"u8)) json.String("tool_choice"u8, "none"u8);
        else if (type.Is("auto"u8)) json.String("tool_choice"u8, "auto"u8);
        else if (type.Is("tool"u8)) WriteNamedChoice(choice["name"u8]);
        else if (!choice.IsNullOrAbsent) request.Refuse("tool_choice.type", "must be one of auto, any, tool and none.");
        if (!choice["disable_parallel_tool_use"u8].IsTrue) return;
        if (request.Context.Traits.ParallelToolControl) json.Bool("parallel_tool_calls"u8, false);
        else request.Lose(MessagesLosses.ParallelTools);
    }

    private void WriteNamedChoice(JsonView name)
    {
        if (_tools.FindOffered(request.Plain(name)) is not { } known)
        {
            request.Lose(MessagesLosses.ToolChoice);
            return;
        }

        json.BeginObject("tool_choice"u8);
        json.String("type"u8, "function"u8);
        json.BeginObject("function"u8);
        json.String("name"u8, known.Sent);
        json.EndObject();
        json.EndObject();
    }

    private void WriteWebSearch(ReadOnlySpan<byte> body)
    {
        foreach (var tool in _tools.All)
        {
            if (tool is not { IsOffered: true, Shape: ToolShape.WebSearch }) continue;
            if (!request.Context.Traits.WebSearch)
            {
                request.Lose(MessagesLosses.WebSearch);
                return;
            }

            var definition = _tools.Definition(body, tool);
            WebSearchOptions.Disclose(definition, request, takesDomains: false);
            json.BeginObject("web_search_options"u8);
            if (definition["user_location"u8] is { IsObject: true } location)
            {
                json.BeginObject("user_location"u8);
                json.String("type"u8, "approximate"u8);
                json.BeginObject("approximate"u8);
                WebSearchOptions.WriteLocation(json, location);
                json.EndObject();
                json.EndObject();
            }

            json.EndObject();
            return;
        }
    }

    private void WriteFormat(JsonView format, bool isNative)
    {
        if (!isNative)
        {
            request.Lose(MessagesLosses.Format);
            return;
        }

        json.BeginObject("response_format"u8);
        json.String("type"u8, "json_schema"u8);
        json.BeginObject("json_schema"u8);
        json.String("name"u8, "answer"u8);
        var isStrict = StrictSchema.Holds(format["schema"u8]);
        if (!isStrict) request.Lose(MessagesLosses.FormatStrict);
        json.Bool("strict"u8, isStrict);
        json.Name("schema"u8);
        if (SchemaText.Write(json, format["schema"u8], request.Context.Traits.RefusedSchemaKeywords)) request.Lose(MessagesLosses.FormatSchema);
        json.EndObject();
        json.EndObject();
    }
}
