using System.Text.Json;
using Gatehouse.Simulator.OpenAi;
using Gatehouse.Simulator.Scripts;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Chat;

/// <summary>Reads a checked Chat Completions request as a conversation.</summary>
internal static class ChatConversation
{
    /// <summary>Reads messages, tools and limits.</summary>
    public static Conversation Read(JsonElement root, ThoughtForm form)
    {
        var choice = root.Get("tool_choice");
        return new Conversation([.. root.Items("messages").SelectMany(Turns)], [.. root.Items("tools").Select(Tool)])
        {
            // Hosts that tell what their models think serve models that always may.
            Reasoning = form == ThoughtForm.Hidden && root.Text("reasoning_effort") is null or "none" ? Reasoning.Off : Reasoning.Allowed,
            // The only one of the vendor's own tools that this dialect has, by a field instead of a tool.
            Hosted = root.Get("web_search_options") is null ? new Dictionary<HostedKind, string>() : new Dictionary<HostedKind, string> { [HostedKind.Search] = "" },
            ForcedTool = root.Text("tool_choice") == "required" ? ""
                : choice?.Get("function")?.Text("name") ?? choice?.Get("custom")?.Text("name"),
            ToolsForbidden = root.Text("tool_choice") == "none",
            TextSchema = root.Get("response_format")?.Get("json_schema")?.Get("schema")?.GetRawText(),
            MaxTokens = root.Number("max_completion_tokens") ?? root.Number("max_tokens"),
            StopSequences = root.Text("stop") is { } stop ? [stop] : [.. root.Items("stop").Select(s => s.GetString()!)],
        };
    }

    private static OfferedTool Tool(JsonElement tool)
    {
        var custom = tool.Text("type") == "custom";
        var inner = tool.Get(custom ? "custom" : "function") ?? tool;
        return new OfferedTool(inner.Text("name") ?? "", custom, null, inner.Get("parameters")?.GetRawText());
    }

    private static IEnumerable<Turn> Turns(JsonElement message)
    {
        switch (message.Text("role"))
        {
            case "user":
                yield return new UserTurn([.. ContentText.All(message, "content")]);
                break;
            case "assistant":
                if (ContentText.Joined(message, "content") is { Length: > 0 } said) yield return new AssistantTurn(said);
                foreach (var call in message.Items("tool_calls"))
                    yield return new CallTurn(call.Text("id") ?? "", (call.Get("function") ?? call.Get("custom"))?.Text("name") ?? "");
                break;
            case "tool":
                yield return new ResultTurn(message.Text("tool_call_id") ?? "", ContentText.Joined(message, "content"));
                break;
            default:
                break;
        }
    }
}
