using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gatehouse.Dialects.Tests.Translation;

/// <summary>Says a turn as an upstream of a dialect streams it.</summary>
internal sealed class UpstreamScript(Dialect dialect, Random random)
{
    private static readonly JsonSerializerOptions s_loose = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly StringBuilder _stream = new();
    private int _sequence;

    /// <summary>The whole answer.</summary>
    /// <param name="turn">What is said.</param>
    /// <param name="names">What the upstream calls each of the client's tools.</param>
    public string Answer(SaidTurn turn, Func<string, string> names)
    {
        switch (dialect)
        {
            case Dialect.Anthropic: Messages(turn, names); break;
            case Dialect.OpenAiChat: Chat(turn, names); break;
            default: Responses(turn, names); break;
        }

        return _stream.ToString();
    }

    private void Messages(SaidTurn turn, Func<string, string> names)
    {
        Event("message_start", new JsonObject { ["message"] = new JsonObject { ["id"] = "msg_1", ["type"] = "message", ["role"] = "assistant", ["content"] = new JsonArray(), ["usage"] = new JsonObject { ["input_tokens"] = 9, ["output_tokens"] = 1 } } });
        var index = 0;
        Block(index++, new JsonObject { ["type"] = "thinking", ["thinking"] = "", ["signature"] = "" }, "thinking_delta", "thinking", turn.Thinking, turn.Signature);
        if (turn.Text.Length > 0) Block(index++, new JsonObject { ["type"] = "text", ["text"] = "" }, "text_delta", "text", turn.Text, null);
        foreach (var call in turn.Calls)
            Block(index++, new JsonObject { ["type"] = "tool_use", ["id"] = call.Id, ["name"] = names(call.Name), ["input"] = new JsonObject() }, "input_json_delta", "partial_json", call.Arguments, null);
        Event("message_delta", new JsonObject { ["delta"] = new JsonObject { ["stop_reason"] = turn.Calls.Count > 0 ? "tool_use" : "end_turn" }, ["usage"] = new JsonObject { ["output_tokens"] = 20 } });
        Event("message_stop", []);
    }

    private void Block(int index, JsonObject block, string delta, string field, string text, string? signature)
    {
        Event("content_block_start", new JsonObject { ["index"] = index, ["content_block"] = block });
        foreach (var piece in Pieces(text)) Event("content_block_delta", new JsonObject { ["index"] = index, ["delta"] = new JsonObject { ["type"] = delta, [field] = piece } });
        if (signature is not null) Event("content_block_delta", new JsonObject { ["index"] = index, ["delta"] = new JsonObject { ["type"] = "signature_delta", ["signature"] = signature } });
        Event("content_block_stop", new JsonObject { ["index"] = index });
    }

    private void Chat(SaidTurn turn, Func<string, string> names)
    {
        Chunk(new JsonObject { ["role"] = "assistant", ["content"] = "" }, null);
        foreach (var piece in Pieces(turn.Thinking)) Chunk(new JsonObject { ["reasoning_content"] = piece }, null);
        foreach (var piece in Pieces(turn.Signature))
            Chunk(new JsonObject { ["reasoning_details"] = new JsonArray(new JsonObject { ["type"] = "reasoning.encrypted", ["data"] = piece, ["index"] = 0 }) }, null);
        foreach (var piece in Pieces(turn.Text)) Chunk(new JsonObject { ["content"] = piece }, null);
        for (var i = 0; i < turn.Calls.Count; i++)
        {
            var call = turn.Calls[i];
            Chunk(new JsonObject { ["tool_calls"] = new JsonArray(new JsonObject { ["index"] = i, ["id"] = call.Id, ["type"] = "function", ["function"] = new JsonObject { ["name"] = names(call.Name), ["arguments"] = "" } }) }, null);
            foreach (var piece in Pieces(call.Arguments)) Chunk(new JsonObject { ["tool_calls"] = new JsonArray(new JsonObject { ["index"] = i, ["function"] = new JsonObject { ["arguments"] = piece } }) }, null);
        }

        Chunk([], turn.Calls.Count > 0 ? "tool_calls" : "stop");
        Data(new JsonObject { ["id"] = "c", ["object"] = "chat.completion.chunk", ["choices"] = new JsonArray(), ["usage"] = new JsonObject { ["prompt_tokens"] = 9, ["completion_tokens"] = 20 } });
        _stream.Append("data: [DONE]\n\n");
    }

