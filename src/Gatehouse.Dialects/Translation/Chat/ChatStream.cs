using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Facts;
using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Chat;

/// <summary>
/// Writes an answer as a chat client reads it: a chunk with the role, deltas, a chunk with <c>finish_reason</c>, a chunk with the usage when it
/// was asked for, <c>[DONE]</c>. Content comes in still escaped and is copied. One per attempt, not thread-safe; allocates nothing per delta.
/// </summary>
/// <param name="events">Where the events go.</param>
/// <param name="context">Gives the id, the time and the model's name.</param>
/// <param name="includeUsage">Whether the usage chunk is wanted.</param>
/// <param name="legacyFunctions">Whether the client knows only <c>function_call</c>, the form from before tools.</param>
/// <param name="logprobs">Log probabilities that the next chunk is to carry; null where there are never any.</param>
internal sealed class ChatStream(EventWriter events, EdgeContext context, bool includeUsage, bool legacyFunctions, PooledBuffer? logprobs = null)
{
    private byte[] _opening = [];
    private int _tools;

    /// <summary>Whether the chunk with the role was written.</summary>
    public bool Begun => _opening.Length > 0;

    /// <summary>How many tool calls were begun.</summary>
    public int Tools => _tools;

    /// <summary>Writes the chunk with the role, once.</summary>
    /// <param name="serviceTier">The tier in OpenAI's word, or empty.</param>
    public void Begin(ReadOnlySpan<byte> serviceTier = default)
    {
        if (Begun) return;
        _opening = Opening(serviceTier);
        var json = BeginDelta();
        json.String("role"u8, "assistant"u8);
        json.String("content"u8, ""u8);
        json.Null("refusal"u8);
        EndDelta(json);
    }

    /// <summary>A piece of the answer's text.</summary>
    public void Content(ReadOnlySpan<byte> escaped) => Text("content"u8, escaped);

    /// <summary>A piece of a refusal.</summary>
    public void Refusal(ReadOnlySpan<byte> escaped) => Text("refusal"u8, escaped);

    /// <summary>A piece of the model's thinking, in the field that DeepSeek brought up and chat clients read.</summary>
    public void Reasoning(ReadOnlySpan<byte> escaped) => Text("reasoning_content"u8, escaped);

    /// <summary>Opaque state for a client that carries it: one encrypted detail, in OpenRouter's form.</summary>
    public void ReasoningDetails(ReadOnlySpan<byte> state)
    {
        Begin();
        var json = BeginDelta();
        json.BeginArray("reasoning_details"u8);
        json.BeginObject();
        json.String("type"u8, "reasoning.encrypted"u8);
        json.Name("data"u8);
        json.BeginString();
        context.Seal.Seal(state, json.Output);
        json.EndString();
        json.Null("id"u8);
        json.String("format"u8, "unknown"u8);
        json.Number("index"u8, 0);
        json.EndObject();
        json.EndArray();
        EndDelta(json);
    }

    /// <summary>Begins a tool call and gives its index.</summary>
    /// <param name="id">The id, plain, needing no escapes.</param>
    /// <param name="name">The client's name of the tool, plain.</param>
    /// <param name="kind">What the client's tool is.</param>
    public int BeginTool(ReadOnlySpan<byte> id, ReadOnlySpan<byte> name, ToolKind kind)
    {
        Begin();
        var json = BeginDelta();
        if (legacyFunctions)
            BeginCall(json, "function_call"u8, name, "arguments"u8);
        else
        {
            BeginCall(json, _tools);
            json.String("id"u8, id);
            if (kind == ToolKind.Custom)
            {
                json.String("type"u8, "custom"u8);
                BeginCall(json, "custom"u8, name, "input"u8);
            }
            else
            {
                json.String("type"u8, "function"u8);
                BeginCall(json, "function"u8, name, "arguments"u8);
            }

            EndCall(json);
        }

        EndDelta(json);
        return _tools++;
    }

    /// <summary>A piece of a tool call's arguments, or of a free-form tool's input.</summary>
    public void ToolInput(int index, ToolKind kind, ReadOnlySpan<byte> escaped)
    {
        if (escaped.IsEmpty) return;
        var json = BeginDelta();
        if (legacyFunctions)
            WriteCall(json, "function_call"u8, "arguments"u8, escaped);
        else
        {
            BeginCall(json, index);
            if (kind == ToolKind.Custom) WriteCall(json, "custom"u8, "input"u8, escaped);
            else WriteCall(json, "function"u8, "arguments"u8, escaped);
            EndCall(json);
        }

        EndDelta(json);
    }

