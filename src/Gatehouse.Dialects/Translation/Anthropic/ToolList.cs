using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Anthropic;

/// <summary>What kind of tool an entry of a Messages request's <c>tools</c> is.</summary>
internal enum ToolShape : byte
{
    /// <summary>A tool of the client's with a schema.</summary>
    Function,

    /// <summary><c>bash</c>: run by the client, its schema known to Anthropic's models.</summary>
    Bash,

    /// <summary>The text editor: likewise.</summary>
    TextEditor,

    /// <summary><c>memory</c>: likewise.</summary>
    Memory,

    /// <summary><c>web_search</c>, run by the provider.</summary>
    WebSearch,

    /// <summary><c>code_execution</c>, run by the provider.</summary>
    CodeExecution,

    /// <summary>The tools of an MCP server, called by the provider.</summary>
    McpToolset,

    /// <summary>One that no other provider has anything for; noted as a loss.</summary>
    LeftOut,
}

/// <summary>A tool of the request.</summary>
/// <param name="Spot">Where its definition lies in the body.</param>
/// <param name="Shape">What it is.</param>
/// <param name="Name">Both names of a tool that the client runs; null for others.</param>
/// <param name="IsOffered">Whether the model may call it now.</param>
internal readonly record struct ListedTool(JsonSpot Spot, ToolShape Shape, ToolName? Name, bool IsOffered);

/// <summary>
/// The tools that the model is offered: those of <c>tools</c>, less those whose loading is deferred until the conversation names them, and with what messages
/// add and withdraw. An upstream has no search over tools: when the search is Anthropic's own, all are offered. One per attempt, not thread-safe.
/// </summary>
internal sealed class ToolList(MessagesEdgeRequest request)
{
    private readonly List<ListedTool> _all = [];
    private bool _deferred;
    private bool _searched;

    /// <summary>Every tool, offered or not.</summary>
    public IReadOnlyList<ListedTool> All => _all;

    /// <summary>Whether anything is offered.</summary>
    public bool IsEmpty => !_all.Exists(static tool => tool.IsOffered);

    /// <summary>The definition of a tool.</summary>
    public JsonView Definition(ReadOnlySpan<byte> body, ListedTool tool) => JsonView.At(body, request.Index, tool.Spot);

    /// <summary>Reads a request's tools.</summary>
    public void Read(ReadOnlySpan<byte> body, scoped in MessagesFields fields)
    {
        var index = 0;
        foreach (var tool in fields.Tools.Items) Add(body, tool, $"tools.{index++}");
        // Almost no request has any of this, and a walk through all messages costs more than looking for the words.
        if (_deferred && _searched) OfferAll();
        else if (_deferred) OfferNamed(body, fields);
        if (request.Words.ChangesTools) TakeChanges(body, fields.Messages);
    }

    /// <summary>The tool that the client calls by this name, if the model is offered it.</summary>
    public ToolName? FindOffered(ReadOnlySpan<byte> name)
    {
        foreach (var tool in _all)
        {
            if (tool.IsOffered && tool.Name is { } known && known.Name.AsSpan().SequenceEqual(name)) return known;
        }

        return null;
    }

    /// <summary>Whether a tool is offered that the client runs.</summary>
    public bool OffersFunctions => _all.Exists(static tool => tool is { IsOffered: true, Name: not null });

    /// <summary>Whether a tool of this shape is offered.</summary>
    public bool Offers(ToolShape shape) => _all.Exists(tool => tool.IsOffered && tool.Shape == shape);

    private void Add(ReadOnlySpan<byte> body, JsonView tool, string where)
    {
        if (!tool.IsObject)
        {
            request.Refuse(where, "must be a tool: an object with a name and an input_schema.");
            return;
        }

        var shape = ShapeOf(tool);
        ToolName? name = null;
        if (shape is ToolShape.Function or ToolShape.Bash or ToolShape.TextEditor or ToolShape.Memory)
        {
            if (tool["name"u8] is not { IsString: true, IsEmpty: false }) request.Refuse($"{where}.name", "must be a string that is not empty.");
            else name = request.Names.Add(request.Plain(tool["name"u8]), default, ToolKind.Function);
        }

        var isDeferred = tool["defer_loading"u8].IsTrue;
        _deferred |= isDeferred;
        _all.Add(new ListedTool(tool.In(body, request.Index), shape, name, IsOffered: !isDeferred && shape != ToolShape.LeftOut));
    }

