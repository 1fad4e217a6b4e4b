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
        var format = fields.Format;
        _tools.Read(body, fields);
        if (!request.Context.Traits.Tools && _tools.OffersFunctions) request.Refuse("tools", NoTools.Given);
        if (_tools.Offers(ToolShape.CodeExecution)) request.Lose(MessagesLosses.CodeExecution);
        if (_tools.Offers(ToolShape.McpToolset)) request.Lose(MessagesLosses.McpToolset);
        var standIn = MessagesFormat.StandIn(format, request);
        if (_tools.OffersFunctions || standIn is not null)
        {
            WriteTools(body, format, standIn);
            WriteChoice(fields.ToolChoice, standIn);
        }
        else MessagesToolChoice.Disclose(fields.ToolChoice, request);

        WriteWebSearch(body);
        if (format.IsObject && standIn is null) WriteFormat(format);
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
        if (!MessagesToolChoice.TryWrite(json, choice, standIn is not null, request)) WriteNamedChoice(choice["name"u8]);
        MessagesToolChoice.WriteParallel(json, choice, request);
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

    private void WriteFormat(JsonView format)
    {
        json.BeginObject("response_format"u8);
        json.String("type"u8, "json_schema"u8);
        json.BeginObject("json_schema"u8);
        MessagesFormat.WriteSchema(json, format, request);
        json.EndObject();
        json.EndObject();
    }
}
