using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Responses;

/// <summary>
/// Writes a response object as the events of the stream that would have brought it: each text in one delta. The last event holds the
/// document as it is, so that nothing in it is lost, whatever it is.
/// </summary>
internal sealed class ResponsesReplay(EventWriter events)
{
    private long _sequence;
    private long _index;

    /// <summary>Writes the events. False, with nothing written, when the document is no response that has ended.</summary>
    public static bool TryWrite(ReadOnlySpan<byte> document, EventWriter events)
    {
        using var loan = IndexLoan.Take();
        if (!JsonView.TryParse(document, loan.Index, out var response) || !response["object"u8].Is("response"u8)) return false;
        var last = Last(response["status"u8]);
        if (last.IsEmpty) return false;
        var replay = new ResponsesReplay(events);
        replay.Write(response, last);
        return true;
    }

    private static ReadOnlySpan<byte> Last(JsonView status) =>
        status.Is("completed"u8) || status.IsNullOrAbsent ? "response.completed"u8
        : status.Is("incomplete"u8) ? "response.incomplete"u8
        : status.Is("failed"u8) ? "response.failed"u8
        : default;

    private void Write(JsonView response, ReadOnlySpan<byte> last)
    {
        WriteBegun("response.created"u8, response);
        WriteBegun("response.in_progress"u8, response);
        foreach (var item in response["output"u8].Items)
        {
            WriteItem(item);
            _index++;
        }

        Begin(last).Raw("response"u8, response.Raw);
        End();
    }

    private void WriteBegun(ReadOnlySpan<byte> type, JsonView response)
    {
        var json = Begin(type);
        json.BeginObject("response"u8);
        foreach (var member in response.Members)
        {
            json.EscapedName(member.EscapedName);
            if (member.Is("status"u8)) json.String("in_progress"u8);
            else if (member.Is("output"u8)) json.Raw("[]"u8);
            else if (member.Is("usage"u8) || member.Is("error"u8) || member.Is("incomplete_details"u8) || member.Is("completed_at"u8)) json.Null();
            else if (member.Is("output_text"u8)) json.String(ReadOnlySpan<byte>.Empty);
            else json.Raw(member.Value);
        }

        json.EndObject();
        End();
    }

    private void WriteItem(JsonView item)
    {
        WriteAdded(item);
        var type = item["type"u8];
        if (type.Is("message"u8)) WriteContent(item, "content"u8);
        else if (type.Is("reasoning"u8))
        {
            WriteContent(item, "summary"u8);
            WriteContent(item, "content"u8);
        }
        else if (type.Is("function_call"u8))
            WriteText(item, "response.function_call_arguments.delta"u8, "response.function_call_arguments.done"u8, "arguments"u8);
        else if (type.Is("custom_tool_call"u8))
            WriteText(item, "response.custom_tool_call_input.delta"u8, "response.custom_tool_call_input.done"u8, "input"u8);
        else if (type.Is("web_search_call"u8))
        {
            _ = Of("response.web_search_call.in_progress"u8, item);
            End();
            _ = Of("response.web_search_call.searching"u8, item);
            End();
            _ = Of("response.web_search_call.completed"u8, item);
            End();
        }

        var json = Begin("response.output_item.done"u8);
        json.Number("output_index"u8, _index);
        json.Raw("item"u8, item.Raw);
        End();
    }

    /// <summary>The item as it is at first: what deltas will bring is empty.</summary>
    private void WriteAdded(JsonView item)
    {
        var json = Begin("response.output_item.added"u8);
        json.Number("output_index"u8, _index);
        json.BeginObject("item"u8);
        foreach (var member in item.Members)
        {
            json.EscapedName(member.EscapedName);
            if (member.Is("status"u8)) json.String("in_progress"u8);
            else if ((member.Is("content"u8) || member.Is("summary"u8)) && member.Value.IsArray) json.Raw("[]"u8);
            else if ((member.Is("arguments"u8) || member.Is("input"u8)) && member.Value.IsString) json.String(ReadOnlySpan<byte>.Empty);
            else json.Raw(member.Value);
        }

        json.EndObject();
        End();
    }