    /// <summary>A web page that a stretch of the text rests on. Places are characters of the whole content.</summary>
    public void Citation(long start, long end, ReadOnlySpan<byte> escapedUrl, ReadOnlySpan<byte> escapedTitle)
    {
        Begin();
        var json = BeginDelta();
        json.BeginArray("annotations"u8);
        json.BeginObject();
        json.String("type"u8, "url_citation"u8);
        json.BeginObject("url_citation"u8);
        json.Number("start_index"u8, start);
        json.Number("end_index"u8, end);
        json.EscapedString("url"u8, escapedUrl);
        json.EscapedString("title"u8, escapedTitle);
        json.EndObject();
        json.EndObject();
        json.EndArray();
        EndDelta(json);
    }

    /// <summary>Ends the answer well.</summary>
    /// <param name="reason">Why it ended.</param>
    /// <param name="usage">What it took; null where the provider will not say, for nothing is made up.</param>
    public void End(StopReason reason, Usage? usage)
    {
        Begin();
        var json = BeginDelta();
        json.EndObject();
        WriteLogprobs(json);
        json.String("finish_reason"u8, legacyFunctions && reason == StopReason.ToolUse ? "function_call"u8 : StopReasons.Chat(reason));
        json.EndObject();
        json.EndArray();
        EndChunk(json);
        if (includeUsage && usage is { } known)
        {
            json = BeginChunk();
            json.BeginArray("choices"u8);
            json.EndArray();
            json.Name("usage"u8);
            UsageText.Write(json, Dialect.OpenAiChat, known);
            json.EndObject();
            events.End();
        }

        events.Done();
    }

    /// <summary>Ends the answer badly. There is no <c>[DONE]</c>: clients would take what they have for the whole.</summary>
    public void Fail(DialectError error) => events.Fail(Dialect.OpenAiChat, error);

    private void Text(ReadOnlySpan<byte> name, ReadOnlySpan<byte> escaped)
    {
        if (escaped.IsEmpty) return;
        Begin();
        var json = BeginDelta();
        json.EscapedString(name, escaped);
        EndDelta(json);
    }

    private byte[] Opening(ReadOnlySpan<byte> serviceTier)
    {
        using var text = new PooledBuffer();
        var json = new JsonWriter(text);
        json.BeginObject();
        json.String("id"u8, $"chatcmpl-{context.ExchangeId:N}");
        json.String("object"u8, "chat.completion.chunk"u8);
        json.Number("created"u8, context.Created);
        json.String("model"u8, context.ModelAsked);
        if (!serviceTier.IsEmpty) json.String("service_tier"u8, serviceTier);
        return text.Written[1..].ToArray();
    }

    private JsonWriter BeginChunk()
    {
        var json = events.Begin();
        json.BeginObject();
        json.RawMembers(_opening);
        return json;
    }

    private JsonWriter BeginDelta()
    {
        var json = BeginChunk();
        json.BeginArray("choices"u8);
        json.BeginObject();
        json.Number("index"u8, 0);
        json.BeginObject("delta"u8);
        return json;
    }

    private void EndDelta(JsonWriter json)
    {
        json.EndObject();
        WriteLogprobs(json);
        json.Null("finish_reason"u8);
        json.EndObject();
        json.EndArray();
        EndChunk(json);
    }

    private void WriteLogprobs(JsonWriter json)
    {
        if (logprobs is null or { Length: 0 })
        {
            json.Null("logprobs"u8);
            return;
        }

        json.BeginObject("logprobs"u8);
        json.BeginArray("content"u8);
        json.Raw(logprobs.Written);
        json.EndArray();
        json.Null("refusal"u8);
        json.EndObject();
        logprobs.Clear();
    }

    /// <summary>Every chunk but the last says that the usage is yet to come, when it was asked for.</summary>
    private void EndChunk(JsonWriter json)
    {
        if (includeUsage) json.Null("usage"u8);
        json.EndObject();
        events.End();
    }

    private static void BeginCall(JsonWriter json, int index)
    {
        json.BeginArray("tool_calls"u8);
        json.BeginObject();
        json.Number("index"u8, index);
    }

    private static void EndCall(JsonWriter json)
    {
        json.EndObject();
        json.EndArray();
    }

    /// <summary>A call's first chunk has its name, whatever the upstream calls it, and no input yet.</summary>
    private static void BeginCall(JsonWriter json, ReadOnlySpan<byte> holder, ReadOnlySpan<byte> name, ReadOnlySpan<byte> field)
    {
        json.BeginObject(holder);
        json.String("name"u8, name);
        json.String(field, ""u8);
        json.EndObject();
    }

    private static void WriteCall(JsonWriter json, ReadOnlySpan<byte> holder, ReadOnlySpan<byte> field, ReadOnlySpan<byte> escaped)
    {
        json.BeginObject(holder);
        json.EscapedString(field, escaped);
        json.EndObject();
    }
}
