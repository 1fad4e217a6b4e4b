using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Responses;

/// <summary>The provider's own web search, said in other dialects.</summary>
internal static class WebSearchTool
{
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
