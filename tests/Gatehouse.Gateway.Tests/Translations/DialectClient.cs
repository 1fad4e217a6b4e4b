using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gatehouse.Dialects;

namespace Gatehouse.Gateway.Tests.Translations;

/// <summary>One call of a tool as a client reads it.</summary>
internal sealed record ToolCall(string Id, string Name, string Arguments);

/// <summary>An answer as a client of any dialect reads it.</summary>
internal sealed class ClientAnswer
{
    public StringBuilder Text { get; } = new();

    public StringBuilder Thinking { get; } = new();

    public List<ToolCall> Calls { get; } = [];

    public string? Stop { get; set; }

    public long Input { get; set; }

    public long Output { get; set; }

    public long CacheRead { get; set; }

    /// <summary>Whether the answer has the end that a client takes for a whole one.</summary>
    public bool IsWhole { get; set; }

    public string? Error { get; set; }

    /// <summary>What to put into the history as the assistant's turn, in the client's own form.</summary>
    public List<JsonNode> Turn { get; } = [];
}

/// <summary>
/// A client of each dialect, as small as can be: it builds requests and reads answers the way that the vendors' SDKs do, and knows nothing of
/// the gateway.
/// </summary>
internal static class DialectClient
{
    public static string Path(Dialect dialect) => dialect switch
    {
        Dialect.Anthropic => "/v1/messages",
        Dialect.OpenAiChat => "/v1/chat/completions",
        _ => "/v1/responses",
    };

