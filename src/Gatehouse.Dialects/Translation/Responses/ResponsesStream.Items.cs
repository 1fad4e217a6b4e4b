using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Responses;

/// <content>The events of items and their parts.</content>
internal sealed partial class ResponsesStream
{
    /// <summary>Opens a message.</summary>
    public ResponsesItem OpenMessage() => Added(Add(ItemShape.Message, "msg"u8));

    /// <summary>Opens reasoning.</summary>
    public ResponsesItem OpenReasoning() => Added(Add(ItemShape.Reasoning, "rs"u8));

    /// <summary>Opens a call of a function.</summary>
    /// <param name="callId">The id that call and result share, plain, without need for escapes.</param>
    /// <param name="name">The tool's name, escaped.</param>
    /// <param name="toolNamespace">Its namespace, escaped, or null.</param>
    public ResponsesItem OpenFunction(byte[] callId, byte[] name, byte[]? toolNamespace) =>
        Added(Add(ItemShape.Function, "fc"u8, callId, name, toolNamespace));

    /// <summary>Opens a call of a free-form tool.</summary>
    public ResponsesItem OpenCustom(byte[] callId, byte[] name, byte[]? toolNamespace) =>
        Added(Add(ItemShape.Custom, "ctc"u8, callId, name, toolNamespace));

    /// <summary>Opens a search by the provider.</summary>
    public ResponsesItem OpenWebSearch()
    {
        var item = Added(Add(ItemShape.WebSearch, "ws"u8));
        Tell("response.web_search_call.in_progress"u8, item);
        Tell("response.web_search_call.searching"u8, item);
        return item;
    }

    /// <summary>Adds an item that is whole already.</summary>
    /// <param name="prefix">How its id begins.</param>
    /// <param name="members">Its members but for <c>id</c> and <c>status</c>.</param>
    public void AddWhole(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> members)
    {
        var item = Add(ItemShape.Whole, prefix);
        var json = new JsonWriter(item.Final);
        json.BeginObject();
        json.String("id"u8, item.Id);
        json.String("status"u8, "completed"u8);
        json.RawMembers(members);
        json.EndObject();
        WriteItemEvent("response.output_item.added"u8, item);
        WriteItemEvent("response.output_item.done"u8, item);
    }

    /// <summary>Adds a call of an MCP server that the provider made, with its result: everything still escaped.</summary>
    public void AddMcpCall(ReadOnlySpan<byte> server, ReadOnlySpan<byte> name, ReadOnlySpan<byte> arguments, ReadOnlySpan<byte> result, bool isError)
    {
        var item = Add(ItemShape.Whole, "mcp"u8);
        var json = Begin("response.output_item.added"u8);
        json.Number("output_index"u8, item.Index);
        json.Name("item"u8);
        ItemText.WriteMcpCall(json, item, "in_progress"u8, server, name, default);
        json.Null("output"u8);
        json.Null("error"u8);
        json.EndObject();
        Finish();
        Tell("response.mcp_call.in_progress"u8, item);
        Of("response.mcp_call_arguments.delta"u8, item).EscapedString("delta"u8, arguments);
        Finish();
        Of("response.mcp_call_arguments.done"u8, item).EscapedString("arguments"u8, arguments);
        Finish();
        Tell(isError ? "response.mcp_call.failed"u8 : "response.mcp_call.completed"u8, item);
        json = new JsonWriter(item.Final);
        ItemText.WriteMcpCall(json, item, isError ? "failed"u8 : "completed"u8, server, name, arguments);
        if (isError) json.Null("output"u8);
        else json.EscapedString("output"u8, result);
        if (isError) ItemText.WriteMcpError(json, result);
        else json.Null("error"u8);
        json.EndObject();
        WriteItemEvent("response.output_item.done"u8, item);
    }

