using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Anthropic;
using Gatehouse.Dialects.Translation.Responses;

namespace Gatehouse.Dialects.Translation.AnthropicToResponses;

/// <summary>
/// One attempt of a Messages request at a Responses upstream, which is to store nothing: the client sends all history itself. What stays the same from turn
/// to turn is written first, the conversation last.
/// </summary>
internal sealed class ResponsesAttempt(EdgeContext context) : MessagesEdgeRequest(context)
{
    /// <inheritdoc/>
    private protected override StreamMap MakeAnswer(EventWriter events) => new AnswerMap(this, events);

    /// <inheritdoc/>
    private protected override void Write(ReadOnlySpan<byte> body, scoped in MessagesFields fields, Effort effort)
    {
        var json = new JsonWriter(Body);
        json.BeginObject();
        json.String("model"u8, Context.ModelSent);
        WriteInstructions(json, fields.System);
        var tools = new ToolMap(this, json);
        tools.Write(body, fields);
        WriteReasoning(json, EffortFor(effort, tools));
        WriteIncludes(json, tools);
        json.Bool("store"u8, false);
        MessagesSampling.Write(json, fields, this);
        _ = MessagesSampling.DivideStops(fields.StopSequences, 0, this);
        MessagesSampling.WriteLimit(json, "max_output_tokens"u8, fields.MaxTokens, this, ResponsesRules.LeastOutput);
        MessagesSampling.WriteUser(json, "safety_identifier"u8, fields.Metadata, this);
        if (fields.ServiceTier.Is("standard_only"u8)) json.String("service_tier"u8, "default"u8);
        else if (!fields.ServiceTier.IsNullOrAbsent && !fields.ServiceTier.Is("auto"u8)) Lose(MessagesLosses.ServiceTier);
        if (Context is { Session: { } session, Traits.CacheKey: true }) json.String("prompt_cache_key"u8, session);
        else if (Words.CacheControl) Lose(MessagesLosses.CacheControl);
        if (Context.UpstreamStreams) json.Bool("stream"u8, true);
        json.BeginArray("input"u8);
        using var history = new HistoryMap(this, json);
        history.Write(new JsonTree(body, Index.All), fields.Messages.EntryIn(Index));
        json.EndArray();
        json.EndObject();
    }

    private void WriteInstructions(JsonWriter json, JsonView system)
    {
        if (SystemText.IsEmpty(system)) return;
        json.Name("instructions"u8);
        json.BeginString();
        SystemText.Append(json, system, this, "system");
        json.EndString();
    }

    private Effort EffortFor(Effort wish, ToolMap tools)
    {
        var effort = tools.SearchesWeb ? ResponsesRules.BesideSearch(wish, Context.Traits.Efforts) : wish;
        if (effort != wish) Lose(MessagesLosses.Effort);
        return effort;
    }

    private void WriteReasoning(JsonWriter json, Effort effort)
    {
        var wantsSummary = Thinking == ThinkingDisplay.Shown && Context.Traits.Reasoning != ReasoningControl.None;
        var showsSummary = wantsSummary && Context.Traits.ReasoningSummary;
        if (wantsSummary && !showsSummary) Lose(AnthropicToResponsesLosses.Summary);
        if (effort == Effort.Unset && !showsSummary) return;
        json.BeginObject("reasoning"u8);
        if (effort != Effort.Unset) json.String("effort"u8, EffortScale.Word(effort));
        if (showsSummary) json.String("summary"u8, "auto"u8);
        json.EndObject();
    }

    private void WriteIncludes(JsonWriter json, ToolMap tools)
    {
        // Models that don't reason refuse to be asked for their reasoning.
        var reasons = Context.Traits.Reasoning != ReasoningControl.None;
        if (!reasons && !tools.SearchesWeb && !tools.RunsCode) return;
        json.BeginArray("include"u8);
        if (reasons) json.String("reasoning.encrypted_content"u8);
        if (tools.SearchesWeb) json.String("web_search_call.action.sources"u8);
        if (tools.RunsCode) json.String("code_interpreter_call.outputs"u8);
        json.EndArray();
    }
}
