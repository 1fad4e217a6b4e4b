using System.Buffers.Text;
using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Facts;
using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Anthropic;

/// <summary>
/// Writes the stream that a Messages client reads: one start, blocks one after the other with growing indexes, one end. It keeps the order legal
/// whatever it is asked: a delta of another kind closes the open block and opens its own. Allocates nothing per delta. Not thread-safe.
/// </summary>
internal sealed class MessagesStream(EventWriter events, EdgeContext context) : ITextStream
{
    private int _index = -1;
    private long _bytes;

    /// <summary>Whether the start was written.</summary>
    public bool IsStarted { get; private set; }

    /// <summary>The block that is open.</summary>
    public BlockKind Open { get; private set; }

    /// <summary>Whether any block was written.</summary>
    public bool HasBlocks => _index >= 0;

    /// <summary>How often the provider searched the web.</summary>
    public int Searches { get; set; }

    /// <summary>Output tokens as the bytes sent let guess (four to a token), for an upstream that never says or was left early.</summary>
    public long EstimatedOutput => (_bytes + 3) / 4;

    /// <summary>Writes the start, once. Its usage is the estimate made before the call; the end corrects it.</summary>
    public void Start()
    {
        if (IsStarted) return;
        IsStarted = true;
        var json = Begin("message_start"u8);
        json.BeginObject("message"u8);
        Span<byte> id = stackalloc byte[MadeId.Longest];
        json.String("id"u8, MadeId.Make(context, id, "msg_"u8, 0));
        json.String("type"u8, "message"u8);
        json.String("role"u8, "assistant"u8);
        json.String("model"u8, context.ModelAsked);
        json.BeginArray("content"u8);
        json.EndArray();
        json.Null("stop_reason"u8);
        json.Null("stop_sequence"u8);
        json.Name("usage"u8);
        UsageText.Write(json, Dialect.Anthropic, new Usage { Input = context.ClientStreams ? context.EstimatedInput ?? 0 : 0, Output = 0 });
        json.EndObject();
        End();
    }

    /// <summary>Writes a piece of text, escaped as it stood in the upstream's event.</summary>
    public void Text(ReadOnlySpan<byte> escaped)
    {
        if (escaped.IsEmpty) return;
        OpenText();
        BeginDelta("text_delta"u8, "text"u8);
        events.Json.AppendEscaped(escaped);
        EndDelta(escaped.Length);
    }

    /// <summary>Writes a piece of plain text.</summary>
    public void PlainText(ReadOnlySpan<byte> plain)
    {
        if (plain.IsEmpty) return;
        OpenText();
        BeginDelta("text_delta"u8, "text"u8);
        events.Json.AppendPlain(plain);
        EndDelta(plain.Length);
    }

    /// <summary>Opens a text block unless one is open.</summary>
    public void OpenText()
    {
        if (Open == BlockKind.Text) return;
        var json = BeginBlock(BlockKind.Text, "text"u8);
        json.String("text"u8, ""u8);
        EndBlockStart();
    }

    /// <summary>Opens a thinking block unless one is open.</summary>
    public void OpenThinking()
    {
        if (Open == BlockKind.Thinking) return;
        var json = BeginBlock(BlockKind.Thinking, "thinking"u8);
        json.String("thinking"u8, ""u8);
        json.String("signature"u8, ""u8);
        EndBlockStart();
    }

    /// <summary>Writes a piece of thinking, escaped.</summary>
    public void Thinking(ReadOnlySpan<byte> escaped)
    {
        if (escaped.IsEmpty) return;
        OpenThinking();
        BeginDelta("thinking_delta"u8, "thinking"u8);
        events.Json.AppendEscaped(escaped);
        EndDelta(escaped.Length);
    }

    /// <summary>Ends the thinking block with its signature, which needs no escapes.</summary>
    public void Sign(ReadOnlySpan<byte> signature)
    {
        OpenThinking();
        BeginDelta("signature_delta"u8, "signature"u8);
        events.Json.AppendEscaped(signature);
        EndDelta(0);
        Close();
    }

    /// <summary>Opens the block of a tool's call.</summary>
    /// <param name="kind"><c>tool_use</c>, <c>server_tool_use</c> or <c>mcp_tool_use</c>.</param>
    /// <param name="id">The id that the client is given; plain.</param>
    /// <param name="name">The client's name of the tool; plain.</param>
    /// <param name="server">The MCP server that it belongs to; absent for others.</param>
    public void OpenTool(ReadOnlySpan<byte> kind, ReadOnlySpan<byte> id, ReadOnlySpan<byte> name, JsonView server = default)
    {
        var json = BeginBlock(BlockKind.Tool, kind);
        json.String("id"u8, id);
        json.String("name"u8, name);
        if (server.IsString) json.Raw("server_name"u8, server.Raw);
        json.BeginObject("input"u8);
        json.EndObject();
        EndBlockStart();
    }

