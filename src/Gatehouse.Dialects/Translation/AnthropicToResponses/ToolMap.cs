using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Anthropic;

namespace Gatehouse.Dialects.Translation.AnthropicToResponses;

/// <summary>Writes tools, tool choice and output format as Responses requests have them.</summary>
internal sealed class ToolMap(MessagesEdgeRequest request, JsonWriter json)
{
    private readonly ToolList _tools = new(request);
    private int _written;

    /// <summary>Whether the provider is to search the web.</summary>
    public bool SearchesWeb { get; private set; }

    /// <summary>Whether the provider is to run code.</summary>
    public bool RunsCode { get; private set; }

    /// <summary>Writes <c>tools</c>, <c>tool_choice</c>, <c>parallel_tool_calls</c> and <c>text</c>.</summary>
    public void Write(ReadOnlySpan<byte> body, scoped in MessagesFields fields)
    {
        var format = fields.Format;
        _tools.Read(body, fields);
        if (!request.Context.Traits.Tools && _tools.OffersFunctions) request.Refuse("tools", NoTools.Given);
        var standIn = MessagesFormat.StandIn(format, request);
        WriteTools(body, fields, format, standIn);
        if (_written > 0) WriteChoice(fields.ToolChoice, standIn);
        else MessagesToolChoice.Disclose(fields.ToolChoice, request);
        if (format.IsObject && standIn is null) WriteFormat(format);
    }

    private void WriteTools(ReadOnlySpan<byte> body, scoped in MessagesFields fields, JsonView format, ToolName? standIn)
    {
        var start = json.Here;
        json.BeginArray("tools"u8);
        foreach (var tool in _tools.All)
        {
            if (tool.IsOffered) WriteTool(tool, _tools.Definition(body, tool), fields.McpServers);
        }

        foreach (var server in fields.McpServers.Items) WriteServer(body, server);
        if (standIn is not null)
        {
            _written++;
            BeginFunction();
            MessagesFormat.WriteFunction(json, standIn, format, request);
            EndFunction(isStrict: false);
        }

        json.EndArray();
        if (_written == 0) json.TakeBack(start);
    }

    private void WriteTool(ListedTool tool, JsonView definition, JsonView servers)
    {
        _written++;
        if (tool.Name is not null)
        {
            BeginFunction();
            EndFunction(FunctionTool.Write(json, tool, definition, request));
        }
        else if (tool.Shape == ToolShape.WebSearch && request.Context.Traits.WebSearch) WriteWebSearch(definition);
        else if (tool.Shape == ToolShape.CodeExecution && request.Context.Traits.CodeExecution)
        {
            RunsCode = true;
            json.Raw("""{"type":"code_interpreter","container":{"type":"auto"}}"""u8);
        }
        else if (tool.Shape != ToolShape.McpToolset || !request.Context.Traits.Mcp || !McpMap.TryWriteToolset(json, definition, servers, request))
        {
            _written--;
            request.Lose(tool.Shape switch
            {
                ToolShape.WebSearch => MessagesLosses.WebSearch,
                ToolShape.CodeExecution => MessagesLosses.CodeExecution,
                _ => MessagesLosses.McpToolset,
            });
        }
    }

    /// <summary>Writes a server that no toolset names; says so when there is none to write.</summary>
    private void WriteServer(ReadOnlySpan<byte> body, JsonView server)
    {
        if (!request.Context.Traits.Mcp)
        {
            request.Lose(MessagesLosses.McpServers);
            return;
        }

        foreach (var tool in _tools.All)
        {
            if (tool.Shape == ToolShape.McpToolset && _tools.Definition(body, tool)["mcp_server_name"u8].SameBytes(server["name"u8])) return;
        }

        if (McpMap.TryWriteServer(json, server)) _written++;
        else if (!server["tool_configuration"u8]["enabled"u8].IsFalse) request.Lose(MessagesLosses.McpServers);
    }

    private void BeginFunction()
    {
        json.BeginObject();
        json.String("type"u8, "function"u8);
    }

    private void EndFunction(bool isStrict)
    {
        // What is not said is true here, and false in every other dialect.
        json.Bool("strict"u8, isStrict);
        json.EndObject();
    }

    private void WriteWebSearch(JsonView definition)
    {
        SearchesWeb = true;
        WebSearchOptions.Disclose(definition, request, takesDomains: true);
        json.BeginObject();
        json.String("type"u8, "web_search"u8);
        if (definition["allowed_domains"u8] is { IsArray: true } domains)
        {
            json.BeginObject("filters"u8);
            json.Raw("allowed_domains"u8, domains.Raw);
            json.EndObject();
        }

        if (definition["user_location"u8] is { IsObject: true } location)
        {
            json.BeginObject("user_location"u8);
            json.String("type"u8, "approximate"u8);
            WebSearchOptions.WriteLocation(json, location);
            json.EndObject();
        }

        json.EndObject();
    }

    private void WriteChoice(JsonView choice, ToolName? standIn)
    {
        if (!MessagesToolChoice.TryWrite(json, choice, standIn is not null, request)) WriteNamedChoice(choice["name"u8]);
        MessagesToolChoice.WriteParallel(json, choice, request);
    }

    private void WriteNamedChoice(JsonView name)
    {
        var known = _tools.FindOffered(request.Plain(name));
        var isSearch = known is null && SearchesWeb && name.Is("web_search"u8);
        if (isSearch && _written == 1) json.String("tool_choice"u8, "required"u8);
        else if (isSearch) json.Raw("tool_choice"u8, """{"type":"allowed_tools","mode":"required","tools":[{"type":"web_search"}]}"""u8);
        else if (known is null && RunsCode && name.Is("code_execution"u8)) json.Raw("tool_choice"u8, """{"type":"code_interpreter"}"""u8);
        else if (known is null) request.Lose(MessagesLosses.ToolChoice);
        else
        {
            json.BeginObject("tool_choice"u8);
            json.String("type"u8, "function"u8);
            json.String("name"u8, known.Sent);
            json.EndObject();
        }
    }

    private void WriteFormat(JsonView format)
    {
        json.BeginObject("text"u8);
        json.BeginObject("format"u8);
        json.String("type"u8, "json_schema"u8);
        MessagesFormat.WriteSchema(json, format, request);
        json.EndObject();
        json.EndObject();
    }
}
