using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Chat;
using Gatehouse.Dialects.Translation.Responses;

namespace Gatehouse.Dialects.Translation.ChatToAnthropic;

/// <summary>Writes a chat request's tools and the choice among them.</summary>
internal static class ToolMap
{
    /// <summary>Writes <c>tools</c> and <c>tool_choice</c>; false when there are none.</summary>
    public static bool Write(ChatToAnthropicRequest request, JsonWriter writer, ChatFields fields, ChatToolChoice choice, ChatFormat format)
    {
        if (!request.Context.Traits.Tools)
        {
            if (!fields.Tools.IsEmpty) request.Refuse("tools", NoTools.Given);
            else if (!fields.Functions.IsEmpty) request.Refuse("functions", NoTools.Given);
            else if (FormatMap.NeedsTool(request, format)) request.Refuse("response_format", NoTools.NeededByFormat);
        }

        var begun = false;
        Check(request, fields.Tools, "tools");
        Check(request, fields.Functions, "functions");
        if (choice.Allowed.Exists) request.Lose(ChatToAnthropicLosses.AllowedTools);
        foreach (var tool in fields.Tools.Items)
        {
            if (choice.Allows(ChatToolChoice.NameOf(tool))) WriteTool(request, writer, tool, ref begun);
        }

        foreach (var function in fields.Functions.Items)
        {
            request.LegacyFunctions = true;
            Begin(writer, ref begun);
            WriteFunction(request, writer, function, default, "functions");
        }

        WebSearchMap.Write(request, writer, fields.WebSearchOptions, ref begun);
        var hasOwn = begun;
        if (FormatMap.NeedsTool(request, format)) FormatMap.WriteTool(request, writer, format, ref begun);
        if (!begun)
        {
            if (choice.Kind == ToolChoiceKind.Named) _ = SentName(request, choice.Name);
            return false;
        }

        request.Marks.AfterTool();
        writer.EndArray();
        WriteChoice(request, writer, FormatMap.Choose(request, choice, hasOwn), fields.ParallelToolCalls);
        return true;
    }

    /// <summary>Writes the tools of the history's calls, where the client sends none any more: Anthropic wants to know them. None may be called.</summary>
    public static void WriteCalled(ChatToAnthropicRequest request, JsonWriter writer)
    {
        request.Lose(ChatToAnthropicLosses.CalledTools);
        writer.BeginArray("tools"u8);
        foreach (var tool in request.Names.All)
        {
            writer.BeginObject();
            writer.String("name"u8, tool.Sent);
            writer.Raw("input_schema"u8, "{\"type\":\"object\",\"properties\":{}}"u8);
            writer.EndObject();
        }

        writer.EndArray();
        writer.BeginObject("tool_choice"u8);
        writer.String("type"u8, "none"u8);
        writer.EndObject();
    }

    private static void Check(ChatToAnthropicRequest request, JsonView tools, string param)
    {
        if (!tools.IsNullOrAbsent && !tools.IsArray) request.Refuse(param, $"'{param}' must be an array.");
    }

    private static void Begin(JsonWriter writer, ref bool begun)
    {
        if (!begun) writer.BeginArray("tools"u8);
        begun = true;
    }

    private static void WriteTool(ChatToAnthropicRequest request, JsonWriter writer, JsonView tool, ref bool begun)
    {
        Begin(writer, ref begun);
        var type = tool["type"u8];
        if (type.Is("custom"u8) && tool["custom"u8].IsObject) WriteCustom(request, writer, tool["custom"u8], tool["cache_control"u8]);
        else if (tool["function"u8].IsObject)
            WriteFunction(request, writer, tool["function"u8], tool["cache_control"u8], "tools");
        else
            request.Refuse("tools", "Each tool needs 'type' function or custom, and the object of that name. Other kinds of tools can't be carried to this model's provider.");
    }

