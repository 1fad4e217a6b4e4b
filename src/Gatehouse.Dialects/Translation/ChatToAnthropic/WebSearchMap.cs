using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Chat;

namespace Gatehouse.Dialects.Translation.ChatToAnthropic;

/// <summary>Writes <c>web_search_options</c> as Anthropic's own search tool.</summary>
internal static class WebSearchMap
{
    /// <summary>Adds the tool to <c>tools</c>, where the client wants a search and the provider has one.</summary>
    public static void Write(ChatToAnthropicRequest request, JsonWriter writer, JsonView options, ref bool begun)
    {
        if (!options.IsObject) return;
        if (!request.Context.Traits.WebSearch)
        {
            request.Lose(ChatLosses.WebSearch);
            return;
        }

        if (!begun) writer.BeginArray("tools"u8);
        begun = true;
        if (options["search_context_size"u8] is { IsString: true } size && !size.Is("medium"u8)) request.Lose(ChatToAnthropicLosses.WebSearchSize);
        writer.BeginObject();
        writer.String("type"u8, "web_search_20250305"u8);
        writer.String("name"u8, "web_search"u8);
        var place = options["user_location"u8]["approximate"u8];
        if (place.IsObject)
        {
            writer.BeginObject("user_location"u8);
            writer.String("type"u8, "approximate"u8);
            Copy(writer, place, "city"u8);
            Copy(writer, place, "region"u8);
            Copy(writer, place, "country"u8);
            Copy(writer, place, "timezone"u8);
            writer.EndObject();
        }

        writer.EndObject();
    }

    private static void Copy(JsonWriter writer, JsonView place, ReadOnlySpan<byte> name)
    {
        if (place[name].IsString) writer.EscapedString(name, place[name].Escaped);
    }
}
