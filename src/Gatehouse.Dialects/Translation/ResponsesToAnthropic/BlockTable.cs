using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Anthropic;
using Gatehouse.Dialects.Translation.Chat;
using Gatehouse.Dialects.Translation.Responses;

namespace Gatehouse.Dialects.Translation.ResponsesToAnthropic;

/// <summary>
/// The content blocks of an answer that are open, and what each becomes. Whatever order they come in: a block that starts again is ended first, what
/// is open at the end is ended then. Not thread-safe.
/// </summary>
internal sealed class BlockTable(ResponsesToAnthropicRequest attempt, ResponsesStream stream) : IDisposable
{
    /// <summary>More blocks than any answer has: looking for one among them must stay cheap.</summary>
    private const int MostBlocks = 4096;

    private readonly List<Block> _open = [];
    private readonly HashSet<long> _passedOver = [];
    private readonly SearchTable _searches = new(attempt, stream);
    private readonly McpTable _mcp = new(attempt, stream);
    private readonly CodeTable _code = new(attempt, stream);
    private readonly ServerBlocks _server = new();
    private ResponsesItem? _message;
    private int _begun;

    /// <summary>A block starts.</summary>
    public void Start(long index, JsonView content)
    {
        _ = Stop(index);
        if (_begun++ >= MostBlocks)
        {
            attempt.Lose(ResponsesLosses.StreamUnknown);
            return;
        }

        var type = content["type"u8];
        if (_server.Begin(index, content)) CloseMessage();
        else FlushServer();
        if (type.Is("text"u8)) StartText(index, content);
        else if (type.Is("thinking"u8)) StartThinking(index, content);
        else if (type.Is("tool_use"u8)) StartCall(index, content);
        else if (type.Is("redacted_thinking"u8)) AddRedacted(index, content);
        else if (type.Is("server_tool_use"u8) && content["name"u8].Is("web_search"u8)) _searches.Start(index, content);
        else if (type.Is("server_tool_use"u8) && CodeTable.IsCode(content["name"u8])) _code.Start(index, content);
        else if (type.Is("mcp_tool_use"u8)) _mcp.Start(index, content);
        else PassOver(index, content);
    }

    /// <summary>A block goes on; false when there is no such block, or nobody knows the delta.</summary>
    public bool Delta(long index, JsonView delta)
    {
        _server.Delta(index, delta);
        if (_searches.Delta(index, delta) || _mcp.Delta(index, delta) || _code.Delta(index, delta) || _passedOver.Contains(index)) return true;
        var block = Find(index);
        if (block is null) return false;
        var type = delta["type"u8];
        if (type.Is("text_delta"u8) && block.Kind == BlockKind.Text) stream.Text(block.Item!, delta["text"u8].Escaped);
        else if (type.Is("input_json_delta"u8) && block.Kind == BlockKind.Call) block.Call!.Add(delta["partial_json"u8].Escaped);
        else if (type.Is("thinking_delta"u8) && block.Kind == BlockKind.Thinking) Think(block, delta["thinking"u8].Escaped);
        else if (type.Is("signature_delta"u8) && block.Kind == BlockKind.Thinking) block.Signature.Append(delta["signature"u8].Escaped);
        else if (type.Is("citations_delta"u8) && block.Kind == BlockKind.Text) Cite(block, delta["citation"u8]);
        else return false;
        return true;
    }

    /// <summary>A block stops; false when there is no such block.</summary>
    public bool Stop(long index)
    {
        _server.Stop(index);
        if (_searches.Stop(index) || _mcp.Stop(index) || _code.Stop(index) || _passedOver.Remove(index)) return true;
        var block = Find(index);
        if (block is null) return false;
        _open.Remove(block);
        switch (block.Kind)
        {
            case BlockKind.Text: StopText(block); break;
            case BlockKind.Thinking: StopThinking(block); break;
            default: StopCall(block); break;
        }

        block.Dispose();
        return true;
    }

    /// <summary>Stops every block that is open.</summary>
    public void StopAll()
    {
        while (_open.Count > 0) Stop(_open[0].Index);
        _searches.StopAll();
        _mcp.StopAll();
        _code.StopAll();
        FlushServer();
    }

