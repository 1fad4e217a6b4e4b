using System.Text.Json;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Anthropic;

/// <summary>What stands inside a content block: where an image or a document comes from, what a tool gave, a cache mark.</summary>
internal static class BlockInsides
{
    private static readonly Dictionary<string, string[]> s_sources = new(StringComparer.Ordinal)
    {
        ["base64"] = ["media_type", "data"],
        ["url"] = ["url"],
        ["file"] = ["file_id"],
        ["text"] = ["media_type", "data"],
        ["content"] = ["content"],
    };

    private static readonly string[] s_results = ["text", "image", "document", "search_result", "tool_reference"];

    /// <summary>Checks the inside of a block whose own fields are good.</summary>
    public static ApiError? Check(JsonElement block, string type, string place) => CheckMark(block, $"{place}.{type}") ?? type switch
    {
        "image" or "document" => CheckSource(block.Get("source")!.Value, $"{place}.{type}.source"),
        "tool_result" => CheckResult(block, $"{place}.tool_result"),
        _ => null,
    };

    /// <summary>Checks the cache mark of a block or a tool, if it has one.</summary>
    public static ApiError? CheckMark(JsonElement holder, string place)
    {
        if (holder.Get("cache_control") is not { } mark) return null;
        if (mark.ValueKind != JsonValueKind.Object) return MessagesFields.WrongType($"{place}.cache_control", FieldKind.Object);
        if (mark.Text("type") != "ephemeral") return MessagesFields.WrongTag($"{place}.cache_control", mark, ["ephemeral"]);
        return mark.Get("ttl") is null || mark.Text("ttl") is "5m" or "1h"
            ? null : ApiError.Invalid($"{place}.cache_control.ephemeral.ttl: Input should be '5m' or '1h'");
    }

    private static ApiError? CheckSource(JsonElement source, string place)
    {
        if (source.ValueKind != JsonValueKind.Object) return MessagesFields.WrongType(place, FieldKind.Object);
        if (!s_sources.TryGetValue(source.Text("type") ?? "", out var needed)) return MessagesFields.WrongTag(place, source, s_sources.Keys);
        foreach (var name in needed)
        {
            var at = $"{place}.{source.Text("type")}.{name}";
            if (source.Get(name) is not { } value) return ApiError.Invalid($"{at}: Field required");
            if (name != "content" && value.ValueKind != JsonValueKind.String) return MessagesFields.WrongType(at, FieldKind.Text);
        }

        return null;
    }

    private static ApiError? CheckResult(JsonElement result, string place)
    {
        if (result.Get("is_error") is { } flag && !FieldKind.Flag.Allows(flag)) return MessagesFields.WrongType($"{place}.is_error", FieldKind.Flag);
        if (result.Get("content") is { } content && !(FieldKind.Text | FieldKind.List).Allows(content))
            return MessagesFields.WrongType($"{place}.content", FieldKind.List);
        var index = 0;
        foreach (var block in result.Items("content"))
        {
            var at = $"{place}.content.{index++}";
            if (block.Text("type") is { } type && !s_results.Contains(type)) return MessagesFields.WrongTag(at, block, s_results);
            if (MessagesFields.CheckBlock(block, at, mayBeEmpty: true) is { } error) return error;
        }

        return null;
    }
}
