using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Anthropic;

/// <summary>The options of Anthropic's web search in the words of the OpenAI dialects.</summary>
internal static class WebSearchOptions
{
    /// <summary>Notes options without a counterpart.</summary>
    public static void Disclose(JsonView definition, MessagesEdgeRequest request, bool takesDomains)
    {
        foreach (var member in definition.Members)
        {
            if (member.Value.IsNullOrAbsent || member.Value.IsFalse || member.Is("type"u8) || member.Is("name"u8) || member.Is("user_location"u8) || member.Is("cache_control"u8)) continue;
            if (!(takesDomains && member.Is("allowed_domains"u8))) request.Lose(MessagesLosses.WebSearchOptions);
        }
    }

    /// <summary>Writes where the user is, as members: country, region, city, time zone.</summary>
    public static void WriteLocation(JsonWriter json, JsonView location)
    {
        foreach (var member in location.Members)
        {
            if (member.Value.IsString && !member.Is("type"u8)) json.EscapedString(member.EscapedName, member.Value.Escaped);
        }
    }
}
