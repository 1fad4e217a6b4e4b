using System.Text.Json.Nodes;
using Gatehouse.Simulator.Scripts;
using Gatehouse.Simulator.Sealing;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Responses;

/// <summary>An output item in its final state, with the part of the answer it came from.</summary>
internal sealed record OutputItem(AnswerPart Part, string Id, JsonObject Final);

/// <summary>Turns an answer into output items.</summary>
internal static class ResponsesItems
{
    public const string ReasoningSeal = "reasoning";

    /// <summary>Makes every item once, so that the events and the final object agree on the ids.</summary>
    public static List<OutputItem> Make(Answer answer, Seals seals, bool encrypted, bool summary)
    {
        var items = new List<OutputItem>();
        foreach (var part in answer.Parts)
        {
            switch (part)
            {
                case TextPart text:
                    items.Add(Message(text, answer.End == AnswerEnd.TokenLimit ? "incomplete" : "completed"));
                    break;
                case ThinkingPart thinking:
                    items.Add(Reasoning(thinking, seals, encrypted, summary));
                    break;
                case ToolCallPart call:
                    items.Add(Function(call));
                    break;
                case CustomCallPart call:
                    items.Add(Custom(call));
                    break;
                case HostedCallPart call:
                    items.Add(Hosted(call));
                    break;
                default:
                    break;
            }
        }
        return items;
    }

    /// <summary>The text part of a message; null for one that is empty yet.</summary>
    public static JsonObject TextContent(TextPart? text) => new()
    {
        ["type"] = "output_text",
        ["annotations"] = text is { CitesPage: true } ? new JsonArray(Citation(text)) : new JsonArray(),
        ["logprobs"] = new JsonArray(),
        ["text"] = text?.Text ?? "",
    };

    /// <summary>The page that a text rests on, with its place in the text.</summary>
    public static JsonObject Citation(TextPart text) => new()
    {
        ["type"] = "url_citation",
        ["start_index"] = 0,
        ["end_index"] = text.Text.Length,
        ["url"] = HostedTools.Page,
        ["title"] = HostedTools.Title,
    };

    private static OutputItem Message(TextPart part, string status)
    {
        var id = WireId.Hex("msg");
        return new OutputItem(part, id, new JsonObject
        {
            ["id"] = id,
            ["type"] = "message",
            ["status"] = status,
            ["content"] = new JsonArray(TextContent(part)),
            ["role"] = "assistant",
        });
    }

    private static OutputItem Reasoning(ThinkingPart part, Seals seals, bool encrypted, bool summary)
    {
        var id = WireId.Hex("rs");
        var item = new JsonObject { ["id"] = id, ["type"] = "reasoning" };
        if (encrypted) item["encrypted_content"] = seals.Close(ReasoningSeal, part.Text);
        item["summary"] = summary ? new JsonArray(new JsonObject { ["type"] = "summary_text", ["text"] = part.Text }) : new JsonArray();
        return new OutputItem(part, id, item);
    }

    private static OutputItem Hosted(HostedCallPart part)
    {
        var (prefix, type) = part.Kind switch
        {
            HostedKind.Search => ("ws", "web_search_call"),
            HostedKind.Code => ("ci", "code_interpreter_call"),
            _ => ("mcp", "mcp_call"),
        };
        var id = WireId.Hex(prefix);
        var item = new JsonObject { ["id"] = id, ["type"] = type, ["status"] = "completed" };
        switch (part.Kind)
        {
            case HostedKind.Search:
                item["action"] = new JsonObject
                {
                    ["type"] = "search",
                    ["query"] = HostedTools.Query,
                    ["sources"] = new JsonArray(new JsonObject { ["type"] = "url", ["url"] = HostedTools.Page }),
                };
                break;
            case HostedKind.Code:
                item["container_id"] = WireId.Hex("cntr");
                item["code"] = HostedTools.Code;
                item["outputs"] = new JsonArray(new JsonObject { ["type"] = "logs", ["logs"] = HostedTools.Output });
                break;
            default:
                item["approval_request_id"] = null;
                item["server_label"] = part.Server;
                item["name"] = HostedTools.McpTool;
                item["arguments"] = HostedTools.McpArguments;
                item["output"] = HostedTools.McpResult;
                item["error"] = null;
                break;
        }

        return new OutputItem(part, id, item);
    }

    private static OutputItem Function(ToolCallPart part)
    {
        var id = WireId.Hex("fc");
        var item = new JsonObject
        {
            ["id"] = id,
            ["type"] = "function_call",
            ["status"] = "completed",
            ["arguments"] = part.Arguments,
            ["call_id"] = WireId.Call(),
            ["name"] = part.Name,
        };
        if (part.Namespace is not null) item["namespace"] = part.Namespace;
        return new OutputItem(part, id, item);
    }

    private static OutputItem Custom(CustomCallPart part)
    {
        var id = WireId.Hex("ctc");
        return new OutputItem(part, id, new JsonObject
        {
            ["id"] = id,
            ["type"] = "custom_tool_call",
            ["status"] = "completed",
            ["call_id"] = WireId.Call(),
            ["input"] = part.Input,
            ["name"] = part.Name,
        });
    }
}