    private void WriteText(JsonView item, ReadOnlySpan<byte> delta, ReadOnlySpan<byte> done, ReadOnlySpan<byte> field)
    {
        var text = item[field];
        if (!text.IsString) return;
        if (!text.IsEmpty)
        {
            Of(delta, item).Raw("delta"u8, text.Raw);
            End();
        }

        Of(done, item).Raw(field, text.Raw);
        End();
    }

    private void WriteContent(JsonView item, ReadOnlySpan<byte> list)
    {
        long at = 0;
        foreach (var part in item[list].Items) WritePart(item, part, at++);
    }

    private void WritePart(JsonView item, JsonView part, long at)
    {
        var type = part["type"u8];
        var isSummary = type.Is("summary_text"u8);
        var field = type.Is("refusal"u8) ? "refusal"u8 : "text"u8;
        WritePartEvent(isSummary ? "response.reasoning_summary_part.added"u8 : "response.content_part.added"u8, item, part, at, isSummary, field);
        if (part[field] is { IsString: true, IsEmpty: false } text)
        {
            var json = OfPart(
                isSummary ? "response.reasoning_summary_text.delta"u8
                : type.Is("refusal"u8) ? "response.refusal.delta"u8
                : type.Is("reasoning_text"u8) ? "response.reasoning_text.delta"u8
                : "response.output_text.delta"u8,
                item, at, isSummary);
            json.Raw("delta"u8, text.Raw);
            if (type.Is("output_text"u8)) json.Raw("logprobs"u8, part["logprobs"u8].IsArray ? part["logprobs"u8].Raw : "[]"u8);
            End();
        }

        WriteAnnotations(item, part, at);
        var done = OfPart(
            isSummary ? "response.reasoning_summary_text.done"u8
            : type.Is("refusal"u8) ? "response.refusal.done"u8
            : type.Is("reasoning_text"u8) ? "response.reasoning_text.done"u8
            : "response.output_text.done"u8,
            item, at, isSummary);
        done.Raw(field, part[field].IsString ? part[field].Raw : "\"\""u8);
        End();
        WritePartEvent(isSummary ? "response.reasoning_summary_part.done"u8 : "response.content_part.done"u8, item, part, at, isSummary, default);
    }

    private void WriteAnnotations(JsonView item, JsonView part, long at)
    {
        long index = 0;
        foreach (var annotation in part["annotations"u8].Items)
        {
            var json = OfPart("response.output_text.annotation.added"u8, item, at, isSummary: false);
            json.Number("annotation_index"u8, index++);
            json.Raw("annotation"u8, annotation.Raw);
            End();
        }
    }

    /// <summary>Writes a part as it is, or without <paramref name="emptied"/>, the field that deltas will bring.</summary>
    private void WritePartEvent(ReadOnlySpan<byte> type, JsonView item, JsonView part, long at, bool isSummary, ReadOnlySpan<byte> emptied)
    {
        var json = OfPart(type, item, at, isSummary);
        json.BeginObject("part"u8);
        foreach (var member in part.Members)
        {
            json.EscapedName(member.EscapedName);
            if (!emptied.IsEmpty && member.Is(emptied)) json.String(ReadOnlySpan<byte>.Empty);
            else if (!emptied.IsEmpty && (member.Is("annotations"u8) || member.Is("logprobs"u8)) && member.Value.IsArray) json.Raw("[]"u8);
            else json.Raw(member.Value);
        }

        json.EndObject();
        End();
    }

    private JsonWriter Begin(ReadOnlySpan<byte> type)
    {
        var json = events.Begin(type);
        json.BeginObject();
        json.String("type"u8, type);
        json.Number("sequence_number"u8, _sequence++);
        return json;
    }

    private JsonWriter Of(ReadOnlySpan<byte> type, JsonView item)
    {
        var json = Begin(type);
        json.Raw("item_id"u8, item["id"u8].IsString ? item["id"u8].Raw : "\"\""u8);
        json.Number("output_index"u8, _index);
        return json;
    }

    private JsonWriter OfPart(ReadOnlySpan<byte> type, JsonView item, long at, bool isSummary)
    {
        var json = Of(type, item);
        json.Number(isSummary ? "summary_index"u8 : "content_index"u8, at);
        return json;
    }

    private void End()
    {
        events.Json.EndObject();
        events.End();
    }
}
