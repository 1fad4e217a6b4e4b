using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Anthropic;

/// <summary>A citation of a page of the web: <c>url_citation</c> of both OpenAI dialects as a Messages client knows it.</summary>
internal static class PageCitation
{
    /// <summary>Writes a citation of the open text block.</summary>
    /// <param name="stream">The client's stream.</param>
    /// <param name="page">The object with <c>url</c> and <c>title</c>.</param>
    public static void Write(MessagesStream stream, JsonView page)
    {
        var json = stream.BeginCitation();
        json.BeginObject();
        json.String("type"u8, "web_search_result_location"u8);
        json.String("cited_text"u8, ""u8);
        // Anthropic's own place in what its search found: it takes no other, so that this one must be known again should it be asked next.
        json.String("encrypted_index"u8, StateSeal.MarkBytes);
        json.EscapedString("title"u8, page["title"u8].Escaped);
        json.EscapedString("url"u8, page["url"u8].Escaped);
        json.EndObject();
        stream.EndCitation();
    }
}
