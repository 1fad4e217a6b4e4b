using System.Text;
using Gatehouse.ClaudeCli.Agents;
using Gatehouse.ClaudeCli.Protocol;
using Gatehouse.ClaudeCli.Requests;
using Gatehouse.Dialects.Json;

namespace Gatehouse.ClaudeCli.Answers;

/// <summary>
/// Makes the caller's event stream of the events that the program passes on. They are the vendor's own and stay as they are, but for the names of tools and for
/// structured output, which the program has the model give as a call of a tool of its own: the caller gets it as text. One per turn; not thread-safe.
/// </summary>
/// <param name="hasSchema">Whether the answer is to keep to a schema.</param>
/// <param name="agents">The client's agents, whose names are put right in calls that start one.</param>
internal sealed class TurnEvents(bool hasSchema, AgentNames agents) : IAnswerEvents
{
    private readonly Dictionary<long, AgentCall> _agentCalls = [];
    private readonly StringBuilder _text = new();
    private readonly List<string> _calls = [];
    private readonly HashSet<long> _structured = [];

    /// <inheritdoc/>
    public bool Started { get; private set; }

    /// <inheritdoc/>
    public bool HasContent { get; private set; }

    /// <inheritdoc/>
    public bool HasReason { get; private set; }

    /// <inheritdoc/>
    public bool Ended { get; private set; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Calls => _calls;

    /// <inheritdoc/>
    public MessageKey Key => MessageKey.OfAssistant(_text.ToString(), _calls);

    /// <inheritdoc/>
    public void Write(JsonView data, PooledBuffer output)
    {
        var type = data["type"u8];
        if (_agentCalls.Count > 0 && IsHeldBack(data, type, output)) return;
        output.Append("event: "u8);
        output.Append(type.Escaped);
        output.Append("\ndata: "u8);
        if (type.Is("content_block_start"u8)) WriteStart(data, output);
        else if (type.Is("content_block_delta"u8)) WriteDelta(data, output);
        else if (type.Is("message_delta"u8) && _structured.Count > 0 && _calls.Count == 0) Replace(data, data["delta"u8]["stop_reason"u8], "\"end_turn\""u8, output);
        else output.Append(data.Raw);
        output.Append("\n\n"u8);
        Started |= type.Is("message_start"u8);
        // A refusal or a limit may end a message that holds nothing else; one that just ends says nothing at all.
        var reason = data["delta"u8]["stop_reason"u8];
        HasReason |= reason.IsString;
        HasContent |= type.Is("content_block_start"u8) || (reason.IsString && !reason.Is("end_turn"u8) && !reason.Is("tool_use"u8) && !reason.Is("stop_sequence"u8));
        Ended |= type.Is("message_stop"u8);
    }

    private void WriteStart(JsonView data, PooledBuffer output)
    {
        var block = data["content_block"u8];
        var name = block["name"u8];
        if (!block["type"u8].Is("tool_use"u8))
        {
            if (block["text"u8].Text() is { Length: > 0 } first) _text.Append(first);
            output.Append(data.Raw);
        }
        else if (hasSchema && name.Is(ToolNames.StructuredOutput))
        {
            if (data["index"u8].TryInteger(out var index)) _structured.Add(index);
            Replace(data, block, "{\"type\":\"text\",\"text\":\"\"}"u8, output);
        }
        else
        {
            _calls.Add(block["id"u8].Text() ?? "");
            if (!ToolNames.IsCallers(name.Escaped))
            {
                output.Append(data.Raw);
                return;
            }

            if (!agents.All.IsEmpty && AgentNames.IsAgentTool(ToolNames.Outside(name.Escaped)) && data["index"u8].TryInteger(out var at)) _agentCalls[at] = new AgentCall(agents);
            using var plain = new PooledBuffer();
            new JsonWriter(plain).EscapedString(name.Escaped[ToolNames.Prefix.Length..]);
            Replace(data, name, plain.Written, output);
        }
    }

    // The input of a call that starts an agent comes as one piece, before the block's end.
    private bool IsHeldBack(JsonView data, JsonView type, PooledBuffer output)
    {
        if (!data["index"u8].TryInteger(out var index) || !_agentCalls.TryGetValue(index, out var call)) return false;
        if (type.Is("content_block_delta"u8) && data["delta"u8]["partial_json"u8].Text() is { } piece)
        {
            call.Add(piece);
            return true;
        }

        if (!type.Is("content_block_stop"u8)) return false;
        _agentCalls.Remove(index);
        var json = new JsonWriter(output);
        output.Append("event: content_block_delta\ndata: "u8);
        json.BeginObject();
        json.String("type"u8, "content_block_delta"u8);
        json.Number("index"u8, index);
        json.BeginObject("delta"u8);
        json.String("type"u8, "input_json_delta"u8);
        json.String("partial_json"u8, call.Corrected());
        json.EndObject();
        json.EndObject();
        output.Append("\n\n"u8);
        return false;
    }

    private void WriteDelta(JsonView data, PooledBuffer output)
    {
        var delta = data["delta"u8];
        if (delta["text"u8].Text() is { } text) _text.Append(text);
        if (delta["partial_json"u8] is { IsString: true } json && data["index"u8].TryInteger(out var index) && _structured.Contains(index))
        {
            _text.Append(json.Text());
            using var written = new PooledBuffer();
            var writer = new JsonWriter(written);
            writer.BeginObject();
            writer.String("type"u8, "text_delta"u8);
            writer.Raw("text"u8, json.Raw);
            writer.EndObject();
            Replace(data, delta, written.Written, output);
            return;
        }

        output.Append(data.Raw);
    }

    // The rest of the event stays byte for byte.
    private static void Replace(JsonView whole, JsonView part, ReadOnlySpan<byte> by, PooledBuffer output)
    {
        whole.Raw.Overlaps(part.Raw, out var at);
        output.Append(whole.Raw[..at]);
        output.Append(by);
        output.Append(whole.Raw[(at + part.Raw.Length)..]);
    }
}