    /// <summary>A request with one user message, and the tool <c>weather</c> when asked for.</summary>
    public static JsonObject Request(Dialect dialect, string prompt, bool stream, bool tools = false, string model = "m")
    {
        var request = new JsonObject { ["model"] = model };
        if (dialect == Dialect.Anthropic) request["max_tokens"] = 4096;
        if (dialect == Dialect.OpenAiChat && stream) request["stream_options"] = new JsonObject { ["include_usage"] = true };
        if (stream) request["stream"] = true;
        if (tools) request["tools"] = new JsonArray(Tool(dialect));
        request[History(dialect)] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = prompt });
        return request;
    }

    /// <summary>The request of the next round: the answer's turn, and a result for each of its calls.</summary>
    public static JsonObject Next(Dialect dialect, JsonObject request, ClientAnswer answer, Func<ToolCall, string> result)
    {
        var next = (JsonObject)request.DeepClone();
        var history = (JsonArray)next[History(dialect)]!;
        switch (dialect)
        {
            case Dialect.Anthropic:
                history.Add(new JsonObject { ["role"] = "assistant", ["content"] = new JsonArray([.. answer.Turn.Select(t => t.DeepClone())]) });
                history.Add(new JsonObject
                {
                    ["role"] = "user",
                    ["content"] = new JsonArray([.. answer.Calls.Select(c => (JsonNode)new JsonObject
                    {
                        ["type"] = "tool_result",
                        ["tool_use_id"] = c.Id,
                        ["content"] = result(c),
                    })]),
                });
                break;
            case Dialect.OpenAiChat:
                history.Add(answer.Turn.Single().DeepClone());
                foreach (var call in answer.Calls)
                    history.Add(new JsonObject { ["role"] = "tool", ["tool_call_id"] = call.Id, ["content"] = result(call) });
                break;
            default:
                foreach (var item in answer.Turn) history.Add(item.DeepClone());
                foreach (var call in answer.Calls)
                    history.Add(new JsonObject { ["type"] = "function_call_output", ["call_id"] = call.Id, ["output"] = result(call) });
                break;
        }

        return next;
    }

    public static ClientAnswer Read(Dialect dialect, string body, bool stream) => stream ? ReadStream(dialect, body) : ReadDocument(dialect, body);

    /// <summary>The data of each event of a stream, in order; the last one of a chat stream is <c>[DONE]</c>.</summary>
    public static IEnumerable<string> Events(string body) =>
        body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(e => string.Join('\n', e.Split('\n').Where(l => l.StartsWith("data: ", StringComparison.Ordinal)).Select(l => l[6..])))
            .Where(d => d.Length > 0);

    private static string History(Dialect dialect) => dialect == Dialect.OpenAiResponses ? "input" : "messages";

    private static JsonObject Tool(Dialect dialect)
    {
        var schema = JsonNode.Parse("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}""")!;
        return dialect switch
        {
            Dialect.Anthropic => new JsonObject { ["name"] = "weather", ["description"] = "Tells the weather.", ["input_schema"] = schema },
            Dialect.OpenAiChat => new JsonObject
            {
                ["type"] = "function",
                ["function"] = new JsonObject { ["name"] = "weather", ["description"] = "Tells the weather.", ["parameters"] = schema },
            },
            _ => new JsonObject
            {
                ["type"] = "function",
                ["name"] = "weather",
                ["description"] = "Tells the weather.",
                ["parameters"] = schema,
                ["strict"] = false,
            },
        };
    }

    private static ClientAnswer ReadDocument(Dialect dialect, string body)
    {
        var answer = new ClientAnswer();
        var document = JsonNode.Parse(body)!.AsObject();
        if (document["error"] is JsonObject error)
        {
            answer.Error = (string?)error["message"];
            return answer;
        }

        switch (dialect)
        {
            case Dialect.Anthropic:
                foreach (var block in document["content"]!.AsArray()) TakeBlock(answer, block!.AsObject());
                answer.Stop = (string?)document["stop_reason"];
                TakeAnthropicUsage(answer, document["usage"]!.AsObject());
                break;
            case Dialect.OpenAiChat:
                var choice = document["choices"]!.AsArray().Single()!;
                TakeMessage(answer, choice["message"]!.AsObject());
                answer.Stop = (string?)choice["finish_reason"];
                if (document["usage"] is JsonObject told) TakeOpenAiUsage(answer, told, "prompt_tokens", "completion_tokens");
                break;
            default:
                TakeResponse(answer, document);
                break;
        }

        answer.IsWhole = answer.Stop is not null;
        return answer;
    }

    private static ClientAnswer ReadStream(Dialect dialect, string body)
    {
        var answer = new ClientAnswer();
        var blocks = new SortedDictionary<int, JsonObject>();
        var message = new JsonObject { ["role"] = "assistant", ["content"] = "" };
        foreach (var data in Events(body))
        {
            if (data == "[DONE]")
            {
                if (answer.Error is null) TakeMessage(answer, message);
                answer.IsWhole = answer.Stop is not null;
                continue;
            }

            var e = JsonNode.Parse(data)!.AsObject();
            if (dialect == Dialect.Anthropic) TakeAnthropicEvent(answer, blocks, e);
            else if (dialect == Dialect.OpenAiChat) TakeChunk(answer, message, e);
            else TakeResponsesEvent(answer, e);
        }

        return answer;
    }

    private static void TakeAnthropicEvent(ClientAnswer answer, SortedDictionary<int, JsonObject> blocks, JsonObject e)
    {
        switch ((string?)e["type"])
        {
            case "message_start":
                TakeAnthropicUsage(answer, e["message"]!["usage"]!.AsObject());
                break;
            case "content_block_start":
                blocks.Add((int)e["index"]!, (JsonObject)e["content_block"]!.DeepClone());
                break;
            case "content_block_delta":
                var block = blocks[(int)e["index"]!];
                var delta = e["delta"]!.AsObject();
                if ((string?)delta["type"] == "input_json_delta") block["_json"] = (string?)block["_json"] + (string?)delta["partial_json"];
                else if ((string?)delta["type"] is "text_delta") block["text"] = (string?)block["text"] + (string?)delta["text"];
                else if ((string?)delta["type"] is "thinking_delta") block["thinking"] = (string?)block["thinking"] + (string?)delta["thinking"];
                else if ((string?)delta["type"] is "signature_delta") block["signature"] = (string?)delta["signature"];
                break;
            case "content_block_stop":
                var done = blocks[(int)e["index"]!];
                if ((string?)done["_json"] is { } json)
                {
                    done.Remove("_json");
                    done["input"] = json.Length == 0 ? new JsonObject() : JsonNode.Parse(json);
                }

                break;
            case "message_delta":
                answer.Stop = (string?)e["delta"]!["stop_reason"];
                if (e["usage"] is JsonObject usage) TakeAnthropicUsage(answer, usage);
                break;
            case "message_stop":
                foreach (var whole in blocks.Values) TakeBlock(answer, whole);
                answer.IsWhole = true;
                break;
            case "error":
                answer.Error = (string?)e["error"]!["message"];
                break;
        }
    }

    private static void TakeBlock(ClientAnswer answer, JsonObject block)
    {
        answer.Turn.Add(block);
        if ((string?)block["type"] == "text") answer.Text.Append((string?)block["text"]);
        if ((string?)block["type"] == "thinking") answer.Thinking.Append((string?)block["thinking"]);
        if ((string?)block["type"] == "tool_use") answer.Calls.Add(new ToolCall((string)block["id"]!, (string)block["name"]!, block["input"]!.ToJsonString()));
    }

    private static void TakeChunk(ClientAnswer answer, JsonObject message, JsonObject chunk)
    {
        if (chunk["error"] is JsonObject error) answer.Error = (string?)error["message"];
        if (chunk["usage"] is JsonObject usage) TakeOpenAiUsage(answer, usage, "prompt_tokens", "completion_tokens");
        foreach (var choice in chunk["choices"]?.AsArray() ?? [])
        {
            answer.Stop = (string?)choice!["finish_reason"] ?? answer.Stop;
            var delta = choice["delta"]!.AsObject();
            if ((string?)delta["content"] is { } text) message["content"] = (string?)message["content"] + text;
            if ((string?)delta["reasoning_content"] is { } thought) message["reasoning_content"] = (string?)message["reasoning_content"] + thought;
            foreach (var call in delta["tool_calls"]?.AsArray() ?? []) Merge(message, call!.AsObject());
        }
    }

    private static void Merge(JsonObject message, JsonObject piece)
    {
        if (message["tool_calls"] is not JsonArray calls) message["tool_calls"] = calls = [];
        var index = (int)piece["index"]!;
        if (calls.Count == index) calls.Add(new JsonObject { ["id"] = (string?)piece["id"], ["type"] = "function", ["function"] = new JsonObject { ["name"] = "", ["arguments"] = "" } });
        var function = calls[index]!["function"]!;
        if ((string?)piece["function"]?["name"] is { } name) function["name"] = name;
        if ((string?)piece["function"]?["arguments"] is { } arguments) function["arguments"] = (string?)function["arguments"] + arguments;
    }

    private static void TakeMessage(ClientAnswer answer, JsonObject message)
    {
        answer.Turn.Add(message.DeepClone());
        answer.Text.Append((string?)message["content"]);
        answer.Thinking.Append((string?)message["reasoning_content"]);
        foreach (var call in message["tool_calls"]?.AsArray() ?? [])
        {
            answer.Calls.Add(new ToolCall(
                (string)call!["id"]!, (string)call["function"]!["name"]!, JsonNode.Parse((string)call["function"]!["arguments"]!)!.ToJsonString()));
        }
    }

    private static void TakeResponsesEvent(ClientAnswer answer, JsonObject e)
    {
        switch ((string?)e["type"])
        {
            case "response.completed" or "response.incomplete":
                TakeResponse(answer, e["response"]!.AsObject());
                answer.IsWhole = true;
                break;
            case "response.failed":
                answer.Error = (string?)e["response"]!["error"]!["message"];
                break;
            case "error":
                answer.Error = (string?)e["message"] ?? (string?)e["error"]?["message"];
                break;
        }
    }

    private static void TakeResponse(ClientAnswer answer, JsonObject response)
    {
        answer.Stop = (string?)response["incomplete_details"]?["reason"] ?? (string?)response["status"];
        foreach (var item in response["output"]!.AsArray())
        {
            answer.Turn.Add(item!.DeepClone());
            if ((string?)item["type"] == "message") foreach (var part in item["content"]!.AsArray()) answer.Text.Append((string?)part!["text"]);
            if ((string?)item["type"] == "reasoning") foreach (var part in item["summary"]!.AsArray()) answer.Thinking.Append((string?)part!["text"]);
            if ((string?)item["type"] == "function_call")
                answer.Calls.Add(new ToolCall((string)item["call_id"]!, (string)item["name"]!, JsonNode.Parse((string)item["arguments"]!)!.ToJsonString()));
        }

        if (response["usage"] is JsonObject usage) TakeOpenAiUsage(answer, usage, "input_tokens", "output_tokens");
    }

    private static void TakeAnthropicUsage(ClientAnswer answer, JsonObject usage)
    {
        answer.CacheRead = (long?)usage["cache_read_input_tokens"] ?? answer.CacheRead;
        answer.Input = ((long?)usage["input_tokens"] ?? 0) + ((long?)usage["cache_creation_input_tokens"] ?? 0) + answer.CacheRead;
        answer.Output = (long?)usage["output_tokens"] ?? answer.Output;
    }

    private static void TakeOpenAiUsage(ClientAnswer answer, JsonObject usage, string input, string output)
    {
        answer.Input = (long)usage[input]!;
        answer.Output = (long)usage[output]!;
        answer.CacheRead = (long?)usage[input + "_details"]?["cached_tokens"] ?? 0;
    }
}
