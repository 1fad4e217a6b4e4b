using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Responses;

/// <summary>
/// <c>POST /v1/responses/compact</c> for providers that don't have it: the model is asked for a summary of the conversation, which the client gets
/// sealed in a <c>compaction</c> item, and which is put back in words when the item comes with a later request. Pure functions.
/// </summary>
public static class ResponsesCompaction
{
    /// <summary>The first byte of a sealed summary; behind it comes its text, escaped for JSON.</summary>
    private const byte StateMark = (byte)'s';

    private static ReadOnlySpan<byte> Prompt =>
        """
        Your context is almost full, and all of the conversation above will be taken away from you. Write down now what you need in order to go on with
        the work as if nothing had happened. Say, under headings of your own: what the user wants, with every wish and rule that still holds, in the
        user's own words where they matter; what was done so far and what came of it; the state of things now, with the exact names of files,
        functions, commands and values that matter; what was found out and decided, and why; what failed; and what is to be done next, step by
        step. Leave out what no longer matters. Call no tools. Answer with these notes only.
        """u8;

    private static ReadOnlySpan<byte> Lead => "The earlier part of this conversation was replaced by these notes, which you took yourself:\n\n"u8;

    /// <summary>
    /// Rewrites the body of a compact call into that of a responses call which asks for the summary. False, with nothing written, when the body is
    /// no request.
    /// </summary>
    /// <param name="compact">The compact call's body. Its own compaction items are expanded beforehand.</param>
    /// <param name="request">Gets the body: never streamed, never stored, what it shares with the conversation's other calls kept, for the prompt cache.</param>
    public static bool TryWriteRequest(ReadOnlySpan<byte> compact, PooledBuffer request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!JsonView.TryParse(compact, out var body) || !body.IsObject) return false;
        var input = body["input"u8];
        if (!input.IsString && !input.IsArray) return false;
        var json = new JsonWriter(request);
        json.BeginObject();
        foreach (var member in body.Members)
        {
            if (!IsReplaced(member)) json.Raw(member.EscapedName, member.Value.Raw);
        }

