using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Responses;

/// <summary>The provider's own web search, said in other dialects.</summary>
internal static class WebSearchTool
{
    /// <summary>Whether the tool asks for more than the upstream's search can be told.</summary>
    public static bool HasMore(JsonView tool, Dialect upstream)
    {
        foreach (var member in tool.Members)
        {
            if (member.Value.IsNullOrAbsent || member.Is("type"u8) || member.Is("user_location"u8)) continue;
            if (member.Is("search_context_size"u8) && (upstream == Dialect.OpenAiChat || member.Value.Is("medium"u8))) continue;
            // Codex asks for pages that OpenAI fetched before; here every search is a live one.
            if (member.Is("external_web_access"u8) ? member.Value.IsTrue : member.Value.IsFalse) continue;
            if (member.Is("filters"u8) && HasNoMore(member.Value, upstream)) continue;
            return true;
        }

        return false;
    }

    private static bool HasNoMore(JsonView filters, Dialect upstream)
    {
        foreach (var filter in filters.Members)
        {
            if (!filter.Value.IsNullOrAbsent && !(filter.Value.IsArray && filter.Value.IsEmpty) && !(upstream == Dialect.Anthropic && filter.Is("allowed_domains"u8))) return false;
        }

        return true;
    }

    /// <summary>Writes Anthropic's tool.</summary>
    public static void WriteAnthropic(JsonWriter json, JsonView tool)
    {
        json.BeginObject();
        json.String("type"u8, "web_search_20250305"u8);
        json.String("name"u8, "web_search"u8);
        if (tool["filters"u8]["allowed_domains"u8] is { IsArray: true, IsEmpty: false } domains) json.Raw("allowed_domains"u8, domains.Raw);
        if (tool["user_location"u8] is { IsObject: true } place)
        {
            json.BeginObject("user_location"u8);
            json.String("type"u8, "approximate"u8);
            foreach (var member in place.Members)
            {
                if (!member.Is("type"u8) && member.Value.IsString) json.Raw(member.EscapedName, member.Value.Raw);
            }

            json.EndObject();
        }

        json.EndObject();
    }
}
