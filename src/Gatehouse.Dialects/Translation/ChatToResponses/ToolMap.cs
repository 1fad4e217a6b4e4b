using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Chat;
using Gatehouse.Dialects.Translation.Responses;

namespace Gatehouse.Dialects.Translation.ChatToResponses;

/// <summary>Writes a chat request's tools, which Responses has without the object around each, and the choice among them.</summary>
internal static class ToolMap
{
    /// <summary>Writes <c>tools</c>, <c>tool_choice</c> and <c>parallel_tool_calls</c>, as far as there are any.</summary>
    public static void Write(ChatToResponsesRequest request, JsonWriter writer, ChatFields fields, ChatToolChoice choice, ChatFormat format)
    {
        if (!request.Context.Traits.Tools)
        {
            if (!fields.Tools.IsEmpty) request.Refuse("tools", NoTools.Given);
            else if (!fields.Functions.IsEmpty) request.Refuse("functions", NoTools.Given);
            else if (format.IsJson && !request.Context.Traits.StructuredOutput) request.Refuse("response_format", NoTools.NeededByFormat);
        }

        var start = writer.Output.Length;
        Check(request, fields.Tools, "tools");
        Check(request, fields.Functions, "functions");
        writer.BeginArray("tools"u8);
        var empty = writer.Output.Length;
        foreach (var tool in fields.Tools.Items) WriteTool(request, writer, tool);
        foreach (var function in fields.Functions.Items)
        {
            request.LegacyFunctions = true;
            WriteFunction(request, writer, function, "functions");
        }

        WriteWebSearch(request, writer, fields.WebSearchOptions);
        var hasOwn = writer.Output.Length > empty;
        if (format.IsJson && !request.Context.Traits.StructuredOutput) WriteFormatTool(request, writer, format);
        writer.EndArray();
        if (writer.Output.Length == empty + 1)
        {
            writer.Output.Truncate(start);
            if (choice.Kind == ToolChoiceKind.Named) _ = Find(request, choice.Name);
            return;
        }

        WriteChoice(request, writer, choice, hasOwn);
        if (request.LegacyFunctions || fields.ParallelToolCalls is { IsNullOrAbsent: false }) WriteParallel(request, writer, fields.ParallelToolCalls);
    }

    private static void Check(ChatToResponsesRequest request, JsonView tools, string param)
    {
        if (!tools.IsNullOrAbsent && !tools.IsArray) request.Refuse(param, $"'{param}' must be an array.");
    }

    private static void WriteTool(ChatToResponsesRequest request, JsonWriter writer, JsonView tool)
    {
        if (tool["cache_control"u8].IsObject) request.Lose(ChatLosses.CacheMarkers);
        if (tool["type"u8].Is("custom"u8) && tool["custom"u8].IsObject)
            WriteCustom(request, writer, tool["custom"u8]);
        else if (tool["function"u8].IsObject)
            WriteFunction(request, writer, tool["function"u8], "tools");
        else
            request.Refuse("tools", "Each tool needs 'type' function or custom, and the object of that name. Other kinds of tools can't be carried to this model's provider.");
    }

    private static void WriteFunction(ChatToResponsesRequest request, JsonWriter writer, JsonView function, string param)
    {
        if (!Begin(request, writer, "function"u8, function["name"u8], ToolKind.Function, param)) return;
        if (function["description"u8] is { IsString: true, IsEmpty: false } description) writer.EscapedString("description"u8, description.Escaped);
        writer.Name("parameters"u8);
        if (SchemaText.WriteParameters(writer, function["parameters"u8], request.Context.Traits.RefusedSchemaKeywords)) request.Lose(ChatLosses.Schema);
        // Responses is strict unless told otherwise, Chat is not.
        if (request.Context.Traits.StrictTools) writer.Bool("strict"u8, function["strict"u8].IsTrue);
        else if (function["strict"u8].IsTrue) request.Lose(ChatLosses.Strict);
        writer.EndObject();
    }

    private static void WriteCustom(ChatToResponsesRequest request, JsonWriter writer, JsonView custom)
    {
        var isNative = request.Context.Traits.CustomTools;
        if (!Begin(request, writer, isNative ? "custom"u8 : "function"u8, custom["name"u8], ToolKind.Custom, "tools")) return;
        if (!isNative)
        {
            request.Lose(ChatLosses.CustomTools);
            FreeFormTool.WriteDescription(writer, custom["description"u8], custom["format"u8]);
            writer.Raw("parameters"u8, ToolSchemas.Custom);
            if (request.Context.Traits.StrictTools) writer.Bool("strict"u8, true);
            writer.EndObject();
            return;
        }

        if (custom["description"u8].IsString) writer.Raw("description"u8, custom["description"u8].Raw);
        var format = custom["format"u8];
        var grammar = format["grammar"u8].IsObject ? format["grammar"u8] : format;
        if (grammar["definition"u8].IsString)
        {
            writer.BeginObject("format"u8);
            writer.String("type"u8, "grammar"u8);
            writer.RawIfPresent("syntax"u8, grammar["syntax"u8]);
            writer.Raw("definition"u8, grammar["definition"u8].Raw);
            writer.EndObject();
        }
        else if (format.IsObject)
            writer.Raw("format"u8, format.Raw);
        writer.EndObject();
    }

