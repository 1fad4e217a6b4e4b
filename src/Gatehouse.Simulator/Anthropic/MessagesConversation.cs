using System.Text.Json;
using Gatehouse.Simulator.Scripts;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Anthropic;

/// <summary>Reads a checked Messages request as a conversation.</summary>
internal static class MessagesConversation
{
    /// <summary>Reads messages, tools and limits.</summary>
    public static Conversation Read(JsonElement root)
    {
        var choice = root.Get("tool_choice");
        return new Conversation([.. root.Items("messages").SelectMany(Turns)], [.. root.Items("tools").Where(IsClientTool).Select(Tool)])
        {
            Reasoning = root.Get("thinking")?.Text("type") switch
            {
                "enabled" => Reasoning.Always,
                "adaptive" or "between_tools" => Reasoning.Allowed,
                _ => Reasoning.Off,
            },
            Hosted = HostedTools.Read(root.Items("tools"), "mcp_server_name"),
            ForcedTool = choice?.Text("type") switch { "any" => "", "tool" => choice?.Text("name"), _ => null },
            ToolsForbidden = choice?.Text("type") == "none",
            TextSchema = (root.Get("output_config")?.Get("format") ?? root.Get("output_format"))?.Get("schema")?.GetRawText(),
            MaxTokens = root.Number("max_tokens"),
            StopSequences = [.. root.Items("stop_sequences").Select(s => s.GetString()!)],
        };
    }

    // Server tools (web search and such) are run by the vendor; the script does not call them.
    private static bool IsClientTool(JsonElement tool) => tool.Get("name") is not null;

    private static OfferedTool Tool(JsonElement tool) => new(tool.Text("name")!, false, null, tool.Get("input_schema")?.GetRawText());

    private static IEnumerable<Turn> Turns(JsonElement message)
    {
        var user = message.Text("role") == "user";
        var texts = new List<string>();
        if (message.Text("content") is { } whole) texts.Add(whole);
        foreach (var block in message.Items("content"))
        {
            switch (block.Text("type"))
            {
                case "text":
                    texts.Add(block.Text("text") ?? "");
                    break;
                case "tool_use":
                    yield return new CallTurn(block.Text("id") ?? "", block.Text("name") ?? "");
                    break;
                case "tool_result":
                    yield return new ResultTurn(block.Text("tool_use_id") ?? "", ResultText(block));
                    break;
                default:
                    break;
            }
        }
        if (texts.Count == 0 || message.Text("role") == "system") yield break;
        yield return user ? new UserTurn(texts) : new AssistantTurn(string.Concat(texts));
    }

    private static string ResultText(JsonElement block) =>
        block.Text("content") ?? string.Concat(block.Items("content").Select(c => c.Text("text") ?? $"[{c.Text("type")}]"));
}
