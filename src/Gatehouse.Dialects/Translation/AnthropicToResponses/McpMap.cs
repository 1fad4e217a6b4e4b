using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Anthropic;

namespace Gatehouse.Dialects.Translation.AnthropicToResponses;

/// <summary>
/// MCP servers that the provider calls itself: <c>mcp_servers</c> with their toolsets, as tools of type <c>mcp</c> that need no approval, for Messages knows
/// none. What would let the model call more than the client allowed is left out.
/// </summary>
internal static class McpMap
{
    /// <summary>Writes the server of a toolset. False, with nothing written, when it can't be said.</summary>
    public static bool TryWriteToolset(JsonWriter json, JsonView toolset, JsonView servers, MessagesEdgeRequest request)
    {
        var isOpen = !toolset["default_config"u8]["enabled"u8].IsFalse;
        foreach (var config in toolset["configs"u8].Members)
        {
            // A tool that must not be called: the other dialect can only name those that may.
            if (isOpen && config.Value["enabled"u8].IsFalse) return false;
            NoteOptions(config.Value, request);
        }

        NoteOptions(toolset["default_config"u8], request);
        if (toolset["tools"u8].IsArray) request.Lose(AnthropicToResponsesLosses.McpOptions);
        foreach (var server in servers.Items)
        {
            if (!server["name"u8].SameBytes(toolset["mcp_server_name"u8])) continue;
            if (!Begin(json, server)) return false;
            if (!isOpen)
            {
                json.BeginArray("allowed_tools"u8);
                foreach (var config in toolset["configs"u8].Members)
                {
                    if (config.Value["enabled"u8].IsTrue) json.EscapedString(config.EscapedName);
                }

                json.EndArray();
            }

            json.EndObject();
            return true;
        }

        return false;
    }

    /// <summary>Writes a server that no toolset names, as requests had it at first. False, with nothing written, when it can't be said or is off.</summary>
    public static bool TryWriteServer(JsonWriter json, JsonView server)
    {
        var configuration = server["tool_configuration"u8];
        if (configuration["enabled"u8].IsFalse || !Begin(json, server)) return false;
        if (configuration["allowed_tools"u8].IsArray) json.Raw("allowed_tools"u8, configuration["allowed_tools"u8].Raw);
        json.EndObject();
        return true;
    }

    /// <summary>Writes a finished <c>mcp_call</c> to the client.</summary>
    /// <param name="item">The item.</param>
    /// <param name="id">The id that the client is given for it, plain.</param>
    /// <param name="stream">The client's stream.</param>
    public static void Show(JsonView item, ReadOnlySpan<byte> id, MessagesStream stream)
    {
        using var name = new PooledBuffer();
        _ = item["name"u8].TryAppendPlain(name);
        stream.OpenTool("mcp_tool_use"u8, id, name.Written, item["server_label"u8]);
        stream.Input(item["arguments"u8].Escaped);
        stream.Close();
        var json = stream.BeginWhole("mcp_tool_result"u8);
        json.String("tool_use_id"u8, id);
        var error = item["error"u8];
        json.Bool("is_error"u8, !error.IsNullOrAbsent);
        json.BeginArray("content"u8);
        json.BeginObject();
        json.String("type"u8, "text"u8);
        json.Name("text"u8);
        json.BeginString();
        WriteText(json, error.IsNullOrAbsent ? item["output"u8] : error);
        json.EndString();
        json.EndObject();
        json.EndArray();
        stream.EndWhole();
    }

    /// <summary>An output is text; an error is, too, or an object that holds its texts or a message.</summary>
    private static void WriteText(JsonWriter json, JsonView value)
    {
        if (value.IsString)
        {
            json.AppendEscaped(value.Escaped);
            return;
        }

        json.AppendEscaped(value["message"u8].Escaped);
        foreach (var part in value["content"u8].Items) json.AppendEscaped(part["text"u8].Escaped);
    }

    private static void NoteOptions(JsonView config, MessagesEdgeRequest request)
    {
        if (config["defer_loading"u8].IsTrue) request.Lose(AnthropicToResponsesLosses.McpOptions);
    }

    private static bool Begin(JsonWriter json, JsonView server)
    {
        if (!server["type"u8].Is("url"u8) || !server["url"u8].IsString || !server["name"u8].IsString) return false;
        json.BeginObject();
        json.String("type"u8, "mcp"u8);
        json.Raw("server_label"u8, server["name"u8].Raw);
        json.Raw("server_url"u8, server["url"u8].Raw);
        if (server["authorization_token"u8].IsString) json.Raw("authorization"u8, server["authorization_token"u8].Raw);
        json.String("require_approval"u8, "never"u8);
        return true;
    }
}