    private ToolShape ShapeOf(JsonView tool)
    {
        var type = tool["type"u8];
        if (type.IsNullOrAbsent || type.Is("custom"u8)) return ToolShape.Function;
        if (type.StartsWith("bash_"u8)) return ToolShape.Bash;
        if (type.StartsWith("text_editor_"u8)) return ToolShape.TextEditor;
        if (type.StartsWith("memory_"u8)) return ToolShape.Memory;
        if (type.StartsWith("web_search"u8)) return ToolShape.WebSearch;
        if (type.StartsWith("code_execution"u8)) return ToolShape.CodeExecution;
        if (type.Is("mcp_toolset"u8)) return ToolShape.McpToolset;
        if (tool["input_schema"u8].IsObject) return ToolShape.Function;
        _searched |= type.StartsWith("tool_search"u8);
        request.Lose(LossOf(type));
        return ToolShape.LeftOut;
    }

    private static Loss LossOf(JsonView type) =>
        type.StartsWith("tool_search"u8) ? MessagesLosses.ToolSearch
        : type.StartsWith("web_fetch"u8) ? MessagesLosses.WebFetch
        : type.StartsWith("computer"u8) || type.StartsWith("browser"u8) ? MessagesLosses.ComputerUse
        : type.StartsWith("advisor"u8) ? MessagesLosses.Advisor
        : MessagesLosses.UnknownTool;

    private void OfferAll()
    {
        request.Lose(MessagesLosses.DeferLoading);
        for (var i = 0; i < _all.Count; i++)
        {
            if (_all[i].Shape != ToolShape.LeftOut) _all[i] = _all[i] with { IsOffered = true };
        }
    }

    /// <summary>Offers the tools that the conversation names: found by the client's own search, called before, or demanded.</summary>
    private void OfferNamed(ReadOnlySpan<byte> body, scoped in MessagesFields fields)
    {
        Offer(body, fields.ToolChoice["name"u8]);
        foreach (var message in fields.Messages.Items)
        {
            foreach (var block in message["content"u8].Items)
            {
                var type = block["type"u8];
                if (type.Is("tool_use"u8) || type.Is("server_tool_use"u8)) Offer(body, block["name"u8]);
                else if (type.Is("tool_result"u8)) OfferReferences(body, block["content"u8]);
                else if (type.Is("tool_search_tool_result"u8)) OfferReferences(body, block["content"u8]["tool_references"u8]);
            }
        }
    }

    private void OfferReferences(ReadOnlySpan<byte> body, JsonView references)
    {
        foreach (var reference in references.Items)
        {
            if (reference["type"u8].Is("tool_reference"u8)) Offer(body, reference["tool_name"u8]);
        }
    }

    /// <summary>Offers a tool by the name that its definition has, be it the client's or the provider's own, or withdraws it.</summary>
    private void Offer(ReadOnlySpan<byte> body, JsonView name, bool offered = true)
    {
        if (!name.IsString) return;
        var plain = request.Plain(name);
        for (var i = 0; i < _all.Count; i++)
        {
            var tool = _all[i];
            if (tool.Shape == ToolShape.LeftOut) continue;
            if (tool.Name is { } known ? known.Name.AsSpan().SequenceEqual(plain) : Definition(body, tool)["name"u8].Is(plain)) _all[i] = tool with { IsOffered = offered };
        }
    }

    private void TakeChanges(ReadOnlySpan<byte> body, JsonView messages)
    {
        var at = 0;
        foreach (var message in messages.Items)
        {
            foreach (var block in message["content"u8].Items)
            {
                // A summary says what the messages for which it stands had changed.
                if (block["type"u8].Is("compaction"u8)) foreach (var change in block["tool_changes"u8].Items) TakeChange(body, change, at);
                else TakeChange(body, block, at);
            }

            at++;
        }
    }

    private void TakeChange(ReadOnlySpan<byte> body, JsonView change, int at)
    {
        var isAddition = change["type"u8].Is("tool_addition"u8);
        if (!isAddition && !change["type"u8].Is("tool_removal"u8)) return;
        var tool = change["tool"u8];
        var type = tool["type"u8];
        if (type.Is("mcp_toolset_reference"u8)) OfferServer(body, tool["server_name"u8], isAddition);
        else if (type.Is("mcp_tool_reference"u8))
        {
            // The other dialect can't withdraw one tool of a server: so that no more is called than may be, none is.
            if (!isAddition) OfferServer(body, tool["server_name"u8], offered: false);
            request.Lose(MessagesLosses.McpToolset);
        }
        else if (!isAddition || !type.Is("tool_definition"u8)) Offer(body, tool["name"u8], isAddition);
        else
        {
            // What is defined anew stands for what had its name.
            Offer(body, tool["definition"u8]["name"u8], offered: false);
            Add(body, tool["definition"u8], $"messages.{at}.content.tool.definition");
        }
    }

    private void OfferServer(ReadOnlySpan<byte> body, JsonView server, bool offered)
    {
        for (var i = 0; i < _all.Count; i++)
        {
            if (_all[i].Shape == ToolShape.McpToolset && Definition(body, _all[i])["mcp_server_name"u8].SameBytes(server)) _all[i] = _all[i] with { IsOffered = offered };
        }
    }
}
