using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation.Anthropic;
using Gatehouse.Dialects.Translation.Chat;

namespace Gatehouse.Dialects.Translation.ChatToAnthropic;

/// <summary>One chat request on an Anthropic upstream. What comes first in the body changes least from turn to turn: the messages stand last.</summary>
internal sealed class ChatToAnthropicRequest(EdgeContext context) : ChatEdgeRequest(context)
{
    /// <summary>How the model is asked to think.</summary>
    public ThinkingPlan Plan { get; private set; }

    /// <summary>The cache breakpoints.</summary>
    public CacheMarks Marks { get; private set; } = null!;

    /// <summary>Translates the client's body.</summary>
    public void Write(ReadOnlySpan<byte> body)
    {
        if (!TryOpen(body, out var view))
        {
            Refuse("messages", "The body is not a JSON object.");
            return;
        }

        var fields = ChatFields.Read(view);
        var history = ChatHistory.Read(body, fields.Messages, this);
        var choice = ChatToolChoice.Read(fields, this);
        var format = ChatFormat.Read(fields.ResponseFormat, this);
        CarriesDetails = fields.Reasoning.IsObject;
        IncludeUsage |= fields.StreamOptions["include_usage"u8].IsTrue;
        SamplingMap.Check(this, fields);
        Plan = Decide(body, fields, history, choice, format);
        Marks = new CacheMarks(Body, Context.Traits.CacheMarkers) { OnlyOwn = fields.PromptCacheOptions["mode"u8].Is("explicit"u8) };
        if (!IsRefused) WriteBody(body, fields, history, choice, format);
        if (Names.IsOverfull) Refuse("tools", ToolNames.TooMany);
        if (IsRefused) Body.Clear();
        else Marks.Place();
        Close();
    }

    /// <summary>Notes that the client marked the block that was just written. False when it did not.</summary>
    public bool Mark(JsonView cacheControl)
    {
        if (!cacheControl.IsObject) return false;
        if (!Context.Traits.CacheMarkers) Lose(ChatLosses.CacheMarkers);
        Marks.AfterOwnMark(cacheControl["ttl"u8] is { IsString: true } ttl && !ttl.Is("5m"u8));
        return true;
    }

    /// <summary>Looks for the thinking of a turn in the memory, carried by the client or remembered under any of its calls. Valid until the next such question.</summary>
    public bool Recall(ChatMessage message, out JsonView thinking)
    {
        thinking = TryRecall(message, "AB"u8) ? ThinkingState.Read(State.Written) : default;
        return thinking.Exists;
    }

    /// <inheritdoc/>
    private protected override StreamMap MakeAnswer(EventWriter events) => new AnswerMap(this, events);

    private ThinkingPlan Decide(ReadOnlySpan<byte> body, ChatFields fields, ChatHistory history, ChatToolChoice choice, ChatFormat format)
    {
        var wish = ChatReasoning.Read(fields, this);
        HidesThinking = wish.Hides;
        var plan = ThinkingPlan.Decide(
            new ThinkingWish
            {
                Effort = wish.Effort,
                Budget = wish.Budget,
                WantsSummary = wish.WantsThinking,
                ReadsThinking = !wish.Hides,
                MaxOutput = ChatNumber.MaxTokens(this, fields),
                ForcesTool = choice.Kind is ToolChoiceKind.Required or ToolChoiceKind.Named || FormatMap.NeedsTool(this, format),
                LacksThinking = LacksThinking(body, history),
            },
            Context.Traits);
        if (plan.DropsThinking) Lose(ChatToAnthropicLosses.Thinking);
        if (plan.ChangesEffort) Lose(ChatLosses.Effort);
        if (plan.CutsLimit) Lose(ChatLosses.MaxTokens);
        return plan;
    }

    /// <summary>Whether the model's last turn calls tools, and what it thought before is not remembered: Anthropic would refuse to go on thinking.</summary>
    private bool LacksThinking(ReadOnlySpan<byte> body, ChatHistory history)
    {
        for (var i = history.Count - 1; i >= 0; i--)
        {
            if (history.Role(i) != ChatRole.Assistant) continue;
            var message = history.Message(body, i);
            return !(message.ToolCalls.IsEmpty && message.FunctionCall.IsNullOrAbsent) && !(Recall(message, out _) && ThinkingState.IsOfThinking(State.Written));
        }

        return false;
    }

    private void WriteBody(ReadOnlySpan<byte> body, ChatFields fields, ChatHistory history, ChatToolChoice choice, ChatFormat format)
    {
        var writer = new JsonWriter(Body);
        writer.BeginObject();
        writer.String("model"u8, Context.ModelSent);
        Plan.WriteLimit(writer);
        if (Context.UpstreamStreams) writer.Bool("stream"u8, true);
        SamplingMap.WriteSampling(this, writer, fields, Plan.Thinks);
        SamplingMap.WriteSettings(this, writer, fields);
        Plan.WriteThinking(writer);
        if (Plan.WriteOutputConfig(writer, FormatMap.NeedsTool(this, format) ? default : format.Schema, Context.Traits.RefusedSchemaKeywords)) Lose(ChatLosses.Schema);
        var hasTools = ToolMap.Write(this, writer, fields, choice, format);
        using var ids = new PooledBuffer();
        var messages = new MessageMap(body, history, this, writer, new BlockMap(this, writer), ids);
        messages.WriteSystem();
        messages.WriteMessages();
        if (!hasTools && Names.All.Count > 0 && Context.Traits.Tools) ToolMap.WriteCalled(this, writer);
        writer.EndObject();
    }
}
