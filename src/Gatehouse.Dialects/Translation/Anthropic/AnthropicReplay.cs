using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Anthropic;

/// <summary>Writes a message, as a call without <c>stream</c> brings it, as the events of a stream. Members that nobody knows stay where they are.</summary>
internal static class AnthropicReplay
{
    /// <summary>Writes the events. False, with nothing written, when the document is no message.</summary>
    public static bool TryWrite(ReadOnlySpan<byte> body, EventWriter events)
    {
        using var loan = IndexLoan.Take();
        if (!JsonView.TryParse(body, loan.Index, out var document) || !document["type"u8].Is("message"u8) || !document["content"u8].IsArray) return false;
        WriteStart(events, document);
        var index = 0;
        foreach (var block in document["content"u8].Items) WriteBlock(events, block, index++);
        WriteEnd(events, document);
        return true;
    }

    private static void WriteStart(EventWriter events, JsonView document)
    {
        var json = Begin(events, "message_start"u8);
        json.BeginObject("message"u8);
        foreach (var member in document.Members)
        {
            json.EscapedName(member.EscapedName);
            if (member.Is("content"u8)) json.Raw("[]"u8);
            else if (member.Is("stop_reason"u8) || member.Is("stop_sequence"u8) || member.Is("stop_details"u8)) json.Null();
            else json.Raw(member.Value);
        }

        json.EndObject();
        End(events);
    }

    private static void WriteEnd(EventWriter events, JsonView document)
    {
        var json = Begin(events, "message_delta"u8);
        json.BeginObject("delta"u8);
        json.Raw("stop_reason"u8, document["stop_reason"u8] is { Exists: true } reason ? reason.Raw : "null"u8);
        json.Raw("stop_sequence"u8, document["stop_sequence"u8] is { Exists: true } stop ? stop.Raw : "null"u8);
        json.RawIfPresent("stop_details"u8, document["stop_details"u8]);
        json.RawIfPresent("container"u8, document["container"u8]);
        json.EndObject();
        json.Raw("usage"u8, document["usage"u8] is { IsObject: true } usage ? usage.Raw : """{"output_tokens":0}"""u8);
        json.RawIfPresent("context_management"u8, document["context_management"u8]);
        End(events);
        Begin(events, "message_stop"u8);
        End(events);
    }

    private static void WriteBlock(EventWriter events, JsonView block, int index)
    {
        var kind = MessageBlock.KindOf(block);
        var json = Begin(events, "content_block_start"u8);
        json.Number("index"u8, index);
        json.BeginObject("content_block"u8);
        foreach (var member in block.Members)
        {
            json.EscapedName(member.EscapedName);
            if (kind == StreamedBlock.Text && member.Is("citations"u8)) json.Raw(member.Value.IsArray ? "[]"u8 : member.Value.Raw);
            else if (!MessageBlock.IsStreamed(kind, member)) json.Raw(member.Value);
            else json.Raw(member.Value.IsString ? "\"\""u8 : "{}"u8);
        }

        json.EndObject();
        End(events);
        WriteDeltas(events, block, kind, index);
        Begin(events, "content_block_stop"u8).Number("index"u8, index);
        End(events);
    }

    private static void WriteDeltas(EventWriter events, JsonView block, StreamedBlock kind, int index)
    {
        switch (kind)
        {
            case StreamedBlock.Text:
                WriteDelta(events, index, "text_delta"u8, "text"u8, block["text"u8]);
                foreach (var citation in block["citations"u8].Items) WriteDelta(events, index, "citations_delta"u8, "citation"u8, citation);
                break;
            case StreamedBlock.Thinking:
                WriteDelta(events, index, "thinking_delta"u8, "thinking"u8, block["thinking"u8]);
                WriteDelta(events, index, "signature_delta"u8, "signature"u8, block["signature"u8]);
                break;
            case StreamedBlock.Tool when block["input"u8].Exists:
                var json = BeginDelta(events, index, "input_json_delta"u8);
                json.String("partial_json"u8, block["input"u8].Raw);
                json.EndObject();
                End(events);
                break;
            default:
                break;
        }
    }

    private static void WriteDelta(EventWriter events, int index, ReadOnlySpan<byte> type, ReadOnlySpan<byte> name, JsonView value)
    {
        if (!value.Exists || (value.IsString && value.IsEmpty)) return;
        var json = BeginDelta(events, index, type);
        json.Raw(name, value.Raw);
        json.EndObject();
        End(events);
    }

    private static JsonWriter BeginDelta(EventWriter events, int index, ReadOnlySpan<byte> type)
    {
        var json = Begin(events, "content_block_delta"u8);
        json.Number("index"u8, index);
        json.BeginObject("delta"u8);
        json.String("type"u8, type);
        return json;
    }

    private static JsonWriter Begin(EventWriter events, ReadOnlySpan<byte> name)
    {
        var json = events.Begin(name);
        json.BeginObject();
        json.String("type"u8, name);
        return json;
    }

    private static void End(EventWriter events)
    {
        events.Json.EndObject();
        events.End();
    }
}
