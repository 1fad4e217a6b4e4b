using System.Text.Json;
using System.Text.Json.Nodes;
using Gatehouse.Simulator.Scripts;
using Gatehouse.Simulator.Sealing;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Anthropic;

/// <summary>The blocks of Anthropic's own tools, and what must hold when they come back.</summary>
internal static class HostedBlocks
{
    private const string PageSeal = "web search page";
    private const string IndexSeal = "web search index";

    /// <summary>The block of a call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="message">The message's id, from which the call's is made.</param>
    public static JsonObject Call(HostedCallPart call, string message)
    {
        var isMcp = call.Kind == HostedKind.Mcp;
        var block = new JsonObject
        {
            ["type"] = isMcp ? "mcp_tool_use" : "server_tool_use",
            ["id"] = Id(call.Kind, message),
            ["name"] = call.Kind switch { HostedKind.Search => "web_search", HostedKind.Code => "code_execution", _ => HostedTools.McpTool },
            ["input"] = JsonNode.Parse(Input(call.Kind)),
        };
        if (isMcp) block["server_name"] = call.Server;
        else block["caller"] = new JsonObject { ["type"] = "direct" };
        return block;
    }

    /// <summary>The input of a call, as text.</summary>
    public static string Input(HostedKind kind) => kind switch
    {
        HostedKind.Search => new JsonObject { ["query"] = HostedTools.Query }.ToJsonString(),
        HostedKind.Code => new JsonObject { ["code"] = HostedTools.Code }.ToJsonString(),
        _ => HostedTools.McpArguments,
    };

    /// <summary>The block of a result.</summary>
    public static JsonObject Result(HostedKind kind, string message, Seals seals)
    {
        var (type, content) = kind switch
        {
            HostedKind.Search => ("web_search_tool_result", (JsonNode)new JsonArray(new JsonObject
            {
                ["type"] = "web_search_result",
                ["url"] = HostedTools.Page,
                ["title"] = HostedTools.Title,
                ["encrypted_content"] = seals.Close(PageSeal, HostedTools.Page),
                ["page_age"] = null,
            })),
            HostedKind.Code => ("code_execution_tool_result", new JsonObject
            {
                ["type"] = "code_execution_result",
                ["stdout"] = HostedTools.Output,
                ["stderr"] = "",
                ["return_code"] = 0,
                ["content"] = new JsonArray(),
            }),
            _ => ("mcp_tool_result", new JsonArray(new JsonObject { ["type"] = "text", ["text"] = HostedTools.McpResult })),
        };
        var block = new JsonObject { ["type"] = type, ["tool_use_id"] = Id(kind, message), ["content"] = content };
        if (kind == HostedKind.Mcp) block["is_error"] = false;
        return block;
    }

    /// <summary>What a text that rests on the page that was found says of it.</summary>
    public static JsonObject Citation(TextPart text, Seals seals) => new()
    {
        ["type"] = "web_search_result_location",
        ["cited_text"] = text.Text,
        ["url"] = HostedTools.Page,
        ["title"] = HostedTools.Title,
        ["encrypted_index"] = seals.Close(IndexSeal, HostedTools.Page),
    };

    /// <summary>What is wrong with a block that came back; null for nothing.</summary>
    public static string? Fault(JsonElement block, Seals seals) => block.Text("type") switch
    {
        "web_search_tool_result" when !block.Items("content").All(page => seals.IsIntact(PageSeal, page.Text("encrypted_content") ?? "")) =>
            "Invalid `encrypted_content` in `web_search_tool_result` block",
        "text" when block.Items("citations").Any(citation => IsForged(citation, seals)) => "Invalid `encrypted_index` in `web_search_result_location` citation",
        _ => null,
    };

    private static bool IsForged(JsonElement citation, Seals seals) =>
        citation.Text("type") == "web_search_result_location" && !seals.IsIntact(IndexSeal, citation.Text("encrypted_index") ?? "");

    private static string Id(HostedKind kind, string message) => $"{(kind == HostedKind.Mcp ? "mcptoolu" : "srvtoolu")}_{message[4..]}{(int)kind}";
}
