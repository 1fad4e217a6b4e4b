using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Anthropic;

/// <summary>Finds out how hard a Messages request wants the model to think, and whether it wants to see it.</summary>
internal static class MessagesThinking
{
    /// <summary>
    /// The effort for a model that is told a word: the last message's own (newer Claude Code changes it from turn to turn), else the request's,
    /// else what the thinking budget stands for. <see cref="Effort.Unset"/> leaves it to the provider. Sets <see cref="MessagesEdgeRequest.Thinking"/>.
    /// </summary>
    public static Effort Read(scoped in MessagesFields fields, MessagesEdgeRequest request)
    {
        request.Thinking = Display(fields.Thinking, request);
        if (!fields.OutputConfig["task_budget"u8].IsNullOrAbsent) request.Lose(MessagesLosses.TaskBudget);
        var wish = Wish(fields, request);
        if (wish == Effort.Unset) return wish;
        if (!request.Context.Traits.Reasoning.HasFlag(ReasoningControl.Effort))
        {
            if (wish != Effort.None) request.Lose(MessagesLosses.Thinking);
            return Effort.Unset;
        }

        var effort = EffortScale.Clamp(wish, request.Context.Traits.Efforts);
        if (effort != wish) request.Lose(wish == Effort.None ? MessagesLosses.ThinkingDisabled : MessagesLosses.Effort);
        return effort;
    }

    private static ThinkingDisplay Display(JsonView thinking, MessagesEdgeRequest request)
    {
        var type = thinking["type"u8];
        if (!type.IsString || type.Is("disabled"u8)) return ThinkingDisplay.Off;
        if (!thinking["block_binding"u8].IsNullOrAbsent) request.Lose(MessagesLosses.BlockBinding);
        var display = thinking["display"u8];
        if (display.Is("omitted"u8)) return ThinkingDisplay.Omitted;
        if (!display.IsNullOrAbsent && !display.Is("summarized"u8)) request.Lose(MessagesLosses.ThinkingDisplay);
        return ThinkingDisplay.Shown;
    }

    private static Effort Wish(scoped in MessagesFields fields, MessagesEdgeRequest request)
    {
        var type = fields.Thinking["type"u8];
        if (type.Is("disabled"u8)) return Effort.None;
        if (type.Is("between_tools"u8)) request.Lose(MessagesLosses.BetweenTools);
        var word = request.Words.OutputConfig ? LastWord(fields.Messages) : default;
        if (!word.IsString) word = fields.OutputConfig["effort"u8];
        if (word.IsString)
        {
            var effort = EffortScale.Read(word);
            if (effort == Effort.Unset) request.Refuse("output_config.effort", "must be one of low, medium, high, xhigh and max.");
            return effort;
        }

        if (!type.Is("enabled"u8)) return Effort.Unset;
        if (!fields.Thinking["budget_tokens"u8].TryInteger(out var budget))
        {
            request.Refuse("thinking.budget_tokens", "must be a whole number.");
            return Effort.Unset;
        }

        request.Lose(MessagesLosses.Budget);
        return EffortScale.OfBudget(budget);
    }

    private static JsonView LastWord(JsonView messages)
    {
        var word = default(JsonView);
        foreach (var message in messages.Items)
        {
            if (message["role"u8].Is("system"u8) && message["output_config"u8]["effort"u8] is { IsString: true } own) word = own;
        }

        return word;
    }
}