    private void Chunk(JsonObject delta, string? finish) => Data(new JsonObject
    {
        ["id"] = "c",
        ["object"] = "chat.completion.chunk",
        ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = finish }),
    });

    private void Responses(SaidTurn turn, Func<string, string> names)
    {
        var output = new JsonArray();
        Event("response.created", new JsonObject { ["response"] = new JsonObject { ["id"] = "resp_1", ["status"] = "in_progress", ["output"] = new JsonArray() } });
        var reasoning = new JsonObject { ["id"] = "rs_1", ["type"] = "reasoning", ["summary"] = new JsonArray(new JsonObject { ["type"] = "summary_text", ["text"] = turn.Thinking }), ["encrypted_content"] = turn.Signature };
        Item(output, new JsonObject { ["id"] = "rs_1", ["type"] = "reasoning", ["summary"] = new JsonArray() }, reasoning, "response.reasoning_summary_text.delta", "summary_index", turn.Thinking);
        if (turn.Text.Length > 0)
        {
            var message = new JsonObject { ["id"] = "msg_1", ["type"] = "message", ["role"] = "assistant", ["status"] = "completed", ["content"] = new JsonArray(new JsonObject { ["type"] = "output_text", ["text"] = turn.Text, ["annotations"] = new JsonArray() }) };
            Item(output, new JsonObject { ["id"] = "msg_1", ["type"] = "message", ["role"] = "assistant", ["content"] = new JsonArray() }, message, "response.output_text.delta", "content_index", turn.Text);
        }

        foreach (var call in turn.Calls)
        {
            var started = new JsonObject { ["id"] = "fc_" + call.Id, ["type"] = "function_call", ["call_id"] = call.Id, ["name"] = names(call.Name), ["arguments"] = "" };
            var done = started.DeepClone().AsObject();
            done["arguments"] = call.Arguments;
            Item(output, started, done, "response.function_call_arguments.delta", "content_index", call.Arguments);
        }

        Event("response.completed", new JsonObject { ["response"] = new JsonObject { ["id"] = "resp_1", ["status"] = "completed", ["output"] = output, ["usage"] = new JsonObject { ["input_tokens"] = 9, ["output_tokens"] = 20 } } });
    }

    private void Item(JsonArray output, JsonObject started, JsonObject done, string delta, string part, string text)
    {
        var index = output.Count;
        Event("response.output_item.added", new JsonObject { ["output_index"] = index, ["item"] = started });
        foreach (var piece in Pieces(text)) Event(delta, new JsonObject { ["output_index"] = index, ["item_id"] = (string?)done["id"], [part] = 0, ["delta"] = piece });
        Event("response.output_item.done", new JsonObject { ["output_index"] = index, ["item"] = done.DeepClone() });
        output.Add(done);
    }

    /// <summary>Cuts a text into pieces, never within a character.</summary>
    private IEnumerable<string> Pieces(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            var end = Math.Min(text.Length, at + random.Next(1, 12));
            if (end < text.Length && char.IsLowSurrogate(text[end])) end++;
            yield return text[at..end];
            at = end;
        }
    }

    private void Event(string name, JsonObject data)
    {
        _stream.Append("event: ").Append(name).Append('\n');
        var typed = new JsonObject { ["type"] = name };
        foreach (var (member, value) in data) typed[member] = value?.DeepClone();
        if (dialect == Dialect.OpenAiResponses) typed["sequence_number"] = _sequence++;
        Data(typed);
    }

    private void Data(JsonObject data) => _stream.Append("data: ").Append(random.Next(2) == 0 ? data.ToJsonString() : data.ToJsonString(s_loose)).Append("\n\n");
}
