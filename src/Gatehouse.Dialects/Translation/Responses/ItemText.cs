using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Responses;

/// <summary>Writes output items and their parts as JSON.</summary>
internal static class ItemText
{
    /// <summary>Writes the open part of an item as it is so far.</summary>
    public static void WritePart(JsonWriter json, ResponsesItem item)
    {
        json.BeginObject();
        switch (item.Part)
        {
            case PartShape.Summary:
                json.String("type"u8, "summary_text"u8);
                json.EscapedString("text"u8, item.Text.Written);
                break;
            case PartShape.Refusal:
                json.String("type"u8, "refusal"u8);
                json.EscapedString("refusal"u8, item.Text.Written);
                break;
            default:
                json.String("type"u8, "output_text"u8);
                json.EscapedString("text"u8, item.Text.Written);
                json.BeginArray("annotations"u8);
                if (item.Annotations.Length > 0) json.Raw(item.Annotations.Written);
                json.EndArray();
                WriteLogprobs(json, item.Logprobs.Written);
                break;
        }

        json.EndObject();
    }

    /// <summary>Begins the item of an MCP server's call; what came of it is to be written, and the object ended.</summary>
    public static void WriteMcpCall(
        JsonWriter json, ResponsesItem item, ReadOnlySpan<byte> status, ReadOnlySpan<byte> server, ReadOnlySpan<byte> name, ReadOnlySpan<byte> arguments)
    {
        json.BeginObject();
        json.String("id"u8, item.Id);
        json.String("type"u8, "mcp_call"u8);
        json.String("status"u8, status);
        json.Null("approval_request_id"u8);
        json.EscapedString("server_label"u8, server);
        json.EscapedString("name"u8, name);
        json.EscapedString("arguments"u8, arguments);
    }

    /// <summary>Writes the item of code that the provider ran. Its container is known to the provider alone: it has a name of the exchange's.</summary>
    public static void WriteCode(
        JsonWriter json, ResponsesItem item, string container, ReadOnlySpan<byte> status, ReadOnlySpan<byte> code, ReadOnlySpan<byte> logs, bool hasOutputs)
    {
        json.BeginObject();
        json.String("id"u8, item.Id);
        json.String("type"u8, "code_interpreter_call"u8);
        json.String("status"u8, status);
        json.String("container_id"u8, "cntr_" + container);
        json.EscapedString("code"u8, code);
        if (hasOutputs)
        {
            json.BeginArray("outputs"u8);
            json.BeginObject();
            json.String("type"u8, "logs"u8);
            json.EscapedString("logs"u8, logs);
            json.EndObject();
            json.EndArray();
        }
        else
            json.Null("outputs"u8);

        json.EndObject();
    }

    /// <summary>Writes what a server's tool said when it failed.</summary>
    public static void WriteMcpError(JsonWriter json, ReadOnlySpan<byte> escaped)
    {
        json.BeginObject("error"u8);
        json.String("type"u8, "mcp_tool_execution_error"u8);
        json.BeginArray("content"u8);
        json.BeginObject();
        json.String("type"u8, "text"u8);
        json.EscapedString("text"u8, escaped);
        json.EndObject();
        json.EndArray();
        json.EndObject();
    }

    /// <summary>Writes <c>logprobs</c>: entries separated by commas, or none.</summary>
    public static void WriteLogprobs(JsonWriter json, ReadOnlySpan<byte> entries)
    {
        json.BeginArray("logprobs"u8);
        if (!entries.IsEmpty) json.Raw(entries);
        json.EndArray();
    }

    /// <summary>Writes an item with the parts that are done.</summary>
    /// <param name="json">Where to write.</param>
    /// <param name="item">The item.</param>
    /// <param name="status">Its status.</param>
    /// <param name="extra">More members; empty for none.</param>
    public static void WriteItem(JsonWriter json, ResponsesItem item, ReadOnlySpan<byte> status, ReadOnlySpan<byte> extra)
    {
        json.BeginObject();
        json.String("id"u8, item.Id);
        switch (item.Shape)
        {
            case ItemShape.Message:
                json.String("type"u8, "message"u8);
                json.String("status"u8, status);
                json.String("role"u8, "assistant"u8);
                WriteParts(json, "content"u8, item);
                break;
            case ItemShape.Reasoning:
                json.String("type"u8, "reasoning"u8);
                WriteParts(json, "summary"u8, item);
                break;
            case ItemShape.WebSearch:
                json.String("type"u8, "web_search_call"u8);
                json.String("status"u8, status);
                break;
            default:
                json.String("type"u8, item.Shape == ItemShape.Custom ? "custom_tool_call"u8 : "function_call"u8);
                json.String("status"u8, status);
                json.String("call_id"u8, item.CallId);
                json.EscapedString("name"u8, item.Name);
                if (item.Namespace is { } toolNamespace) json.EscapedString("namespace"u8, toolNamespace);
                json.EscapedString(item.Shape == ItemShape.Custom ? "input"u8 : "arguments"u8, item.Text.Written);
                break;
        }

        if (!extra.IsEmpty) json.RawMembers(extra);
        json.EndObject();
    }

    private static void WriteParts(JsonWriter json, ReadOnlySpan<byte> name, ResponsesItem item)
    {
        json.BeginArray(name);
        if (item.Parts.Length > 0) json.Raw(item.Parts.Written);
        json.EndArray();
    }
}
