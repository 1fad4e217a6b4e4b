using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Anthropic;

namespace Gatehouse.Dialects.Translation.AnthropicToChat;

/// <summary>Writes the messages of a Messages request as chat messages.</summary>
internal sealed class HistoryMap(MessagesEdgeRequest request, JsonWriter json) : MessagesHistory(request)
{
    private readonly ChatParts _parts = new(request, json);
    private bool _leavesAttachments;

    /// <inheritdoc/>
    protected override Dialect Upstream => Dialect.OpenAiChat;

    /// <summary>Writes the request's own instructions, if it has any.</summary>
    public void WriteInstructions(JsonView system)
    {
        if (SystemText.IsEmpty(system)) return;
        json.BeginObject();
        json.String("role"u8, Request.Context.Traits.DeveloperRole ? "developer"u8 : "system"u8);
        json.Name("content"u8);
        if (_parts.TakesMarks && system.IsArray) WriteMarked(system);
        else
        {
            json.BeginString();
            SystemText.Append(json, system, Request, "system");
            json.EndString();
        }

        json.EndObject();
    }

    /// <summary>Instructions as parts, for a host that takes cache marks.</summary>
    private void WriteMarked(JsonView system)
    {
        var index = 0;
        _parts.BeginParts();
        foreach (var block in system.Items)
        {
            if (!SystemText.IsNothing(block) && block["type"u8].Is("text"u8)) _parts.Write(block, default);
            else if (!SystemText.IsNothing(block)) Request.Refuse($"system.{index}", "must be a text block.");
            index++;
        }

        _parts.EndParts();
    }

    /// <inheritdoc/>
    protected override void WriteSystem(JsonView content, int at)
    {
        if (SystemText.IsEmpty(content)) return;
        var traits = Request.Context.Traits;
        if (!traits.SystemAnywhere) Request.Lose(MessagesLosses.SystemPlace);
        json.BeginObject();
        json.String("role"u8, !traits.SystemAnywhere ? "user"u8 : traits.DeveloperRole ? "developer"u8 : "system"u8);
        json.Name("content"u8);
        json.BeginString();
        if (!traits.SystemAnywhere) json.AppendEscaped("<system>\\n"u8);
        SystemText.Append(json, content, Request, $"messages.{at}.content");
        if (!traits.SystemAnywhere) json.AppendEscaped("\\n</system>"u8);
        json.EndString();
        json.EndObject();
    }

    /// <inheritdoc/>
    protected override void WriteUser(JsonView content, int at)
    {
        var start = json.Here;
        json.BeginObject();
        json.RawMembers("\"role\":\"user\""u8);
        json.Name("content"u8);
        if (content.IsString) WriteText(content, at);
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
        json.BeginObjectUpTo("\"role\":\"assistant\",\"content\":"u8);
        var rest = AssistantContent.Write(json, tree, turn, Request);
        var traits = Request.Context.Traits;
        if (rest.Calls && traits.ReasoningContentEcho) ReasoningEcho.Write(json, tree, turn, Request);
        if (rest.Thinks || (rest.Calls && traits.ReasoningDetails)) ReasoningEcho.WriteDetails(json, tree, turn, Request, isTextBack: rest.Calls && traits.ReasoningContentEcho);
        if (rest.Calls) WriteCalls(tree, turn);
        json.EndObject();
    }

    /// <inheritdoc/>
    protected override void WriteResult(scoped in JsonTree tree, ReadOnlySpan<byte> id, in ToolResult result, Place place)
    {
        BeginResult(id);
        if (result.IsPlainText(tree) && !_parts.TakesMarks) json.EscapedString(tree.Inside(result.Content));
        else WriteContent(tree, result, place);
        json.EndObject();
    }

    private void WriteContent(scoped in JsonTree tree, in ToolResult result, Place place)
    {
        var content = tree.View(result.Content);
        var isError = result.IsError;
        if (isError) Request.Lose(MessagesLosses.IsError);
        var needsParts = _parts.NeedsParts(content);
        if (needsParts ? Request.Context.Traits.ImagesInToolResults : _parts.TakesMarks)
        {
            var start = json.Here;
            _parts.BeginParts();
            if (isError) _parts.Note("Error:"u8);
            if (!TryWriteParts(content, place) && !isError)
            {
                json.TakeBack(start);
                json.String(""u8);
                return;
            }

            _parts.Mark(tree.View(result.CacheControl));
            _parts.EndParts();
        }
        else
        {
            _leavesAttachments |= needsParts;
            _parts.BeginString(isError ? "Error: "u8 : default);
            _parts.WriteAll(content, place);
            _parts.EndString();
        }
    }