    /// <summary>Adds a refusal with the provider's explanation, escaped.</summary>
    public void Refuse(ReadOnlySpan<byte> explanation)
    {
        StopAll();
        CloseMessage();
        var item = stream.OpenMessage();
        stream.OpenPart(item, PartShape.Refusal);
        stream.Text(item, explanation);
        stream.Close(item, "completed"u8);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var block in _open) block.Dispose();
        _open.Clear();
        _searches.Dispose();
        _mcp.Dispose();
        _code.Dispose();
        _server.Dispose();
    }

    /// <summary>What the provider's own tools did since the last item goes to the client sealed, to come back before what follows.</summary>
    private void FlushServer()
    {
        ReasoningState.BeginAnthropicTools(attempt.Scratch);
        if (!_server.TryTake(attempt.Scratch)) return;
        CloseMessage();
        CloseSealed(stream.OpenReasoning(), attempt.Scratch);
    }

    private Block? Find(long index)
    {
        foreach (var block in _open)
        {
            if (block.Index == index) return block;
        }

        return null;
    }

    /// <summary>A block that is no item of its own: what a search found, and the provider's other tools, whose calls end in text anyway.</summary>
    private void PassOver(long index, JsonView content)
    {
        _passedOver.Add(index);
        var type = content["type"u8];
        if (type.Is("web_search_tool_result"u8)) _searches.Found(content);
        else if (type.Is("mcp_tool_result"u8)) _mcp.Result(content);
        else if (CodeTable.IsOutput(type)) _code.Output(content);
        else if (ServerBlocks.IsCall(type) || ServerBlocks.IsResult(type)) attempt.Lose(ResponsesToAnthropicLosses.ServerTool);
        else attempt.Lose(ResponsesLosses.StreamUnknown);
    }

    private void StartText(long index, JsonView content)
    {
        // A message can have only one open part: text that comes between belongs to a message of its own.
        if (_message?.Part != PartShape.None) _message = null;
        _message ??= stream.OpenMessage();
        stream.OpenPart(_message, PartShape.Text);
        var block = new Block(index, BlockKind.Text) { Item = _message };
        _open.Add(block);
        stream.Text(_message, content["text"u8].Escaped);
        foreach (var citation in content["citations"u8].Items) Cite(block, citation);
    }

    private void StopText(Block block)
    {
        var item = block.Item!;
        if (block.Citations.Length > 0)
        {
            block.Citations.Append((byte)']');
            var end = ChatText.Characters(item.Text.Written);
            foreach (var citation in JsonView.Trusted(block.Citations.Written).Items) WriteCitation(item, citation, end);
        }

        stream.ClosePart(item);
        if (!ReferenceEquals(item, _message)) stream.Close(item, "completed"u8);
    }

    private void CloseMessage()
    {
        if (_message is { Part: PartShape.None }) stream.Close(_message, "completed"u8);
        _message = null;
    }

    private void Cite(Block block, JsonView citation)
    {
        if (!citation["url"u8].IsString)
        {
            attempt.Lose(ResponsesToAnthropicLosses.Citations);
            return;
        }

        block.Citations.Append(block.Citations.Length == 0 ? (byte)'[' : (byte)',');
        block.Citations.Append(citation.Raw);
    }

    private void WriteCitation(ResponsesItem item, JsonView citation, long end)
    {
        attempt.Scratch.Clear();
        var json = new JsonWriter(attempt.Scratch);
        json.BeginObject();
        json.String("type"u8, "url_citation"u8);
        json.Number("start_index"u8, 0);
        json.Number("end_index"u8, end);
        json.Raw("url"u8, citation["url"u8].Raw);
        json.Raw("title"u8, citation["title"u8].IsString ? citation["title"u8].Raw : "\"\""u8);
        json.EndObject();
        ResponsesStream.Annotate(item, attempt.Scratch.Written);
    }

    private void StartThinking(long index, JsonView content)
    {
        CloseMessage();
        var block = new Block(index, BlockKind.Thinking) { Item = stream.OpenReasoning() };
        _open.Add(block);
        Think(block, content["thinking"u8].Escaped);
        block.Signature.Append(content["signature"u8].Escaped);
    }

    private void Think(Block block, ReadOnlySpan<byte> escaped)
    {
        if (escaped.IsEmpty) return;
        if (block.Item!.Part == PartShape.None) stream.OpenPart(block.Item, PartShape.Summary);
        stream.Text(block.Item, escaped);
    }

    private void StopThinking(Block block)
    {
        if (block.Signature.Length == 0)
        {
            stream.Close(block.Item!, "completed"u8);
            return;
        }

        var state = attempt.Scratch;
        ReasoningState.BeginAnthropic(state);
        state.Append("{\"type\":\"thinking\",\"thinking\":\""u8);
        if (block.Item!.Part != PartShape.None) state.Append(block.Item.Text.Written);
        state.Append("\",\"signature\":\""u8);
        state.Append(block.Signature.Written);
        state.Append("\"}"u8);
        CloseSealed(block.Item, state);
    }

    private void AddRedacted(long index, JsonView content)
    {
        CloseMessage();
        _passedOver.Add(index);
        var state = attempt.Scratch;
        ReasoningState.BeginAnthropic(state);
        state.Append(content.Raw);
        CloseSealed(stream.OpenReasoning(), state);
    }

    private void CloseSealed(ResponsesItem item, PooledBuffer state)
    {
        using var member = new PooledBuffer();
        ReasoningState.WriteSealed(state.Written, attempt.Context.Seal, member);
        stream.Close(item, "completed"u8, member.Written);
    }

    private void StartCall(long index, JsonView content)
    {
        CloseMessage();
        using var id = new PooledBuffer();
        _ = content["id"u8].TryAppendPlain(id);
        attempt.Scratch.Clear();
        _ = content["name"u8].TryAppendPlain(attempt.Scratch);
        var call = new ResponsesCall(stream, attempt.Names.Find(attempt.Scratch.Written), attempt.Scratch.Written, id.Written);
        var input = content["input"u8];
        _open.Add(new Block(index, BlockKind.Call) { Call = call, Input = input.IsObject && !input.IsEmpty ? input.Raw.ToArray() : null });
    }

    private static void StopCall(Block block)
    {
        // Some hosts give the whole input with the start and no deltas.
        if (block.Input is { } input && !block.Call!.HasArguments) block.Call.AddWhole(input);
        block.Call!.End();
    }
}
