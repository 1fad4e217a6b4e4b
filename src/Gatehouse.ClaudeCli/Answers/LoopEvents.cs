using System.Text;
using Gatehouse.ClaudeCli.Protocol;
using Gatehouse.ClaudeCli.Requests;
using Gatehouse.Dialects.Json;

namespace Gatehouse.ClaudeCli.Answers;

/// <summary>
/// Makes one message of all that the model says while the program works by itself: the text of every turn, in blocks that follow one another, and the usage of all of them.
/// Calls, their results and thoughts stay inside. Where the answer keeps to a schema, the structured output alone comes out.
/// </summary>
/// <param name="hasSchema">Whether the answer is to keep to a schema.</param>
internal sealed class LoopEvents(bool hasSchema) : IAnswerEvents
{
    // The blocks of the running turn that come out, with the number that they have there.
    private readonly Dictionary<long, long> _blocks = [];
    private readonly HashSet<string> _agentMessages = new(StringComparer.Ordinal);
    private readonly StringBuilder _text = new();
    private SpentTokens _turn;
    private SpentTokens _turns;
    private SpentTokens _agents;
    private long _written;
    private bool _wasCut;
    private bool _isOut;

    /// <inheritdoc/>
    public bool Started { get; private set; }

    /// <inheritdoc/>
    public bool Ended { get; private set; }

    /// <inheritdoc/>
    public bool HasContent => _text.Length > 0;

    /// <inheritdoc/>
    public bool HasReason { get; private set; }

