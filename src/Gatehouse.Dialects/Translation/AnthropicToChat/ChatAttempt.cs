using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Anthropic;

namespace Gatehouse.Dialects.Translation.AnthropicToChat;

/// <summary>One attempt of a Messages request at a chat upstream. What stays the same from turn to turn is written first, the conversation last.</summary>
internal sealed class ChatAttempt(EdgeContext context) : MessagesEdgeRequest(context)
{
    /// <summary>Whether the request asks for stop strings, so that an ordinary end may have been one.</summary>
    public bool HasStops { get; private set; }

    /// <summary>Whether thinking text is to be kept for the next turn.</summary>
    public bool KeepsThinking => Context.Traits.ReasoningContentEcho;

    /// <inheritdoc/>
    private protected override StreamMap MakeAnswer(EventWriter events) => new AnswerMap(this, events);

    /// <inheritdoc/>
    private protected override void Write(ReadOnlySpan<byte> body, scoped in MessagesFields fields, Effort effort)
    {
        var json = new JsonWriter(Body);
        json.BeginObject();
        json.String("model"u8, Context.ModelSent);
        new ToolMap(this, json).Write(body, fields);
        if (effort != Effort.Unset) json.String("reasoning_effort"u8, EffortScale.Word(effort));
        MessagesSampling.Write(json, fields, this);
        WriteStops(json, fields.StopSequences);
        MessagesSampling.WriteLimit(json, Context.Traits.MaxCompletionTokens ? "max_completion_tokens"u8 : "max_tokens"u8, fields.MaxTokens, this);
        if (Context.Traits.EndUser) MessagesSampling.WriteUser(json, "user"u8, fields.Metadata, this);
        else if (fields.Metadata["user_id"u8] is { IsString: true, IsEmpty: false }) Lose(MessagesLosses.UserId);
        WriteCacheKey(json, body);
        Disclose(fields);
        if (Context.UpstreamStreams)
        {
            json.Bool("stream"u8, true);
            if (Context.AsksUsage) json.Raw("stream_options"u8, """{"include_usage":true}"""u8);
        }

        json.BeginArray("messages"u8);
        using var history = new HistoryMap(this, json);
        history.WriteInstructions(fields.System);
        history.Write(new JsonTree(body, Index.All), fields.Messages.EntryIn(Index));
        json.EndArray();
        json.EndObject();
        DiscloseMarks(body);
    }

    private void WriteStops(JsonWriter json, JsonView stops)
    {
        var most = Context.Traits.Sampling.HasFlag(SamplingFields.Stop) ? Context.Traits.MaxStops : 0;
        var sent = MessagesSampling.DivideStops(stops, most, this);
        HasStops = sent > 0;
        if (sent == 0) return;
        json.BeginArray("stop"u8);
        foreach (var stop in stops.Items)
        {
            if (sent-- > 0) json.Raw(stop);
        }

        json.EndArray();
    }

    private void WriteCacheKey(JsonWriter json, ReadOnlySpan<byte> body)
    {
        if (Context is { Session: { } session, Traits.CacheKey: true }) json.String("prompt_cache_key"u8, session);
        else if (Words.CacheControl && !Context.Traits.CacheMarkers) Lose(MessagesLosses.CacheControl);
    }

    /// <summary>Tools, what the model said and texts that can't be parts have no place for a mark.</summary>
    private void DiscloseMarks(ReadOnlySpan<byte> body)
    {
        if (!Words.CacheControl || !Context.Traits.CacheMarkers) return;
        if (Body.Written.Count("\"cache_control\""u8) < body.Count("\"cache_control\""u8)) Lose(MessagesLosses.CacheControl);
    }

    private void Disclose(scoped in MessagesFields fields)
    {
        if (!fields.ServiceTier.IsNullOrAbsent && !fields.ServiceTier.Is("auto"u8)) Lose(MessagesLosses.ServiceTier);
        if (fields.McpServers is { IsArray: true, IsEmpty: false }) Lose(MessagesLosses.McpServers);
    }
}