    /// <summary>Adds code that the provider ran, with what it put out: everything still escaped.</summary>
    public void AddCode(ReadOnlySpan<byte> code, ReadOnlySpan<byte> logs, bool hasOutputs, bool isError)
    {
        var item = Add(ItemShape.Whole, "ci"u8);
        var json = Begin("response.output_item.added"u8);
        json.Number("output_index"u8, item.Index);
        json.Name("item"u8);
        ItemText.WriteCode(json, item, _key, "in_progress"u8, default, default, hasOutputs: false);
        Finish();
        Tell("response.code_interpreter_call.in_progress"u8, item);
        if (!code.IsEmpty)
        {
            Of("response.code_interpreter_call_code.delta"u8, item).EscapedString("delta"u8, code);
            Finish();
        }

        Of("response.code_interpreter_call_code.done"u8, item).EscapedString("code"u8, code);
        Finish();
        Tell("response.code_interpreter_call.interpreting"u8, item);
        Tell("response.code_interpreter_call.completed"u8, item);
        ItemText.WriteCode(new JsonWriter(item.Final), item, _key, isError ? "failed"u8 : "completed"u8, code, logs, hasOutputs);
        WriteItemEvent("response.output_item.done"u8, item);
    }

    /// <summary>Opens a part of a message or of reasoning; one that is open is closed first.</summary>
    public void OpenPart(ResponsesItem item, PartShape shape)
    {
        ClosePart(item);
        item.Part = shape;
        item.Text.Clear();
        item.Annotations.Clear();
        item.Logprobs.Clear();
        var json = Part(shape == PartShape.Summary ? "response.reasoning_summary_part.added"u8 : "response.content_part.added"u8, item);
        json.Name("part"u8);
        ItemText.WritePart(json, item);
        Finish();
    }

    /// <summary>Adds text, still escaped, to the open part.</summary>
    /// <param name="item">The item.</param>
    /// <param name="escaped">The text.</param>
    /// <param name="logprobs">Log probabilities of its tokens, separated by commas; empty where nobody asked.</param>
    public void Text(ResponsesItem item, ReadOnlySpan<byte> escaped, ReadOnlySpan<byte> logprobs = default)
    {
        if (escaped.IsEmpty) return;
        item.Text.Append(escaped);
        var json = Part(
            item.Part switch
            {
                PartShape.Summary => "response.reasoning_summary_text.delta"u8,
                PartShape.Refusal => "response.refusal.delta"u8,
                _ => "response.output_text.delta"u8,
            },
            item);
        json.EscapedString("delta"u8, escaped);
        if (item.Part == PartShape.Text) ItemText.WriteLogprobs(json, logprobs);
        Finish();
        if (logprobs.IsEmpty || item.Part != PartShape.Text) return;
        if (item.Logprobs.Length > 0) item.Logprobs.Append((byte)',');
        item.Logprobs.Append(logprobs);
    }

    /// <summary>Notes an annotation of the open text part; it is told of before the part is done.</summary>
    public static void Annotate(ResponsesItem item, ReadOnlySpan<byte> annotation)
    {
        if (item.Annotations.Length > 0) item.Annotations.Append((byte)',');
        item.Annotations.Append(annotation);
    }

    /// <summary>Adds to the arguments of a function call or to the input of a free-form one, still escaped.</summary>
    public void Input(ResponsesItem item, ReadOnlySpan<byte> escaped)
    {
        if (escaped.IsEmpty) return;
        item.Text.Append(escaped);
        var json = Of(item.Shape == ItemShape.Custom ? "response.custom_tool_call_input.delta"u8 : "response.function_call_arguments.delta"u8, item);
        json.EscapedString("delta"u8, escaped);
        Finish();
    }