    /// <summary>
    /// Whether a turn was lost in its middle, when part of it was out already: the program asked for it again, or closed it as it was.
    /// </summary>
    public bool IsBroken { get; private set; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Calls => [];

    /// <inheritdoc/>
    public MessageKey Key => MessageKey.OfAssistant(_text.ToString(), []);

    /// <inheritdoc/>
    public void Write(JsonView data, PooledBuffer output)
    {
        var type = data["type"u8];
        if (type.Is("message_start"u8)) Begin(data, output);
        else if (type.Is("content_block_start"u8)) WriteStart(data, output);
        else if (type.Is("content_block_delta"u8)) WriteDelta(data, output);
        else if (type.Is("content_block_stop"u8)) WriteStop(data, output);
        else if (type.Is("message_delta"u8))
        {
            _turn = _turn.With(data["usage"u8]);
            HasReason |= data["delta"u8]["stop_reason"u8].IsString;
            _wasCut = data["delta"u8]["stop_reason"u8].Is("max_tokens"u8);
        }
        else if (type.Is("message_stop"u8))
        {
            IsBroken |= !HasReason && _isOut;
            (_turns, _turn, _isOut) = (_turns + _turn, default, false);
        }
        else if (type.Is("ping"u8)) Event(output, type.Escaped, data.Raw);
    }

    /// <summary>Takes a message of an agent of the program's own. It does not come out; but how long what it wrote to the cache is kept is told nowhere else.</summary>
    public void TakeAgent(JsonView message)
    {
        // Each block is told of in a line of its own, with the whole message's usage.
        if (message["id"u8].Text() is { } id && _agentMessages.Add(id)) _agents += default(SpentTokens).With(message["usage"u8]);
    }

    /// <summary>Writes the end of the answer, when the program has no more to do.</summary>
    /// <param name="wasStopped">Whether it was stopped at its limit of turns.</param>
    /// <param name="spent">What the whole work used; what the events told counts where that is more.</param>
    /// <param name="output">Where to write.</param>
    public void End(bool wasStopped, SpentTokens spent, PooledBuffer output)
    {
        if (!spent.Covers(_turns)) spent = _turns;
        using var data = new PooledBuffer();
        var json = new JsonWriter(data);
        json.BeginObject();
        json.String("type"u8, "message_delta"u8);
        json.BeginObject("delta"u8);
        // An answer that stops where it must not go on is one that was cut.
        json.String("stop_reason"u8, wasStopped || _wasCut ? "max_tokens"u8 : "end_turn"u8);
        json.Null("stop_sequence"u8);
        json.EndObject();
        json.BeginObject("usage"u8);
        json.Number("input_tokens"u8, spent.Input);
        json.Number("cache_creation_input_tokens"u8, spent.CacheWrite);
        json.Number("cache_read_input_tokens"u8, spent.CacheRead);
        // Of an agent's last words no line is written: what nobody tells of is kept for the vendor's usual five minutes.
        var hour = Math.Min(_turns.CacheWriteHour + _agents.CacheWriteHour, spent.CacheWrite);
        json.BeginObject("cache_creation"u8);
        json.Number("ephemeral_5m_input_tokens"u8, spent.CacheWrite - hour);
        json.Number("ephemeral_1h_input_tokens"u8, hour);
        json.EndObject();
        json.Number("output_tokens"u8, spent.Output);
        json.EndObject();
        json.EndObject();
        Event(output, "message_delta"u8, data.Written);
        Event(output, "message_stop"u8, "{\"type\":\"message_stop\"}"u8);
        Ended = true;
    }

    private void Begin(JsonView data, PooledBuffer output)
    {
        IsBroken |= _isOut;
        HasReason = false;
        _blocks.Clear();
        _turn = default(SpentTokens).With(data["message"u8]["usage"u8]);
        if (Started) return;
        Started = true;
        Event(output, "message_start"u8, data.Raw);
    }

    private void WriteStart(JsonView data, PooledBuffer output)
    {
        var block = data["content_block"u8];
        var comesOut = hasSchema ? block["type"u8].Is("tool_use"u8) && block["name"u8].Is(ToolNames.StructuredOutput) : block["type"u8].Is("text"u8);
        if (!comesOut || !data["index"u8].TryInteger(out var index)) return;
        _isOut = true;
        _blocks[index] = _written;
        Indexed(output, "content_block_start"u8, _written++, "content_block"u8, "{\"type\":\"text\",\"text\":\"\"}"u8);
        // What is said after some work is another paragraph, also where blocks are put together to one text.
        if (HasContent && !hasSchema) WriteText(output, _blocks[index], "\"\\n\\n\""u8);
        if (block["text"u8] is { IsString: true } first && first.Escaped.Length > 0) WriteText(output, _blocks[index], first.Raw);
    }

    private void WriteDelta(JsonView data, PooledBuffer output)
    {
        if (!data["index"u8].TryInteger(out var index) || !_blocks.TryGetValue(index, out var own)) return;
        var text = data["delta"u8][hasSchema ? "partial_json"u8 : "text"u8];
        if (text is { IsString: true } && text.Escaped.Length > 0) WriteText(output, own, text.Raw);
    }

    private void WriteStop(JsonView data, PooledBuffer output)
    {
        if (!data["index"u8].TryInteger(out var index) || !_blocks.Remove(index, out var own)) return;
        Indexed(output, "content_block_stop"u8, own, default, default);
    }

    private void WriteText(PooledBuffer output, long index, ReadOnlySpan<byte> text)
    {
        _text.Append(JsonView.Trusted(text).Text());
        using var delta = new PooledBuffer();
        var json = new JsonWriter(delta);
        json.BeginObject();
        json.String("type"u8, "text_delta"u8);
        json.Raw("text"u8, text);
        json.EndObject();
        Indexed(output, "content_block_delta"u8, index, "delta"u8, delta.Written);
    }

    private static void Indexed(PooledBuffer output, ReadOnlySpan<byte> type, long index, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        using var data = new PooledBuffer();
        var json = new JsonWriter(data);
        json.BeginObject();
        json.String("type"u8, type);
        json.Number("index"u8, index);
        if (!name.IsEmpty) json.Raw(name, value);
        json.EndObject();
        Event(output, type, data.Written);
    }

    private static void Event(PooledBuffer output, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        output.Append("event: "u8);
        output.Append(type);
        output.Append("\ndata: "u8);
        output.Append(data);
        output.Append("\n\n"u8);
    }
}