    /// <summary>Writes content as parts of the array at hand. False where it is empty: no host takes an array without parts, nor a mark on an empty one.</summary>
    private bool TryWriteParts(JsonView content, Place place)
    {
        var start = json.Output.Length;
        if (!content.IsEmpty) _parts.WriteAll(content, place);
        return json.Output.Length > start;
    }

    private void WriteText(JsonView content, int at)
    {
        if (!_parts.TakesMarks || content.IsEmpty)
        {
            json.Raw(content);
            return;
        }

        _parts.BeginParts();
        _parts.WriteAll(content, new Place(at, 0));
        _parts.EndParts();
    }

    /// <inheritdoc/>
    protected override void WriteMissingResult(ReadOnlySpan<byte> id)
    {
        BeginResult(id);
        json.String("The call brought no result."u8);
        json.EndObject();
    }

    /// <inheritdoc/>
    protected override void AfterResults(scoped in JsonTree tree, ReadOnlySpan<HistoryMessage> messages, int at)
    {
        if (!_leavesAttachments) return;
        _leavesAttachments = false;
        var any = false;
        foreach (ref readonly var message in messages)
        {
            foreach (var block in tree.View(message.Content).Items)
            {
                if (block["type"u8].Is("tool_result"u8) && _parts.NeedsParts(block["content"u8]) && IsWithItsCall(block, at)) WriteAttachments(block, at, ref any);
            }

            at++;
        }

        if (!any) return;
        _parts.EndParts();
        json.EndObject();
    }

    private void WriteAttachments(JsonView result, int at, ref bool any)
    {
        if (!any)
        {
            any = true;
            json.BeginObject();
            json.String("role"u8, "user"u8);
            json.Name("content"u8);
            _parts.BeginParts();
            _parts.Note("What the tool results above refer to:"u8);
        }

        _parts.WriteAttachments(result["content"u8], new Place(at, 0));
    }

    /// <summary>Writes the content of a user's message; false when nothing of it is left.</summary>
    private bool WriteBlocks(JsonView content, int at)
    {
        var asParts = _parts.TakesMarks || NeedsParts(_parts, content, at);
        var start = json.Here;
        if (asParts) _parts.BeginParts();
        else _parts.BeginString(default);
        var (index, any, empty) = (0, false, json.Output.Length);
        foreach (var block in content.Items)
        {
            var place = new Place(at, index++);
            if (!block["type"u8].Is("tool_result"u8)) _parts.Write(block, place);
            else if (IsTaken(block, at)) continue;
            else WriteOrphan(block, place);
            any = true;
        }

        if (asParts && any && json.Output.Length == empty)
        {
            json.TakeBack(start);
            json.String(""u8);
        }
        else if (asParts) _parts.EndParts();
        else _parts.EndString();
        return any;
    }

    private void WriteOrphan(JsonView block, Place place)
    {
        Request.Lose(MessagesLosses.OrphanResult);
        _parts.Note("Result of an earlier tool call:"u8);
        _parts.WriteAll(block["content"u8], place);
    }

    private void BeginResult(ReadOnlySpan<byte> id)
    {
        json.BeginObjectUpTo("\"role\":\"tool\",\"tool_call_id\":"u8);
        json.EscapedString(id);
        json.Name("content"u8);
    }

    private void WriteCalls(scoped in JsonTree tree, ReadOnlySpan<TurnBlock> turn)
    {
        json.BeginArray("tool_calls"u8);
        foreach (ref readonly var block in turn)
        {
            if (block.Kind == TurnBlockKind.Call) WriteCall(tree, block);
        }

        json.EndArray();
    }

    private void WriteCall(scoped in JsonTree tree, in TurnBlock call)
    {
        CheckCall(tree, call);
        var id = SentId(tree.Escaped(call.Id));
        Calls.Add(id);
        json.BeginObject();
        json.EscapedString("id"u8, id);
        json.RawUpTo("\"type\":\"function\",\"function\":"u8);
        json.BeginObject();
        json.EscapedString("name"u8, Request.Names.Add(Request.Plain(tree.Escaped(call.Name)), default, ToolKind.Function).Sent);
        json.Name("arguments"u8);
        ToolInput.Write(json, tree, call.Input);
        json.EndObject();
        json.EndObject();
    }
}
