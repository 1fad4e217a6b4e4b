using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Responses;

/// <summary>MCP servers that the provider calls itself, said as Anthropic's <c>mcp_servers</c> and the toolset of each.</summary>
internal static class McpTool
{
    /// <summary>The beta under which Anthropic takes them.</summary>
    public const string Beta = "mcp-client-2025-11-20";

    /// <summary>
    /// Whether a server can be said: one with an address, whose tools need no approval (Anthropic calls them without asking, which must not happen behind a
    /// client's back), and which is told who calls by a token at most.
    /// </summary>
    public static bool CanSay(JsonView tool) =>
        tool["server_url"u8].IsString && tool["server_label"u8].IsString && tool["require_approval"u8].Is("never"u8)
        && tool["connector_id"u8].IsNullOrAbsent && tool["tunnel_id"u8].IsNullOrAbsent && (tool["headers"u8].IsNullOrAbsent || tool["headers"u8].IsEmpty)
        && tool["allowed_tools"u8]["read_only"u8].IsNullOrAbsent;

    /// <summary>Writes the toolset into <c>tools</c>.</summary>
    public static void WriteToolset(JsonWriter json, JsonView tool)
    {
        json.BeginObject();
        json.String("type"u8, "mcp_toolset"u8);
        json.Raw("mcp_server_name"u8, tool["server_label"u8].Raw);
        var allowed = tool["allowed_tools"u8];
        var names = allowed.IsArray ? allowed : allowed["tool_names"u8];
        if (names.IsArray)
        {
            json.Raw("default_config"u8, """{"enabled":false}"""u8);
            json.BeginObject("configs"u8);
            foreach (var name in names.Items)
            {
                if (name.IsString) json.Raw(name.Escaped, """{"enabled":true}"""u8);
            }

            json.EndObject();
        }

        json.EndObject();
    }

    /// <summary>Writes the server, as an element of <c>mcp_servers</c>.</summary>
    public static void WriteServer(JsonWriter json, JsonView tool)
    {
        json.BeginObject();
        json.String("type"u8, "url"u8);
        json.Raw("name"u8, tool["server_label"u8].Raw);
        json.Raw("url"u8, tool["server_url"u8].Raw);
        if (tool["authorization"u8].IsString) json.Raw("authorization_token"u8, tool["authorization"u8].Raw);
        json.EndObject();
    }
}
