using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Anthropic;

namespace Gatehouse.Dialects.Translation.AnthropicToResponses;

/// <summary>Writes output items as content blocks: the one at hand piece by piece, or one that comes whole. Not thread-safe.</summary>
internal sealed class ItemWriter(ResponsesAttempt attempt, MessagesStream stream, StopWatch stops) : IDisposable
{
    private readonly PooledBuffer _id = new();
    private readonly ReasoningWriter _reasoning = new(attempt, stream);
    private ItemKind _kind;
    private ToolName? _tool;
    private bool _hasDeltas;
    private long _part;
    private int _hosted;

    /// <summary>The output index of the item that is being written; null when there is none.</summary>
    public long? Live { get; private set; }

    /// <summary>Whether the client was given a call to make.</summary>
    public bool CallsTools { get; private set; }

    /// <summary>Whether the model refused.</summary>
    public bool Refused { get; private set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _id.Dispose();
        _reasoning.Dispose();
    }

    /// <summary>Begins an item. One that is not there is a message.</summary>
    public void Begin(long index, JsonView item)
    {
        Live = index;
        (_hasDeltas, _part) = (false, -1);
        _kind = item.Exists ? KindOf(item["type"u8]) : ItemKind.Message;
        if (_kind != ItemKind.Message) stops.Flush();
        if (_kind == ItemKind.Call) OpenCall(item);
        else if (_kind == ItemKind.Reasoning) _reasoning.Begin();
    }

    /// <summary>Writes text of the message at hand.</summary>
    public void Text(JsonView delta, JsonView part)
    {
        if (_kind != ItemKind.Message || delta.IsEmpty) return;
        _ = part.TryInteger(out var number);
        if (_hasDeltas && number != _part)
        {
            stops.Flush();
            stream.Close();
        }

        (_hasDeltas, _part) = (true, number);
        if (stops.IsOn) _ = stops.Read(delta);
        else stream.Text(delta.Escaped);
    }

    /// <summary>Writes a refusal of the message at hand, as text.</summary>
    public void Refusal(JsonView delta)
    {
        if (_kind != ItemKind.Message || delta.IsEmpty) return;
        (_hasDeltas, Refused) = (true, true);
        stops.Flush();
        stream.Text(delta.Escaped);
    }

    /// <summary>Writes arguments of the call at hand.</summary>
    public void Arguments(JsonView delta)
    {
        if (_kind != ItemKind.Call) return;
        _hasDeltas = true;
        WriteArguments(delta);
    }

    /// <summary>Writes thinking of the reasoning item at hand.</summary>
    public void Thinking(JsonView delta, JsonView part, bool isSummary)
    {
        if (_kind == ItemKind.Reasoning) _reasoning.Write(delta, part, isSummary);
    }

    /// <summary>Writes an annotation of the message at hand.</summary>
    public void Annotate(JsonView annotation)
    {
        if (_kind != ItemKind.Message) return;
        if (!annotation["type"u8].Is("url_citation"u8))
        {
            attempt.Lose(MessagesLosses.Annotation);
            return;
        }

        attempt.Lose(MessagesLosses.CitedText);
        stops.Flush();
        PageCitation.Write(stream, annotation);
    }

    /// <summary>Ends the item at hand, or writes one whole of which nothing was written.</summary>
    public void End(JsonView item)
    {
        if (Live is null) Begin(-1, item);
        switch (_kind)
        {
            case ItemKind.Message: EndMessage(item); break;
            case ItemKind.Call: EndCall(item); break;
            case ItemKind.Reasoning: _reasoning.End(item); break;
            case ItemKind.Search: EndSearch(item); break;
            case ItemKind.Code: CodeCarry.Show(item, HostedId("srvtoolu_"u8), stream, attempt); break;
            case ItemKind.Mcp: McpMap.Show(item, HostedId("mcptoolu_"u8), stream); break;
            case ItemKind.McpListing: break;
            default: attempt.Lose(MessagesLosses.UnknownPart); break;
        }

        if (_kind != ItemKind.Message) stream.Close();
        if (_kind is ItemKind.Code or ItemKind.Mcp or ItemKind.McpListing) _reasoning.Carry(item, _kind == ItemKind.McpListing ? ReasoningCarry.ListingMark : ReasoningCarry.HostedMark);
        Live = null;
    }