    /// <summary>Writes a piece of the open call's input: JSON text, escaped as it stood in the upstream's string.</summary>
    public void Input(ReadOnlySpan<byte> escaped)
    {
        if (escaped.IsEmpty || Open != BlockKind.Tool) return;
        BeginDelta("input_json_delta"u8, "partial_json"u8);
        events.Json.AppendEscaped(escaped);
        EndDelta(escaped.Length);
    }

    /// <summary>Writes a piece of the open call's input from JSON that stands for itself.</summary>
    public void InputJson(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty || Open != BlockKind.Tool) return;
        BeginDelta("input_json_delta"u8, "partial_json"u8);
        events.Json.AppendPlain(json);
        EndDelta(json.Length);
    }

    /// <summary>Begins a citation of the open text block; its object is to be written as a value, and <see cref="EndCitation"/> called.</summary>
    public JsonWriter BeginCitation()
    {
        OpenText();
        var json = Begin("content_block_delta"u8);
        json.Number("index"u8, _index);
        json.BeginObject("delta"u8);
        json.String("type"u8, "citations_delta"u8);
        json.Name("citation"u8);
        return json;
    }

    /// <summary>Ends what <see cref="BeginCitation"/> began.</summary>
    public void EndCitation()
    {
        events.Json.EndObject();
        End();
    }

    /// <summary>Begins a block that comes whole, such as a server tool's result: its further members are to be written, and <see cref="EndWhole"/> called.</summary>
    public JsonWriter BeginWhole(ReadOnlySpan<byte> kind) => BeginBlock(BlockKind.None, kind);

    /// <summary>Ends what <see cref="BeginWhole"/> began.</summary>
    public void EndWhole()
    {
        EndBlockStart();
        WriteStop();
    }

    /// <summary>Closes the open block, if there is one.</summary>
    public void Close()
    {
        if (Open == BlockKind.None) return;
        Open = BlockKind.None;
        WriteStop();
    }

    /// <summary>Writes the good end.</summary>
    /// <param name="reason">Why the model stopped.</param>
    /// <param name="stopSequence">The stop string that it wrote, plain; empty when none is known.</param>
    /// <param name="usage">What the upstream reported; what it left out is estimated.</param>
    public void Finish(StopReason reason, ReadOnlySpan<byte> stopSequence, Usage usage)
    {
        Start();
        Close();
        usage.Input ??= context.EstimatedInput;
        usage.Output ??= EstimatedOutput;
        var json = Begin("message_delta"u8);
        json.BeginObject("delta"u8);
        json.String("stop_reason"u8, StopReasons.Anthropic(reason));
        if (stopSequence.IsEmpty) json.Null("stop_sequence"u8);
        else json.String("stop_sequence"u8, stopSequence);
        json.EndObject();
        json.Name("usage"u8);
        UsageText.Write(json, Dialect.Anthropic, usage);
        WriteSearches(json);
        End();
        Begin("message_stop"u8);
        End();
    }

    /// <summary>Writes the bad end.</summary>
    public void Fail(DialectError error) => events.Fail(Dialect.Anthropic, error);

    /// <summary>Puts the number of searches into the usage object that was written last, in front of its closing bracket.</summary>
    private void WriteSearches(JsonWriter json)
    {
        if (Searches == 0) return;
        json.Output.Truncate(json.Output.Length - 1);
        json.AppendEscaped(",\"server_tool_use\":{\"web_search_requests\":"u8);
        Span<byte> digits = stackalloc byte[20];
        _ = Utf8Formatter.TryFormat(Searches, digits, out var written);
        json.AppendEscaped(digits[..written]);
        json.AppendEscaped("}}"u8);
    }

    private JsonWriter Begin(ReadOnlySpan<byte> name)
    {
        var json = events.Begin(name);
        json.BeginObject();
        json.String("type"u8, name);
        return json;
    }

    private void End()
    {
        events.Json.EndObject();
        events.End();
    }

    private JsonWriter BeginBlock(BlockKind kind, ReadOnlySpan<byte> type)
    {
        Start();
        Close();
        _index++;
        Open = kind;
        var json = Begin("content_block_start"u8);
        json.Number("index"u8, _index);
        json.BeginObject("content_block"u8);
        json.String("type"u8, type);
        return json;
    }

    private void EndBlockStart()
    {
        events.Json.EndObject();
        End();
    }

    private void WriteStop()
    {
        Begin("content_block_stop"u8).Number("index"u8, _index);
        End();
    }

    private void BeginDelta(ReadOnlySpan<byte> type, ReadOnlySpan<byte> field)
    {
        var json = Begin("content_block_delta"u8);
        json.Number("index"u8, _index);
        json.BeginObject("delta"u8);
        json.String("type"u8, type);
        json.Name(field);
        json.BeginString();
    }

    private void EndDelta(int bytes)
    {
        _bytes += bytes;
        events.Json.EndString();
        events.Json.EndObject();
        End();
    }
}