    /// <summary>Closes an item; does nothing when it is done already.</summary>
    /// <param name="item">The item.</param>
    /// <param name="status"><c>completed</c> or <c>incomplete</c>.</param>
    /// <param name="extra">More members for the item's JSON: a search's <c>action</c>, or reasoning's <c>encrypted_content</c>.</param>
    public void Close(ResponsesItem item, ReadOnlySpan<byte> status, ReadOnlySpan<byte> extra = default)
    {
        if (item.IsDone) return;
        ClosePart(item);
        switch (item.Shape)
        {
            case ItemShape.Function:
                var arguments = Of("response.function_call_arguments.done"u8, item);
                arguments.EscapedString("arguments"u8, item.Text.Written);
                Finish();
                break;
            case ItemShape.Custom:
                var input = Of("response.custom_tool_call_input.done"u8, item);
                input.EscapedString("input"u8, item.Text.Written);
                Finish();
                break;
            case ItemShape.WebSearch:
                Tell("response.web_search_call.completed"u8, item);
                break;
        }

        ItemText.WriteItem(new JsonWriter(item.Final), item, status, extra);
        WriteItemEvent("response.output_item.done"u8, item);
        item.Text.Dispose();
        item.Parts.Dispose();
        item.Annotations.Dispose();
        item.Logprobs.Dispose();
    }

    /// <summary>Closes the open part of an item, if there is one.</summary>
    public void ClosePart(ResponsesItem item)
    {
        if (item.Part == PartShape.None) return;
        WriteAnnotations(item);
        var isSummary = item.Part == PartShape.Summary;
        var text = Part(
            item.Part switch
            {
                PartShape.Summary => "response.reasoning_summary_text.done"u8,
                PartShape.Refusal => "response.refusal.done"u8,
                _ => "response.output_text.done"u8,
            },
            item);
        text.EscapedString(item.Part == PartShape.Refusal ? "refusal"u8 : "text"u8, item.Text.Written);
        if (item.Part == PartShape.Text) ItemText.WriteLogprobs(text, item.Logprobs.Written);
        Finish();

        var part = Part(isSummary ? "response.reasoning_summary_part.done"u8 : "response.content_part.done"u8, item);
        part.Name("part"u8);
        ItemText.WritePart(part, item);
        Finish();
        if (item.Parts.Length > 0) item.Parts.Append((byte)',');
        ItemText.WritePart(new JsonWriter(item.Parts), item);
        item.Part = PartShape.None;
        item.PartIndex++;
    }

    private ResponsesItem Added(ResponsesItem item)
    {
        var json = Begin("response.output_item.added"u8);
        json.Number("output_index"u8, item.Index);
        json.Name("item"u8);
        ItemText.WriteItem(json, item, "in_progress"u8, item.Shape == ItemShape.WebSearch ? "\"action\":{\"type\":\"search\"}"u8 : default);
        Finish();
        return item;
    }

    private void WriteItemEvent(ReadOnlySpan<byte> type, ResponsesItem item)
    {
        var json = Begin(type);
        json.Number("output_index"u8, item.Index);
        json.Raw("item"u8, item.Final.Written);
        Finish();
    }

    private void WriteAnnotations(ResponsesItem item)
    {
        if (item.Annotations.Length == 0) return;
        item.Annotations.Append((byte)']');
        using var list = new PooledBuffer();
        list.Append((byte)'[');
        list.Append(item.Annotations.Written);
        item.Annotations.Truncate(item.Annotations.Length - 1);
        var index = 0;
        foreach (var annotation in JsonView.Trusted(list.Written).Items)
        {
            var json = Part("response.output_text.annotation.added"u8, item);
            json.Number("annotation_index"u8, index++);
            json.Raw("annotation"u8, annotation.Raw);
            Finish();
        }
    }

    private JsonWriter Of(ReadOnlySpan<byte> type, ResponsesItem item)
    {
        var json = Begin(type);
        json.String("item_id"u8, item.Id);
        json.Number("output_index"u8, item.Index);
        return json;
    }

    private JsonWriter Part(ReadOnlySpan<byte> type, ResponsesItem item)
    {
        var json = Of(type, item);
        json.Number(item.Part == PartShape.Summary ? "summary_index"u8 : "content_index"u8, item.PartIndex);
        return json;
    }

    private void Tell(ReadOnlySpan<byte> type, ResponsesItem item)
    {
        _ = Of(type, item);
        Finish();
    }
}
