using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Anthropic;

namespace Gatehouse.Dialects.Translation.AnthropicToResponses;

/// <summary>Writes the messages of a Messages request as input items, which keep the order of an assistant's blocks.</summary>
internal sealed class HistoryMap(MessagesEdgeRequest request, JsonWriter json) : MessagesHistory(request)
{
    private readonly ResponsesParts _parts = new(request, json);
    private int _hostedCalls;
    private int _hostedResults;
    private int _hostedCarried;

    /// <inheritdoc/>
    protected override Dialect Upstream => Dialect.OpenAiResponses;

    /// <inheritdoc/>
    protected override void WriteSystem(JsonView content, int at)
    {
        if (SystemText.IsEmpty(content)) return;
        BeginMessage(Request.Context.Traits.DeveloperRole ? "developer"u8 : "system"u8);
        json.BeginString();
        SystemText.Append(json, content, Request, $"messages.{at}.content");
        json.EndString();
        json.EndObject();
    }

    /// <inheritdoc/>
    protected override void WriteUser(JsonView content, int at)
    {
        var start = json.Here;
        BeginMessage("user"u8);
        if (content.IsString) json.Raw(content);
        else if (!WriteBlocks(content, at))
        {
            // Nothing but results, which stand behind their calls already.
            json.TakeBack(start);
            return;
        }

        json.EndObject();
    }

    /// <inheritdoc/>
    protected override void WriteAssistant(scoped in JsonTree tree, ReadOnlySpan<TurnBlock> turn)
    {
        var (inText, hasReasoning, message) = (false, false, -1);
        foreach (ref readonly var block in turn)
        {
            if (block.Place.Message != message) EndText(ref inText);
            message = block.Place.Message;
            WriteBlock(tree, block, ref inText, ref hasReasoning);
        }

        EndText(ref inText);

        // Each of those calls that is ours is carried by a block behind it.
        if (Math.Max(_hostedCalls, _hostedResults) > _hostedCarried) Request.Lose(MessagesLosses.ServerTools);
        (_hostedCalls, _hostedResults, _hostedCarried) = (0, 0, 0);
    }

    /// <inheritdoc/>
    protected override void WriteResult(scoped in JsonTree tree, ReadOnlySpan<byte> id, in ToolResult result, Place place)
    {
        BeginResult(id);
        if (result.IsPlainText(tree)) json.EscapedString(tree.Inside(result.Content));
        else WriteContent(tree, result, place);
        json.EndObject();
    }

    private void WriteContent(scoped in JsonTree tree, in ToolResult result, Place place)
    {
        var content = tree.View(result.Content);
        var isError = result.IsError;
        if (isError) Request.Lose(MessagesLosses.IsError);
        if (_parts.NeedsParts(content))
        {
            _parts.BeginParts();
            if (isError) _parts.Note("Error:"u8);
            _parts.WriteAll(content, place);
            _parts.EndParts();
        }
        else
        {
            _parts.BeginString(isError ? "Error: "u8 : default);
            _parts.WriteAll(content, place);
            _parts.EndString();
        }
    }

    /// <inheritdoc/>
    protected override void WriteMissingResult(ReadOnlySpan<byte> id)
    {
        BeginResult(id);
        json.String("The call brought no result."u8);
        json.EndObject();
    }

    private void WriteBlock(scoped in JsonTree tree, in TurnBlock block, ref bool inText, ref bool hasReasoning)
    {
        if (AssistantText.Of(tree, block, Request, keepsServerTools: true) is { IsEmpty: false } text)
        {
            AppendText(text, ref inText);
            return;
        }

        if (block.Kind is TurnBlockKind.Content or TurnBlockKind.Text) return;
        EndText(ref inText);
        if (block.Kind != TurnBlockKind.Call) WriteState(tree.View(block.Whole), ref hasReasoning);
        else
        {
            if (!hasReasoning && ReasoningCarry.Recall(json, tree.View(block.Id), Request)) _hostedCarried = int.MaxValue / 2;
            WriteCall(tree, block);
        }
    }

    /// <summary>Writes what goes back to the provider as it came from there.</summary>
    private void WriteState(JsonView block, ref bool hasReasoning)
    {
        var type = block["type"u8];
        if (type.Is("thinking"u8)) hasReasoning |= ReasoningCarry.Write(json, block["signature"u8], Request) > 0;
        else if (type.Is("redacted_thinking"u8))
        {
            var carried = ReasoningCarry.Write(json, block["data"u8], Request);
            hasReasoning |= carried == ReasoningCarry.ItemMark;
            if (carried == ReasoningCarry.HostedMark) _hostedCarried++;
        }
        else if (type.Is("web_search_tool_result"u8)) SearchCarry.Write(json, block, Request);
        else if (type.Is("mcp_tool_use"u8) || (type.Is("server_tool_use"u8) && !block["name"u8].Is("web_search"u8))) _hostedCalls++;
        else if (ServerBlocks.IsResult(type)) _hostedResults++;
    }

    private void WriteCall(scoped in JsonTree tree, in TurnBlock call)
    {
        CheckCall(tree, call);
        var id = SentId(tree.Escaped(call.Id));
        Calls.Add(id);
        json.BeginObjectUpTo("\"type\":\"function_call\",\"call_id\":"u8);
        json.EscapedString(id);
        json.EscapedString("name"u8, Request.Names.Add(Request.Plain(tree.Escaped(call.Name)), default, ToolKind.Function).Sent);
        json.Name("arguments"u8);
        ToolInput.Write(json, tree, call.Input);
        json.EndObject();
    }

    private bool WriteBlocks(JsonView content, int at)
    {
        var asParts = NeedsParts(_parts, content, at);
        if (asParts) _parts.BeginParts();
        else _parts.BeginString(default);
        var (index, any) = (0, false);
        foreach (var block in content.Items)
        {
            var place = new Place(at, index++);
            if (!block["type"u8].Is("tool_result"u8)) _parts.Write(block, place);
            else if (IsTaken(block, at)) continue;
            else
            {
                Request.Lose(MessagesLosses.OrphanResult);
                _parts.Note("Result of an earlier tool call:"u8);
                _parts.WriteAll(block["content"u8], place);
            }

            any = true;
        }

        if (asParts) _parts.EndParts();
        else _parts.EndString();
        return any;
    }

    private void AppendText(ReadOnlySpan<byte> text, ref bool inText)
    {
        if (!inText)
        {
            BeginMessage("assistant"u8);
            json.BeginString();
        }

        inText = true;
        json.AppendEscaped(text);
    }

    private void EndText(ref bool inText)
    {
        if (!inText) return;
        inText = false;
        json.EndString();
        json.EndObject();
    }

    private void BeginMessage(ReadOnlySpan<byte> role)
    {
        json.BeginObjectUpTo("\"type\":\"message\",\"role\":"u8);
        json.EscapedString(role);
        json.Name("content"u8);
    }

    private void BeginResult(ReadOnlySpan<byte> id)
    {
        json.BeginObjectUpTo("\"type\":\"function_call_output\",\"call_id\":"u8);
        json.EscapedString(id);
        json.Name("output"u8);
    }
}
