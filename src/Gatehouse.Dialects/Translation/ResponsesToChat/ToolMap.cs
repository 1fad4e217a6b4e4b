using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Responses;

namespace Gatehouse.Dialects.Translation.ResponsesToChat;

/// <summary>Writes <c>tools</c>, <c>tool_choice</c>, <c>web_search_options</c> and <c>response_format</c>.</summary>
internal static class ToolMap
{
    /// <summary>Writes them, where there is something to say.</summary>
    public static void Write(
        JsonWriter json, ResponsesRequest request, InputItems items, ToolWish wish, OutputFormat format, ResponsesEdgeRequest attempt)
    {
        var start = json.Here;
        var allowed = new AllowedTools(request.ToolChoice);
        json.BeginArray("tools"u8);
        new ToolDefinitions(json, Dialect.OpenAiChat, attempt, request.Body, allowed).WriteAll(request, items);
        var hasOwn = attempt.Names.All.Count > 0;
        if (format.NeedsTool) WriteFormatTool(json, format, attempt);
        json.EndArray();
        if (attempt.Names.All.Count == 0)
        {
            json.TakeBack(start);
            if (wish.Kind == ToolWishKind.One && wish.ToolKind != ToolKind.WebSearch) _ = wish.Find(attempt);
        }
        else if (!attempt.Context.Traits.Tools)
            attempt.Refuse(hasOwn ? "tools" : format.NeedsTool ? "text.format" : "input", hasOwn || !format.NeedsTool ? NoTools.Given : NoTools.NeededByFormat);
        else
            WriteChoice(json, request, wish, hasOwn, attempt);

        if (attempt.WebSearch) WriteWebSearch(json, request);
        if (!format.NeedsTool) WriteFormat(json, format, attempt);
    }

    private static void WriteChoice(JsonWriter json, ResponsesRequest request, ToolWish wish, bool hasOwn, ResponsesEdgeRequest attempt)
    {
        var kind = wish.Kind;
        var tool = kind == ToolWishKind.One ? wish.Find(attempt) : null;
        if (attempt.FormatTool is { } formatTool && kind is not ToolWishKind.One)
            (kind, tool) = hasOwn && kind != ToolWishKind.None ? (ToolWishKind.Any, null) : (ToolWishKind.One, formatTool);

        if (tool is not null)
        {
            json.BeginObject("tool_choice"u8);
            var isCustom = tool.Kind == ToolKind.Custom && attempt.Context.Traits.CustomTools;
            json.String("type"u8, isCustom ? "custom"u8 : "function"u8);
            json.BeginObject(isCustom ? "custom"u8 : "function"u8);
            json.String("name"u8, tool.Sent);
            json.EndObject();
            json.EndObject();
        }
        else if (kind != ToolWishKind.Auto)
            json.String("tool_choice"u8, kind == ToolWishKind.None ? "none"u8 : "required"u8);

        if (!request.ParallelToolCalls.Exists) return;
        if (attempt.Context.Traits.ParallelToolControl) json.Raw("parallel_tool_calls"u8, request.ParallelToolCalls.Raw);
        else attempt.Lose(ResponsesLosses.ParallelToolCalls, request.ParallelToolCalls.IsFalse);
    }

    private static void WriteFormatTool(JsonWriter json, OutputFormat format, ResponsesEdgeRequest attempt)
    {
        json.BeginObject();
        json.String("type"u8, "function"u8);
        json.BeginObject("function"u8);
        format.WriteTool(json, "parameters"u8, attempt);
        json.EndObject();
        json.EndObject();
    }

    private static void WriteFormat(JsonWriter json, OutputFormat format, ResponsesEdgeRequest attempt)
    {
        if (!format.Format.Exists) return;
        json.BeginObject("response_format"u8);
        if (format.IsJsonObject)
            json.String("type"u8, "json_object"u8);
        else
        {
            json.String("type"u8, "json_schema"u8);
            json.BeginObject("json_schema"u8);
            json.Raw("name"u8, format.Format["name"u8].IsString ? format.Format["name"u8].Raw : "\"answer\""u8);
            if (format.Format["description"u8].IsString) json.Raw("description"u8, format.Format["description"u8].Raw);
            format.WriteSchema(json, "schema"u8, attempt);
            if (format.Format["strict"u8].IsTrue) json.Bool("strict"u8, true);
            json.EndObject();
        }

        json.EndObject();
    }

    private static void WriteWebSearch(JsonWriter json, ResponsesRequest request)
    {
        json.BeginObject("web_search_options"u8);
        foreach (var tool in request.Tools.Items)
        {
            if (!tool["type"u8].StartsWith("web_search"u8)) continue;
            if (tool["search_context_size"u8].IsString) json.Raw("search_context_size"u8, tool["search_context_size"u8].Raw);
            if (tool["user_location"u8].IsObject) WritePlace(json, tool["user_location"u8]);
            break;
        }

        json.EndObject();
    }

    private static void WritePlace(JsonWriter json, JsonView place)
    {
        json.BeginObject("user_location"u8);
        json.String("type"u8, "approximate"u8);
        json.BeginObject("approximate"u8);
        foreach (var member in place.Members)
        {
            if (!member.Is("type"u8) && member.Value.IsString) json.Raw(member.EscapedName, member.Value.Raw);
        }

        json.EndObject();
        json.EndObject();
    }
}