    private static void WriteFormatTool(ChatToResponsesRequest request, JsonWriter writer, ChatFormat format)
    {
        request.Lose(ChatLosses.ResponseFormat);
        var name = request.Plain(format.Definition["name"u8]);
        request.FormatTool = request.Names.Add(name.IsEmpty ? "answer"u8 : name, default, ToolKind.OutputFormat);
        writer.BeginObject();
        writer.String("type"u8, "function"u8);
        writer.String("name"u8, request.FormatTool.Sent);
        writer.String("description"u8, "Gives the final answer to the user. Call it once, at the end."u8);
        writer.Name("parameters"u8);
        if (SchemaText.WriteParameters(writer, format.Schema, request.Context.Traits.RefusedSchemaKeywords)) request.Lose(ChatLosses.Schema);
        if (request.Context.Traits.StrictTools) writer.Bool("strict"u8, false);
        writer.EndObject();
    }

    /// <summary>Whether the provider is to search the web.</summary>
    public static bool Searches(ChatToResponsesRequest request, ChatFields fields) => fields.WebSearchOptions.IsObject && request.Context.Traits.WebSearch;

    private static void WriteWebSearch(ChatToResponsesRequest request, JsonWriter writer, JsonView options)
    {
        if (!options.IsObject) return;
        if (!request.Context.Traits.WebSearch)
        {
            request.Lose(ChatLosses.WebSearch);
            return;
        }

        writer.BeginObject();
        writer.String("type"u8, "web_search"u8);
        if (options["search_context_size"u8].IsString) writer.Raw("search_context_size"u8, options["search_context_size"u8].Raw);
        var place = options["user_location"u8]["approximate"u8];
        if (place.IsObject)
        {
            writer.BeginObject("user_location"u8);
            writer.String("type"u8, "approximate"u8);
            foreach (var member in place.Members)
            {
                if (member.Value.IsString && !member.Is("type"u8)) writer.Raw(member.EscapedName, member.Value.Raw);
            }

            writer.EndObject();
        }

        writer.EndObject();
    }

    private static bool Begin(ChatToResponsesRequest request, JsonWriter writer, ReadOnlySpan<byte> type, JsonView name, ToolKind kind, string param)
    {
        if (!name.IsString || name.IsEmpty)
        {
            request.Refuse(param, "Each tool needs a name.");
            return false;
        }

        writer.BeginObject();
        writer.String("type"u8, type);
        writer.String("name"u8, request.Names.Add(request.Plain(name), default, kind).Sent);
        return true;
    }

    private static void WriteChoice(ChatToResponsesRequest request, JsonWriter writer, ChatToolChoice choice, bool hasOwn)
    {
        if (request.FormatTool is not null && choice.Kind != ToolChoiceKind.Named)
            choice = hasOwn && choice.Kind != ToolChoiceKind.None ? ChatToolChoice.Any : ChatToolChoice.Format;
        if (choice.Kind == ToolChoiceKind.Unset) return;
        if (choice.Allowed.Exists)
        {
            WriteAllowed(request, writer, choice);
            return;
        }

        writer.Name("tool_choice"u8);
        if (choice.Kind == ToolChoiceKind.Format) WriteReference(request, writer, request.FormatTool!);
        else if (choice.Kind == ToolChoiceKind.Named) WriteReference(request, writer, Find(request, choice.Name));
        else writer.String(choice.Kind switch { ToolChoiceKind.None => "none"u8, ToolChoiceKind.Required => "required"u8, _ => "auto"u8 });
    }

    private static void WriteAllowed(ChatToResponsesRequest request, JsonWriter writer, ChatToolChoice choice)
    {
        writer.BeginObject("tool_choice"u8);
        writer.String("type"u8, "allowed_tools"u8);
        writer.String("mode"u8, choice.Kind == ToolChoiceKind.Required ? "required"u8 : "auto"u8);
        writer.BeginArray("tools"u8);
        foreach (var tool in choice.Allowed.Items) WriteReference(request, writer, Find(request, ChatToolChoice.NameOf(tool)));
        writer.EndArray();
        writer.EndObject();
    }

    private static void WriteReference(ChatToResponsesRequest request, JsonWriter writer, ToolName? tool)
    {
        writer.BeginObject();
        writer.String("type"u8, tool?.Kind == ToolKind.Custom && request.Context.Traits.CustomTools ? "custom"u8 : "function"u8);
        if (tool is not null) writer.String("name"u8, tool.Sent);
        writer.EndObject();
    }

    private static ToolName? Find(ChatToResponsesRequest request, JsonView name)
    {
        var plain = request.Plain(name);
        foreach (var known in request.Names.All)
        {
            if (plain.SequenceEqual(known.Name)) return known;
        }

        request.Refuse("tool_choice", "'tool_choice' names a tool that is not among 'tools'.");
        return null;
    }

    private static void WriteParallel(ChatToResponsesRequest request, JsonWriter writer, JsonView parallel)
    {
        var single = request.LegacyFunctions || parallel.IsFalse;
        if (request.Context.Traits.ParallelToolControl) writer.Bool("parallel_tool_calls"u8, !single);
        else if (single) request.Lose(ChatLosses.ParallelToolCalls);
    }
}
