using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Anthropic;
using Gatehouse.Dialects.Translation.Responses;

namespace Gatehouse.Dialects.Translation.ResponsesToAnthropic;

/// <summary>Writes <c>tools</c> and <c>tool_choice</c>.</summary>
internal static class ToolMap
{
    /// <summary>Writes both, where there are any tools.</summary>
    public static void Write(
        JsonWriter json, ResponsesRequest request, InputItems items, ToolWish wish, OutputFormat format, ResponsesEdgeRequest attempt, CacheMarks marks)
    {
        var start = json.Here;
        json.BeginArray("tools"u8);
        new ToolDefinitions(json, Dialect.Anthropic, attempt, request.Body, new AllowedTools(request.ToolChoice)).WriteAll(request, items);
        var hasOwn = attempt.Names.All.Count > 0;
        if (format.NeedsTool) WriteFormatTool(json, format, attempt);
        // Anthropic wants to know the tools of calls in the history, even if none may be called any more.
        var isHistoryOnly = attempt.Names.All.Count == 0 && WriteCalledTools(json, request, items, attempt);
        if (attempt.Names.All.Count == 0)
        {
            json.TakeBack(start);
            if (wish.Kind == ToolWishKind.One) _ = wish.Find(attempt);
            return;
        }

        if (!attempt.Context.Traits.Tools)
        {
            attempt.Refuse(hasOwn ? "tools" : format.NeedsTool ? "text.format" : "input", hasOwn || !format.NeedsTool ? NoTools.Given : NoTools.NeededByFormat);
            return;
        }

        marks.AfterTool();
        json.EndArray();
        WriteChoice(json, request, isHistoryOnly ? ToolWish.Never : wish, hasOwn, attempt);
    }

    private static void WriteChoice(JsonWriter json, ResponsesRequest request, ToolWish wish, bool hasOwn, ResponsesEdgeRequest attempt)
    {
        var single = request.ParallelToolCalls.IsFalse && attempt.Context.Traits.ParallelToolControl;
        attempt.Lose(ResponsesLosses.ParallelToolCalls, request.ParallelToolCalls.IsFalse && !single);
        var kind = wish.Kind;
        var tool = kind == ToolWishKind.One ? wish.Find(attempt) : null;
        if (attempt.FormatTool is { } formatTool && kind is not ToolWishKind.One)
        {
            // With other tools there, the model may call them first: it answers by the format's tool in the end.
            (kind, tool) = hasOwn && kind != ToolWishKind.None ? (ToolWishKind.Any, null) : (ToolWishKind.One, formatTool);
        }

        if (kind == ToolWishKind.Auto && !single) return;
        json.BeginObject("tool_choice"u8);
        json.String("type"u8, kind switch { ToolWishKind.None => "none"u8, ToolWishKind.Any => "any"u8, ToolWishKind.One => "tool"u8, _ => "auto"u8 });
        if (tool is not null) json.String("name"u8, tool.Sent);
        if (single && kind != ToolWishKind.None) json.Bool("disable_parallel_tool_use"u8, true);
        json.EndObject();
    }

    private static void WriteFormatTool(JsonWriter json, OutputFormat format, ResponsesEdgeRequest attempt)
    {
        json.BeginObject();
        format.WriteTool(json, "input_schema"u8, attempt);
        json.EndObject();
    }

    private static bool WriteCalledTools(JsonWriter json, ResponsesRequest request, InputItems items, ResponsesEdgeRequest attempt)
    {
        for (var at = 0; at < items.Count; at++)
        {
            if (!items[at].IsCall) continue;
            var known = attempt.Names.All.Count;
            var tool = CallItems.Tool(items[at].Kind, items.View(request.Body, at), attempt);
            if (attempt.Names.All.Count == known) continue;
            json.BeginObject();
            json.String("name"u8, tool.Sent);
            json.Raw("input_schema"u8, ToolSchemas.None);
            json.EndObject();
        }

        return attempt.Names.All.Count > 0;
    }
}
