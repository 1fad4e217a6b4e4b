using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Responses;

/// <summary>
/// Writes a Responses request's tools as the functions of another dialect: its own functions, free-form tools, namespaces, and the tools that a
/// client runs under a kind of their own. Each once, in the request's order, those that joined later behind.
/// </summary>
internal readonly ref struct ToolDefinitions(JsonWriter json, Dialect upstream, ResponsesEdgeRequest attempt, ReadOnlySpan<byte> body, AllowedTools allowed)
{
    private readonly ReadOnlySpan<byte> _body = body;
    private readonly AllowedTools _allowed = allowed;

    /// <summary>Writes all tools of a request and its items.</summary>
    public void WriteAll(ResponsesRequest request, InputItems items)
    {
        foreach (var tool in request.Tools.Items) Write(tool);
        for (var at = 0; at < items.Count; at++)
        {
            if (items[at].Kind is not (ItemKind.AdditionalTools or ItemKind.ToolSearchOutput)) continue;
            foreach (var tool in items.View(_body, at)["tools"u8].Items) Write(tool);
        }
    }

    private void Write(JsonView tool)
    {
        var type = tool["type"u8];
        if (type.Is("function"u8)) WriteFunction(tool, default);
        else if (type.Is("custom"u8)) WriteCustom(tool, default);
        else if (type.Is("namespace"u8)) WriteNamespace(tool);
        else if (type.Is("local_shell"u8)) WriteOwn("local_shell"u8, ToolKind.LocalShell, ToolSchemas.LocalShellText, ToolSchemas.LocalShell);
        else if (type.Is("apply_patch"u8)) WriteOwn("apply_patch"u8, ToolKind.ApplyPatch, ToolSchemas.ApplyPatchText, ToolSchemas.ApplyPatch);
        else if (type.Is("shell"u8)) WriteShell(tool);
        else if (type.Is("tool_search"u8)) WriteToolSearch(tool);
        else if (type.StartsWith("web_search"u8)) WriteWebSearch(tool);
        else if (type.Is("code_interpreter"u8) && upstream == Dialect.Anthropic && attempt.Context.Traits.CodeExecution) WriteCode(tool);
        else if (type.Is("mcp"u8) && upstream == Dialect.Anthropic && attempt.Context.Traits.Mcp) WriteMcp(tool);
        else attempt.Lose(IsHosted(type) ? ResponsesLosses.HostedTools : ResponsesLosses.UnknownTools);
    }

    private static bool IsHosted(JsonView type) =>
        type.Is("file_search"u8) || type.Is("computer"u8) || type.Is("computer_use_preview"u8) || type.Is("mcp"u8) || type.Is("code_interpreter"u8)
        || type.Is("image_generation"u8) || type.Is("programmatic_tool_calling"u8);

    private void WriteNamespace(JsonView tool)
    {
        // What is said of all of them stands with the first, for there is no other place that the model sees.
        var about = tool["description"u8];
        foreach (var inner in tool["tools"u8].Items)
        {
            var before = json.Output.Length;
            if (inner["type"u8].Is("function"u8)) WriteFunction(inner, tool["name"u8], about);
            else if (inner["type"u8].Is("custom"u8)) WriteCustom(inner, tool["name"u8], about);
            else attempt.Lose(ResponsesLosses.UnknownTools);
            if (json.Output.Length > before) about = default;
        }
    }

    private void WriteFunction(JsonView tool, JsonView toolNamespace, JsonView about = default)
    {
        NoteExtras(tool);
        if (!Begin(tool["name"u8], toolNamespace, ToolKind.Function)) return;
        if (tool["description"u8] is { IsString: true, IsEmpty: false } || about is { IsString: true, IsEmpty: false })
        {
            BeginDescription(tool, toolNamespace, about);
            json.EndString();
        }

        WriteSchema(tool["parameters"u8]);
        if (tool["strict"u8].IsTrue)
        {
            if (attempt.Context.Traits.StrictTools && (upstream != Dialect.Anthropic || HeldSchema.TakesArguments(tool["parameters"u8]))) json.Bool("strict"u8, true);
            else attempt.Lose(ResponsesLosses.Strict);
        }

        End();
    }

    private void WriteCustom(JsonView tool, JsonView toolNamespace, JsonView about = default)
    {
        NoteExtras(tool);
        if (!Begin(tool["name"u8], toolNamespace, ToolKind.Custom)) return;
        if (IsNative(ToolKind.Custom))
        {
            WriteNativeCustom(tool, toolNamespace, about);
            return;
        }

        if (BeginDescription(tool, toolNamespace, about)) json.AppendPlain("\n\n"u8);
        json.AppendPlain("Put the tool's whole input, as plain text, into the argument \"input\"."u8);
        var format = tool["format"u8];
        if (format["definition"u8].IsString)
        {
            attempt.Lose(ResponsesLosses.Grammar);
            json.AppendPlain(" It must follow this grammar ("u8);
            json.AppendEscaped(format["syntax"u8].Escaped);
            json.AppendPlain("):\n"u8);
            json.AppendEscaped(format["definition"u8].Escaped);
        }

        json.EndString();
        json.Raw(SchemaName, ToolSchemas.Custom);
        End();
    }

    /// <summary>A chat host that knows free-form tools gets them as they are; only the grammar stands one level deeper.</summary>
    private void WriteNativeCustom(JsonView tool, JsonView toolNamespace, JsonView about)
    {
        if (tool["description"u8].IsString || about is { IsString: true, IsEmpty: false })
        {
            BeginDescription(tool, toolNamespace, about);
            json.EndString();
        }

        var format = tool["format"u8];
        if (format["definition"u8].IsString)
        {
            json.BeginObject("format"u8);
            json.String("type"u8, "grammar"u8);
            json.BeginObject("grammar"u8);
            json.Raw("definition"u8, format["definition"u8].Raw);
            json.Raw("syntax"u8, format["syntax"u8].IsString ? format["syntax"u8].Raw : "\"lark\""u8);
            json.EndObject();
            json.EndObject();
        }

        End();
    }

    /// <summary>Begins the member <c>description</c>: what a namespace says of all its tools, where this is the first of them, and the tool's own words. False when there is nothing.</summary>
    private bool BeginDescription(JsonView tool, JsonView toolNamespace, JsonView about)
    {
        json.Name("description"u8);
        json.BeginString();
        var start = json.Output.Length;
        if (about is { IsString: true, IsEmpty: false })
        {
            json.AppendPlain("All tools of "u8);
            json.AppendEscaped(toolNamespace.Escaped);
            json.AppendPlain(": "u8);
            json.AppendEscaped(about.Escaped);
            if (!tool["description"u8].IsEmpty) json.AppendPlain("\n\n"u8);
        }

        json.AppendEscaped(tool["description"u8].Escaped);
        return json.Output.Length > start;
    }

    private bool IsNative(ToolKind kind) => kind == ToolKind.Custom && upstream == Dialect.OpenAiChat && attempt.Context.Traits.CustomTools;

    private void WriteShell(JsonView tool)
    {
        var place = tool["environment"u8]["type"u8];
        // A shell in the provider's own container has nobody here who runs it.
        if (place.IsString && !place.Is("local"u8)) attempt.Lose(ResponsesLosses.HostedTools);
        else WriteOwn("shell"u8, ToolKind.Shell, ToolSchemas.ShellText, ToolSchemas.Shell);
    }

    private void WriteToolSearch(JsonView tool)
    {
        // A search that OpenAI would run itself is not needed: the tools to be found are all there.
        if (!tool["execution"u8].Is("client"u8))
        {
            attempt.Lose(ResponsesLosses.DeferLoading);
            return;
        }

        if (!Begin("tool_search"u8, ToolKind.ToolSearch)) return;
        if (tool["description"u8].IsString) json.EscapedString("description"u8, tool["description"u8].Escaped);
        else json.String("description"u8, ToolSchemas.ToolSearchText);
        if (tool["parameters"u8].IsObject) WriteSchema(tool["parameters"u8]);
        else json.Raw(SchemaName, ToolSchemas.ToolSearch);
        End();
    }

    private void WriteWebSearch(JsonView tool)
    {
        if (!attempt.Context.Traits.WebSearch)
        {
            attempt.Lose(ResponsesLosses.WebSearchTool);
            return;
        }

        if (!_allowed.Allows("web_search"u8, ToolKind.WebSearch)) return;
        attempt.Lose(ResponsesLosses.WebSearchOptions, WebSearchTool.HasMore(tool, upstream));
        if (upstream == Dialect.OpenAiChat)
        {
            attempt.WebSearch = true;
            return;
        }

        var known = attempt.Names.All.Count;
        _ = attempt.Names.Add("web_search"u8, default, ToolKind.WebSearch);
        if (attempt.Names.All.Count == known) return;
        WebSearchTool.WriteAnthropic(json, tool);
    }

    private void WriteCode(JsonView tool)
    {
        // Files in a container, or a container that is there already, lie with OpenAI.
        if (!tool["container"u8]["type"u8].Is("auto"u8) || tool["container"u8]["file_ids"u8] is { IsArray: true, IsEmpty: false })
        {
            attempt.Lose(ResponsesLosses.HostedTools);
            return;
        }

        if (!_allowed.Allows("code_interpreter"u8, ToolKind.CodeExecution)) return;
        var known = attempt.Names.All.Count;
        _ = attempt.Names.Add("code_execution"u8, default, ToolKind.CodeExecution);
        if (attempt.Names.All.Count > known) json.Raw("""{"type":"code_execution_20250825","name":"code_execution"}"""u8);
    }

    private void WriteMcp(JsonView tool)
    {
        if (!McpTool.CanSay(tool))
        {
            attempt.Lose(ResponsesLosses.HostedTools);
            return;
        }

        if (!_allowed.Allows("mcp"u8, ToolKind.Mcp)) return;
        attempt.Scratch.Clear();
        _ = tool["server_label"u8].TryAppendPlain(attempt.Scratch);
        var known = attempt.Names.All.Count;
        _ = attempt.Names.Add(attempt.Scratch.Written, "mcp"u8, ToolKind.Mcp);
        if (attempt.Names.All.Count == known) return;
        NoteExtras(tool);
        McpTool.WriteToolset(json, tool);
        attempt.McpServers ??= new PooledBuffer();
        if (attempt.McpServers.Length > 0) attempt.McpServers.Append((byte)',');
        McpTool.WriteServer(new JsonWriter(attempt.McpServers), tool);
    }

    private void WriteOwn(ReadOnlySpan<byte> name, ToolKind kind, ReadOnlySpan<byte> description, ReadOnlySpan<byte> schema)
    {
        if (!Begin(name, kind)) return;
        json.String("description"u8, description);
        json.Raw(SchemaName, schema);
        End();
    }

    private void NoteExtras(JsonView tool)
    {
        attempt.Lose(ResponsesLosses.DeferLoading, tool["defer_loading"u8].IsTrue);
        attempt.Lose(
            ResponsesLosses.OutputSchema,
            tool["output_schema"u8].IsObject || tool["allowed_callers"u8].IsArray || tool["async"u8].IsTrue || tool["server_description"u8].IsString);
    }

    private ReadOnlySpan<byte> SchemaName => upstream == Dialect.Anthropic ? "input_schema"u8 : "parameters"u8;

    /// <summary>Writes a schema. Anthropic demands that it says it is an object's; a function without one has no arguments.</summary>
    private void WriteSchema(JsonView schema)
    {
        var refused = attempt.Context.Traits.RefusedSchemaKeywords;
        if (upstream == Dialect.OpenAiChat || !schema.IsObject || schema["type"u8].IsString)
        {
            json.Name(SchemaName);
            var isCut = upstream == Dialect.OpenAiChat ? SchemaText.WriteParameters(json, schema, refused) : SchemaText.Write(json, schema, refused);
            attempt.Lose(ResponsesLosses.Schema, isCut);
            return;
        }

        json.BeginObject(SchemaName);
        json.String("type"u8, "object"u8);
        foreach (var member in schema.Members)
        {
            if (!member.Is("type"u8)) json.Raw(member.EscapedName, member.Value.Raw);
        }

        json.EndObject();
    }

    private bool Begin(JsonView name, JsonView toolNamespace, ToolKind kind)
    {
        if (!name.IsString)
        {
            attempt.Refuse("tools", "A tool must have a 'name'.");
            return false;
        }

        attempt.Scratch.Clear();
        _ = name.TryAppendPlain(attempt.Scratch);
        var length = attempt.Scratch.Length;
        _ = toolNamespace.TryAppendPlain(attempt.Scratch);
        return Begin(attempt.Scratch.Written[..length], attempt.Scratch.Written[length..], kind);
    }

    private bool Begin(ReadOnlySpan<byte> name, ToolKind kind) => Begin(name, default, kind);

    private bool Begin(ReadOnlySpan<byte> name, ReadOnlySpan<byte> toolNamespace, ToolKind kind)
    {
        if (!_allowed.Allows(name, kind)) return false;
        var known = attempt.Names.All.Count;
        var tool = attempt.Names.Add(name, toolNamespace, kind);
        if (attempt.Names.All.Count == known) return false;
        json.BeginObject();
        if (upstream == Dialect.OpenAiChat)
        {
            json.String("type"u8, IsNative(kind) ? "custom"u8 : "function"u8);
            json.BeginObject(IsNative(kind) ? "custom"u8 : "function"u8);
        }

        json.String("name"u8, tool.Sent);
        return true;
    }

    private void End()
    {
        if (upstream == Dialect.OpenAiChat) json.EndObject();
        json.EndObject();
    }
}
