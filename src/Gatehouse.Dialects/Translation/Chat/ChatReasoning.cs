namespace Gatehouse.Dialects.Translation.Chat;

/// <summary>
/// How hard a chat client wants the model to think: OpenAI's <c>reasoning_effort</c>, OpenRouter's <c>reasoning</c>, or the <c>thinking</c> of hosts that took
/// over Anthropic's field.
/// </summary>
internal readonly record struct ChatReasoning
{
    /// <summary>How hard.</summary>
    public Effort Effort { get; private init; }

    /// <summary>How many tokens to think with, where it says so by a number; <see cref="Effort"/> is what that stands for.</summary>
    public long? Budget { get; private init; }

    /// <summary>Whether it wants thinking without saying how much.</summary>
    public bool WantsThinking { get; private init; }

    /// <summary>Whether it does not want to read it.</summary>
    public bool Hides { get; private init; }

    /// <summary>Reads the wish; a word that nobody knows refuses the request.</summary>
    public static ChatReasoning Read(ChatFields fields, ChatEdgeRequest request)
    {
        var wish = new ChatReasoning { Hides = fields.Reasoning["exclude"u8].IsTrue };
        if (!fields.ReasoningEffort.IsNullOrAbsent) return wish with { Effort = Word(fields.ReasoningEffort, "reasoning_effort", request) };
        if (!fields.Reasoning["effort"u8].IsNullOrAbsent) return wish with { Effort = Word(fields.Reasoning["effort"u8], "reasoning.effort", request) };
        if (fields.Reasoning["max_tokens"u8].TryInteger(out var tokens)) return wish with { Effort = EffortScale.OfBudget(tokens), Budget = tokens };
        if (fields.Thinking["budget_tokens"u8].TryInteger(out var budget)) return wish with { Effort = EffortScale.OfBudget(budget), Budget = budget };
        if (fields.Reasoning["enabled"u8].IsFalse || fields.Thinking["type"u8].Is("disabled"u8)) return wish with { Effort = Effort.None };
        return wish with
        {
            WantsThinking = fields.Reasoning["enabled"u8].IsTrue || fields.Thinking["type"u8].Is("enabled"u8) || fields.Thinking["type"u8].Is("adaptive"u8),
        };
    }

    private static Effort Word(Json.JsonView word, string param, ChatEdgeRequest request)
    {
        var effort = EffortScale.Read(word);
        if (effort == Effort.Unset) request.Refuse(param, $"'{param}' must be one of none, minimal, low, medium, high, xhigh and max.");
        return effort;
    }
}
