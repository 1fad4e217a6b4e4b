using System.Text.Json;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Scripts;

/// <summary>What the vendor's own tools are asked and give, in the dialects in which requests offer them.</summary>
internal static class HostedTools
{
    /// <summary>The query of every search.</summary>
    public const string Query = "weather in Bern";

    /// <summary>The page that every search finds.</summary>
    public const string Page = "https://pages.example/bern";

    /// <summary>Its title.</summary>
    public const string Title = "Bern";

    /// <summary>The code that is run.</summary>
    public const string Code = "print(6*7)";

    /// <summary>What it puts out.</summary>
    public const string Output = "42\n";

    /// <summary>The tool of every MCP server.</summary>
    public const string McpTool = "read";

    /// <summary>What it is called with.</summary>
    public const string McpArguments = "{\"path\":\"a\"}";

    /// <summary>What it gives.</summary>
    public const string McpResult = "one line";

    /// <summary>Those that a request offers.</summary>
    /// <param name="tools">The request's tools.</param>
    /// <param name="server">The MCP server's name, as a tool tells it.</param>
    public static Dictionary<HostedKind, string> Read(IEnumerable<JsonElement> tools, string server)
    {
        var hosted = new Dictionary<HostedKind, string>();
        foreach (var tool in tools)
        {
            var type = tool.Text("type") ?? "";
            if (type.StartsWith("web_search", StringComparison.Ordinal)) hosted[HostedKind.Search] = "";
            else if (type.StartsWith("code_", StringComparison.Ordinal)) hosted[HostedKind.Code] = "";
            else if (type.StartsWith("mcp", StringComparison.Ordinal)) hosted[HostedKind.Mcp] = tool.Text(server) ?? "";
        }

        return hosted;
    }
}