    private static void WriteFunction(ChatToAnthropicRequest request, JsonWriter writer, JsonView function, JsonView cacheControl, string param)
    {
        if (!BeginTool(request, writer, function["name"u8], ToolKind.Function, param)) return;
        if (function["description"u8] is { IsString: true, IsEmpty: false } description) writer.EscapedString("description"u8, description.Escaped);
        WriteSchema(request, writer, function["parameters"u8]);
        if (function["strict"u8].IsTrue)
        {
            if (request.Context.Traits.StrictTools && HeldSchema.TakesArguments(function["parameters"u8])) writer.Bool("strict"u8, true);
            else request.Lose(ChatLosses.Strict);
        }

        EndTool(request, writer, cacheControl.IsObject ? cacheControl : function["cache_control"u8]);
    }

    private static void WriteCustom(ChatToAnthropicRequest request, JsonWriter writer, JsonView custom, JsonView cacheControl)
    {
        if (!BeginTool(request, writer, custom["name"u8], ToolKind.Custom, "tools")) return;
        request.Lose(ChatLosses.CustomTools);
        FreeFormTool.WriteDescription(writer, custom["description"u8], custom["format"u8]);
        writer.Raw("input_schema"u8, ToolSchemas.Custom);
        EndTool(request, writer, cacheControl);
    }

    private static bool BeginTool(ChatToAnthropicRequest request, JsonWriter writer, JsonView name, ToolKind kind, string param)
    {
        if (!name.IsString || name.IsEmpty)
        {
            request.Refuse(param, "Each tool needs a name.");
            return false;
        }

        writer.BeginObject();
        writer.String("name"u8, request.Names.Add(request.Plain(name), default, kind).Sent);
        return true;
    }

    private static void EndTool(ChatToAnthropicRequest request, JsonWriter writer, JsonView cacheControl)
    {
        writer.EndObject();
        request.Mark(cacheControl);
    }

    /// <summary>A schema is copied as it is, but for keywords that the host refuses. Anthropic demands that it says <c>type: object</c>, OpenAI does without.</summary>
    public static void WriteSchema(ChatToAnthropicRequest request, JsonWriter writer, JsonView schema)
    {
        writer.Name("input_schema"u8);
        var start = writer.Output.Length;
        if (SchemaText.Write(writer, schema, request.Context.Traits.RefusedSchemaKeywords)) request.Lose(ChatLosses.Schema);
        if (!schema.IsObject || schema["type"u8].Exists) return;
        var isEmpty = schema.IsEmpty || writer.Output.Length == start + "{}".Length;
        writer.Output.Insert(start + 1, isEmpty ? "\"type\":\"object\",\"properties\":{}"u8 : "\"type\":\"object\","u8);
    }

    private static void WriteChoice(ChatToAnthropicRequest request, JsonWriter writer, ChatToolChoice choice, JsonView parallel)
    {
        var single = parallel.IsFalse || request.LegacyFunctions;
        if (choice.Kind == ToolChoiceKind.Unset && !single) return;
        writer.BeginObject("tool_choice"u8);
        switch (choice.Kind)
        {
            case ToolChoiceKind.None: writer.String("type"u8, "none"u8); break;
            case ToolChoiceKind.Required: writer.String("type"u8, "any"u8); break;
            case ToolChoiceKind.Named:
                writer.String("type"u8, "tool"u8);
                writer.String("name"u8, SentName(request, choice.Name));
                break;
            case ToolChoiceKind.Format:
                writer.String("type"u8, "tool"u8);
                writer.String("name"u8, request.FormatTool!.Sent);
                break;
            default: writer.String("type"u8, "auto"u8); break;
        }

        if (single && choice.Kind != ToolChoiceKind.None) WriteSingle(request, writer);
        writer.EndObject();
    }

    private static void WriteSingle(ChatToAnthropicRequest request, JsonWriter writer)
    {
        if (request.Context.Traits.ParallelToolControl) writer.Bool("disable_parallel_tool_use"u8, true);
        else request.Lose(ChatLosses.ParallelToolCalls);
    }

    private static byte[] SentName(ChatToAnthropicRequest request, JsonView name)
    {
        var plain = request.Plain(name);
        foreach (var known in request.Names.All)
        {
            if (plain.SequenceEqual(known.Name)) return known.Sent;
        }

        request.Refuse("tool_choice", "'tool_choice' names a tool that is not among 'tools'.");
        return [];
    }
}