    /// <summary>Closes the item at hand: the answer ends without its end.</summary>
    public void Abandon()
    {
        if (Live is null) return;
        stops.Flush();
        stream.Close();
        Live = null;
    }

    private static ItemKind KindOf(JsonView type) =>
        type.Is("message"u8) ? ItemKind.Message
        : type.Is("function_call"u8) ? ItemKind.Call
        : type.Is("reasoning"u8) ? ItemKind.Reasoning
        : type.Is("web_search_call"u8) ? ItemKind.Search
        : type.Is("code_interpreter_call"u8) ? ItemKind.Code
        : type.Is("mcp_call"u8) ? ItemKind.Mcp
        : type.Is("mcp_list_tools"u8) ? ItemKind.McpListing
        : ItemKind.Other;

    private void OpenCall(JsonView item)
    {
        var name = attempt.Plain(item["name"u8]);
        _tool = attempt.Names.Find(name);
        if (_tool is { Kind: ToolKind.OutputFormat }) return;
        CallsTools = true;
        _id.Clear();
        using var plain = new PooledBuffer();
        if (item["call_id"u8] is { IsString: true, IsEmpty: false } id && id.TryAppendPlain(plain)) ToolIds.ToClient(plain.Written, _id);
        else
        {
            Span<byte> made = stackalloc byte[MadeId.Longest];
            _id.Append(MadeId.Make(attempt.Context, made, "toolu_"u8, ++_hosted));
        }

        stream.OpenTool("tool_use"u8, _id.Written, _tool is null ? name : _tool.Name);
        _reasoning.Remember(_id.Written);
    }

    private void WriteArguments(JsonView arguments)
    {
        if (_tool is { Kind: ToolKind.OutputFormat }) stream.Text(arguments.Escaped);
        else stream.Input(arguments.Escaped);
    }

    private void EndCall(JsonView item)
    {
        var arguments = item["arguments"u8];
        if (!_hasDeltas && arguments.IsString) WriteArguments(arguments);
        if (_tool is not { Kind: ToolKind.OutputFormat } && arguments.IsString && !ToolInput.IsObject(attempt.Plain(arguments))) attempt.Lose(MessagesLosses.ToolInput);
    }

    private void EndMessage(JsonView item)
    {
        if (!item["phase"u8].IsNullOrAbsent) attempt.Lose(AnthropicToResponsesLosses.Phase);
        var number = 0;
        foreach (var part in item["content"u8].Items)
        {
            if (_hasDeltas && number == 0) break;
            if (stops.Found is not null) return;
            if (part["type"u8].Is("refusal"u8)) Refusal(part["refusal"u8]);
            else if (part["type"u8].Is("output_text"u8)) WholeText(part, number);
            else attempt.Lose(MessagesLosses.UnknownPart);
            number++;
        }

        stops.Flush();
        stream.Close();
    }

    private void WholeText(JsonView part, int number)
    {
        if (number > 0) stream.Close();
        var text = part["text"u8];
        if (text.IsEmpty) return;
        if (stops.IsOn) _ = stops.Read(text);
        else stream.Text(text.Escaped);
        foreach (var annotation in part["annotations"u8].Items)
        {
            if (stops.Found is null) Annotate(annotation);
        }
    }

    private void EndSearch(JsonView item)
    {
        if (!item["action"u8]["type"u8].Is("search"u8))
        {
            attempt.Lose(AnthropicToResponsesLosses.PageActions);
            return;
        }

        stream.Searches++;
        SearchCarry.Show(item, HostedId("srvtoolu_"u8), stream, attempt);
    }

    private ReadOnlySpan<byte> HostedId(ReadOnlySpan<byte> prefix)
    {
        Span<byte> made = stackalloc byte[MadeId.Longest];
        _id.Clear();
        _id.Append(MadeId.Make(attempt.Context, made, prefix, ++_hosted));
        return _id.Written;
    }

    private enum ItemKind : byte
    {
        Other,
        Message,
        Call,
        Reasoning,
        Search,
        Code,
        Mcp,
        McpListing,
    }
}