        json.Bool("store"u8, false);
        if (body["tools"u8] is { IsArray: true, IsEmpty: false }) json.String("tool_choice"u8, "none"u8);
        json.BeginArray("input"u8);
        if (input.IsString) WriteUser(json, input.Escaped, default);
        foreach (var item in input.Items) json.Raw(item);
        json.BeginObject();
        json.String("type"u8, "message"u8);
        json.String("role"u8, "user"u8);
        json.BeginArray("content"u8);
        json.BeginObject();
        json.String("type"u8, "input_text"u8);
        json.String("text"u8, Prompt);
        json.EndObject();
        json.EndArray();
        json.EndObject();
        json.EndArray();
        json.EndObject();
        return true;
    }

    /// <summary>
    /// Writes the answer of a compact call: the user's messages, and behind them one compaction item with the sealed summary. False, with nothing written,
    /// when the model's answer holds no text.
    /// </summary>
    /// <param name="compact">The compact call's body, as the client sent it.</param>
    /// <param name="response">The response object that came for the rewritten request.</param>
    /// <param name="seal">Seals the summary. It should be bound to the caller alone: the next turn may go to another provider.</param>
    /// <param name="exchangeId">The exchange's id, from which those of the answer are made.</param>
    /// <param name="created">When the exchange began, in seconds since 1970.</param>
    /// <param name="answer">Gets the document.</param>
    public static bool TryWriteAnswer(
        ReadOnlySpan<byte> compact, ReadOnlySpan<byte> response, StateSeal seal, Guid exchangeId, long created, PooledBuffer answer)
    {
        ArgumentNullException.ThrowIfNull(seal);
        ArgumentNullException.ThrowIfNull(answer);
        if (!JsonView.TryParse(compact, out var body) || !JsonView.TryParse(response, out var said)) return false;
        using var state = new PooledBuffer();
        state.Append(StateMark);
        foreach (var item in said["output"u8].Items) AppendText(item, state);
        if (state.Length == 1) return false;

        var json = new JsonWriter(answer);
        json.BeginObject();
        json.String("id"u8, $"resp_{exchangeId:N}");
        json.String("object"u8, "response.compaction"u8);
        json.Number("created_at"u8, created);
        json.BeginArray("output"u8);
        WriteUserMessages(json, body["input"u8], exchangeId);
        json.BeginObject();
        json.String("id"u8, $"cmp_{exchangeId:N}");
        json.String("type"u8, "compaction"u8);
        json.Name("encrypted_content"u8);
        json.BeginString();
        seal.Seal(state.Written, answer);
        json.EndString();
        json.EndObject();
        json.EndArray();
        json.Raw("usage"u8, said["usage"u8].IsObject ? said["usage"u8].Raw : "null"u8);
        json.EndObject();
        return true;
    }

    /// <summary>Replaces our own compaction items in a request's <c>input</c> by a message with what they hold. Others' stay as they are.</summary>
    /// <param name="body">The caller's body.</param>
    /// <param name="seal">What the items were sealed with.</param>
    /// <param name="output">Gets the whole body, if anything was replaced.</param>
    /// <returns>Whether anything was; otherwise the body can be used as it is.</returns>
    public static bool TryExpand(ReadOnlySpan<byte> body, StateSeal seal, PooledBuffer output)
    {
        ArgumentNullException.ThrowIfNull(seal);
        ArgumentNullException.ThrowIfNull(output);
        if (body.IndexOf(StateSeal.MarkBytes) < 0 || !JsonView.TryParse(body, out var request)) return false;
        using var state = new PooledBuffer();
        var (start, copied) = (output.Length, 0);
        foreach (var item in request["input"u8].Items)
        {
            if (!TryOpen(item, seal, state)) continue;
            _ = body.Overlaps(item.Raw, out var at);
            output.Append(body[copied..at]);
            WriteUser(new JsonWriter(output), state.Written[1..], Lead);
            copied = at + item.Raw.Length;
        }

        if (output.Length == start) return false;
        output.Append(body[copied..]);
        return true;
    }

    /// <summary>The message that stands for one of our own compaction items; null when it is not ours, or another caller's.</summary>
    internal static byte[]? TryOpenMessage(JsonView item, StateSeal seal)
    {
        using var state = new PooledBuffer();
        if (!TryOpen(item, seal, state)) return null;
        using var message = new PooledBuffer();
        WriteUser(new JsonWriter(message), state.Written[1..], Lead);
        return message.Written.ToArray();
    }

    private static bool IsReplaced(JsonMember member) =>
        member.Is("input"u8) || member.Is("stream"u8) || member.Is("store"u8) || member.Is("stream_options"u8) || member.Is("tool_choice"u8)
        // The notes are to have no form but their own.
        || member.Is("text"u8) || member.Is("background"u8) || member.Is("image"u8);

    private static bool TryOpen(JsonView item, StateSeal seal, PooledBuffer state)
    {
        state.Clear();
        var content = item["encrypted_content"u8];
        return item["type"u8].Is("compaction"u8) && content.StartsWith(StateSeal.MarkBytes) && seal.TryOpen(content.Escaped, state)
            && state.Length > 1 && state.Written[0] == StateMark;
    }

    private static void AppendText(JsonView item, PooledBuffer state)
    {
        if (!item["type"u8].Is("message"u8)) return;
        foreach (var part in item["content"u8].Items)
        {
            if (!part["type"u8].Is("output_text"u8)) continue;
            if (state.Length > 1) state.Append("\\n\\n"u8);
            state.Append(part["text"u8].Escaped);
        }
    }

    private static void WriteUserMessages(JsonWriter json, JsonView input, Guid exchangeId)
    {
        if (input.IsString) WriteUser(json, input.Escaped, default);
        var index = 0;
        foreach (var item in input.Items)
        {
            index++;
            if (!item["role"u8].Is("user"u8)) continue;
            json.BeginObject();
            json.Raw("id"u8, item["id"u8].IsString ? item["id"u8].Raw : System.Text.Encoding.ASCII.GetBytes($"\"msg_{exchangeId:N}{index:x4}\""));
            json.String("type"u8, "message"u8);
            json.String("role"u8, "user"u8);
            json.String("status"u8, "completed"u8);
            if (item["content"u8].IsString)
            {
                json.BeginArray("content"u8);
                WriteText(json, item["content"u8].Escaped, default);
                json.EndArray();
            }
            else
                json.Raw("content"u8, item["content"u8].IsArray ? item["content"u8].Raw : "[]"u8);

            json.EndObject();
        }
    }

    private static void WriteUser(JsonWriter json, ReadOnlySpan<byte> escaped, ReadOnlySpan<byte> lead)
    {
        json.BeginObject();
        json.String("type"u8, "message"u8);
        json.String("role"u8, "user"u8);
        json.BeginArray("content"u8);
        WriteText(json, escaped, lead);
        json.EndArray();
        json.EndObject();
    }

    private static void WriteText(JsonWriter json, ReadOnlySpan<byte> escaped, ReadOnlySpan<byte> lead)
    {
        json.BeginObject();
        json.String("type"u8, "input_text"u8);
        json.Name("text"u8);
        json.BeginString();
        json.AppendPlain(lead);
        json.AppendEscaped(escaped);
        json.EndString();
        json.EndObject();
    }
}
