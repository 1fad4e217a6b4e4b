using Gatehouse.ClaudeCli.Protocol;
using Gatehouse.Dialects.Json;

namespace Gatehouse.ClaudeCli.Requests;

/// <summary>
/// A message's content as the program is fed it: the caller's bytes, but for the names of tools, which are the program's own, and for cache markers, for the program sets
/// its own and the vendor allows four.
/// </summary>
internal static class HistoryContent
{
    /// <summary>Writes the content.</summary>
    public static void Write(JsonView content, PooledBuffer output)
    {
        var json = new JsonWriter(output);
        if (content.IsArray) WriteItems(json, content);
        else WriteText(json, content);
    }

    private static void WriteText(JsonWriter json, JsonView text)
    {
        json.BeginArray();
        json.BeginObject();
        json.String("type"u8, "text"u8);
        json.EscapedString("text"u8, text.Escaped);
        json.EndObject();
        json.EndArray();
    }

    private static void WriteItems(JsonWriter json, JsonView items)
    {
        json.BeginArray();
        foreach (var block in items.Items)
        {
            if (block.IsObject) WriteBlock(json, block);
            else json.Raw(block);
        }

        json.EndArray();
    }

    private static void WriteBlock(JsonWriter json, JsonView block)
    {
        var isCall = block["type"u8].Is("tool_use"u8);
        var isResult = block["type"u8].Is("tool_result"u8);
        json.BeginObject();
        foreach (var member in block.Members)
        {
            if (member.Is("cache_control"u8)) continue;
            json.EscapedName(member.EscapedName);
            if (isCall && member.Is("name"u8)) WriteName(json, member.Value);
            else if (isResult && member.Is("content"u8) && member.Value.IsArray) WriteItems(json, member.Value);
            else json.Raw(member.Value);
        }

        json.EndObject();
    }

    private static void WriteName(JsonWriter json, JsonView name)
    {
        json.BeginString();
        json.AppendPlain(ToolNames.Prefix);
        json.AppendEscaped(name.Escaped);
        json.EndString();
    }
}
