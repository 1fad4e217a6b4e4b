using System.Text.Json;
using Gatehouse.Simulator.OpenAi;
using Gatehouse.Simulator.Scripts;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Responses;

/// <summary>Reads a checked Responses request, with what was stored before it, as a conversation.</summary>
internal static class ResponsesConversation
{
    /// <summary>Reads items, tools and limits.</summary>
    /// <param name="root">The request.</param>
    /// <param name="input">Its input items behind those of the responses it continues.</param>
    public static Conversation Read(JsonElement root, IReadOnlyList<JsonElement> input)
    {
        var choice = root.Get("tool_choice");
        var format = root.Get("text")?.Get("format");
        return new Conversation([.. input.SelectMany(Turns)], [.. root.Items("tools").SelectMany(t => Tools(t, null))])
        {
            Reasoning = root.Get("reasoning") is null || root.Get("reasoning")?.Text("effort") == "none"
                ? Reasoning.Off : Reasoning.Allowed,
            Hosted = HostedTools.Read(root.Items("tools"), "server_label"),
            ForcedTool = root.Text("tool_choice") == "required" ? "" : choice?.Text("type") is "function" or "custom"
                ? choice?.Text("name") : null,
            ToolsForbidden = root.Text("tool_choice") == "none",
            TextSchema = format?.Text("type") == "json_schema" ? format?.Get("schema")?.GetRawText() : null,
            MaxTokens = root.Number("max_output_tokens"),
        };
    }

    /// <summary>The input as items: a bare string is one user message.</summary>
    public static List<JsonElement> Items(JsonElement root)
    {
        if (root.Text("input") is not { } text) return [.. root.Items("input").Select(i => i.Clone())];
        var message = new System.Text.Json.Nodes.JsonObject { ["type"] = "message", ["role"] = "user", ["content"] = text };
        using var document = JsonDocument.Parse(Json.Compact(message));
        return [document.RootElement.Clone()];
    }

    private static IEnumerable<OfferedTool> Tools(JsonElement tool, string? space) => tool.Text("type") switch
    {
        "function" => [new OfferedTool(tool.Text("name") ?? "", false, space, tool.Get("parameters")?.GetRawText())],
        "custom" => [new OfferedTool(tool.Text("name") ?? "", true, space, null)],
        "namespace" => tool.Items("tools").SelectMany(t => Tools(t, tool.Text("name"))),
        _ => [],
    };

    private static IEnumerable<Turn> Turns(JsonElement item)
    {
        switch (item.Text("type") ?? "message")
        {
            case "message" when item.Text("role") == "user":
                yield return new UserTurn([.. ContentText.All(item, "content")]);
                break;
            case "message" when item.Text("role") == "assistant":
                yield return new AssistantTurn(ContentText.Joined(item, "content"));
                break;
            case "function_call" or "custom_tool_call":
                yield return new CallTurn(item.Text("call_id") ?? "", item.Text("name") ?? "");
                break;
            case "function_call_output" or "custom_tool_call_output":
                yield return new ResultTurn(item.Text("call_id") ?? "", ContentText.Joined(item, "output"));
                break;
            default:
                break;
        }
    }
}
