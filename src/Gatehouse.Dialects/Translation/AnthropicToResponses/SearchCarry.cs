using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Anthropic;

namespace Gatehouse.Dialects.Translation.AnthropicToResponses;

/// <summary>
/// The provider's searches of the web as a Messages client knows them: a <c>server_tool_use</c> block and its <c>web_search_tool_result</c>. The item itself is
/// sealed in the first result's <c>encrypted_content</c>, and goes back byte for byte.
/// </summary>
internal static class SearchCarry
{
    private const byte ItemMark = (byte)'w';

    /// <summary>Writes a finished <c>web_search_call</c> to the client.</summary>
    /// <param name="item">The item.</param>
    /// <param name="id">The id that the client is given for it, plain.</param>
    /// <param name="stream">The client's stream.</param>
    /// <param name="attempt">The attempt.</param>
    public static void Show(JsonView item, ReadOnlySpan<byte> id, MessagesStream stream, ResponsesAttempt attempt)
    {
        var action = item["action"u8];
        using var input = new PooledBuffer();
        var json = new JsonWriter(input);
        json.BeginObject();
        json.EscapedString("query"u8, Query(action).Escaped);
        json.EndObject();
        stream.OpenTool("server_tool_use"u8, id, "web_search"u8);
        stream.InputJson(input.Written);
        stream.Close();
        json = stream.BeginWhole("web_search_tool_result"u8);
        json.String("tool_use_id"u8, id);
        json.Name("content"u8);
        if (item["status"u8].Is("failed"u8)) json.Raw("""{"type":"web_search_tool_result_error","error_code":"unavailable"}"""u8);
        else WriteResults(json, item, action, attempt);
        stream.EndWhole();
    }

    /// <summary>Writes the item that a block carries, as a value; says that it is lost when it carries none of ours.</summary>
    public static void Write(JsonWriter json, JsonView block, MessagesEdgeRequest request)
    {
        foreach (var result in block["content"u8].Items)
        {
            request.State.Clear();
            if (result["encrypted_content"u8] is not { IsString: true, IsEmpty: false } carrier) continue;
            if (!request.Context.Seal.TryOpen(carrier.Escaped, request.State) || request.State.Written is not [ItemMark, ..]) break;
            json.Raw(request.State.Written[1..]);
            return;
        }

        request.Lose(MessagesLosses.ServerTools);
    }

    private static JsonView Query(JsonView action)
    {
        if (action["query"u8] is { IsString: true, IsEmpty: false } query) return query;
        foreach (var first in action["queries"u8].Items) return first;
        return default;
    }

    private static void WriteResults(JsonWriter json, JsonView item, JsonView action, ResponsesAttempt attempt)
    {
        var isFirst = true;
        json.BeginArray();
        foreach (var source in action["sources"u8].Items)
        {
            if (!source["url"u8].IsString) continue;
            json.BeginObject();
            json.String("type"u8, "web_search_result"u8);
            json.EscapedString("url"u8, source["url"u8].Escaped);
            json.EscapedString("title"u8, source["title"u8] is { IsString: true } title ? title.Escaped : source["url"u8].Escaped);
            json.Name("encrypted_content"u8);
            json.BeginString();
            if (isFirst) json.AppendEscaped(Seal(item, attempt));
            json.EndString();
            json.Null("page_age"u8);
            json.EndObject();
            isFirst = false;
        }

        json.EndArray();
    }

    private static ReadOnlySpan<byte> Seal(JsonView item, ResponsesAttempt attempt)
    {
        attempt.Scratch.Clear();
        attempt.Scratch.Append(ItemMark);
        attempt.Scratch.Append(item.Raw);
        attempt.State.Clear();
        attempt.Context.Seal.Seal(attempt.Scratch.Written, attempt.State);
        return attempt.State.Written;
    }
}
