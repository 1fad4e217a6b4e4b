using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation.Anthropic;

/// <summary>How an Anthropic upstream is asked to think.</summary>
internal enum ThinkingMode : byte
{
    /// <summary>The request says nothing about it.</summary>
    Unsaid,

    /// <summary><c>disabled</c>.</summary>
    Disabled,

    /// <summary><c>enabled</c> with a budget.</summary>
    Budget,

    /// <summary><c>adaptive</c>.</summary>
    Adaptive,
}

/// <summary>What a client's wish for thinking comes to, given the model and the rest of the request.</summary>
internal readonly record struct ThinkingWish
{
    /// <summary>How hard to think.</summary>
    public Effort Effort { get; init; }

    /// <summary>Tokens to think with, where the client names a number of its own; its effort is what that stands for.</summary>
    public long? Budget { get; init; }

    /// <summary>Whether the client asks to see thinking: with no effort given, that is a wish to think.</summary>
    public bool WantsSummary { get; init; }

    /// <summary>Whether the client reads what the model thinks.</summary>
    public bool ReadsThinking { get; init; }

    /// <summary>The client's output limit, which counts thinking; null when it set none.</summary>
    public long? MaxOutput { get; init; }

    /// <summary>Whether a tool must be called: Anthropic refuses that together with thinking.</summary>
    public bool ForcesTool { get; init; }

    /// <summary>Whether the turn at hand can't be shown its thinking again, which Anthropic demands of models with a budget.</summary>
    public bool LacksThinking { get; init; }
}

/// <summary>
/// The output limit, thinking and effort of a request to an Anthropic upstream: within what the model takes, the limit always above the budget
/// (platform.claude.com/docs/en/build-with-claude/extended-thinking).
/// </summary>
internal readonly record struct ThinkingPlan
{
    /// <summary>The output limit where nobody knows the model's: what Claude Code asks for.</summary>
    public const int UsualOutput = 32_000;

    /// <summary>What is left for the answer when the limit has to be shared with thinking.</summary>
    private const int LeastAnswer = 1_024;

    /// <summary><c>max_tokens</c>.</summary>
    public long MaxTokens { get; private init; }

    /// <summary><c>thinking.type</c>.</summary>
    public ThinkingMode Mode { get; private init; }

    /// <summary><c>thinking.budget_tokens</c>.</summary>
    public long Budget { get; private init; }

    /// <summary><c>output_config.effort</c>; <see cref="Effort.Unset"/> for none.</summary>
    public Effort Effort { get; private init; }

    /// <summary>Whether what the model thinks is to be told.</summary>
    public bool Shows { get; private init; }

    /// <summary>Whether the client's limit is more than the model puts out.</summary>
    public bool CutsLimit { get; private init; }

    /// <summary>Whether thinking was wished for and can't be had.</summary>
    public bool DropsThinking { get; private init; }

    /// <summary>Whether another effort than the one wished for is sent, or none.</summary>
    public bool ChangesEffort { get; private init; }

    /// <summary>Whether the model thinks.</summary>
    public bool Thinks => Mode is ThinkingMode.Budget or ThinkingMode.Adaptive;

    /// <summary>Decides.</summary>
    public static ThinkingPlan Decide(ThinkingWish wish, ModelTraits traits)
    {
        var longest = traits.MaxOutput ?? long.MaxValue;
        var limit = Math.Min(wish.MaxOutput ?? traits.MaxOutput ?? UsualOutput, longest);
        var plan = new ThinkingPlan { MaxTokens = limit, CutsLimit = wish.MaxOutput > longest, Shows = wish.ReadsThinking };
        var control = traits.Reasoning;
        var canThink = (control & (ReasoningControl.Budget | ReasoningControl.Adaptive)) != 0;
        if (wish.Effort == Effort.None) return plan with { Mode = canThink ? ThinkingMode.Disabled : ThinkingMode.Unsaid };

        var effort = wish.Effort == Effort.Unset && wish.WantsSummary && canThink ? Effort.Medium : wish.Effort;
        if (effort == Effort.Unset) return plan;
        if ((control & ReasoningControl.Effort) != 0 && wish.Effort != Effort.Unset)
        {
            var word = EffortScale.Clamp(wish.Effort, traits.Efforts);
            // Anthropic has no words below "low".
            plan = plan with { Effort = word is Effort.None or Effort.Minimal ? Effort.Low : word };
            plan = plan with { ChangesEffort = plan.Effort != wish.Effort };
        }
        else if (wish.Effort != Effort.Unset && !canThink) return plan with { ChangesEffort = true };

        if (!canThink) return plan;
        if (wish.ForcesTool) return plan with { Mode = ThinkingMode.Disabled, DropsThinking = true };
        if ((control & ReasoningControl.Adaptive) != 0) return plan with { Mode = ThinkingMode.Adaptive };
        return wish.LacksThinking ? plan with { Mode = ThinkingMode.Disabled, DropsThinking = true } : plan.WithBudget(effort, wish, longest);
    }

    /// <summary>Writes <c>max_tokens</c>.</summary>
    public void WriteLimit(JsonWriter json) => json.Number("max_tokens"u8, MaxTokens);

    /// <summary>Writes <c>thinking</c>, where there is something to say.</summary>
    public void WriteThinking(JsonWriter json)
    {
        if (Mode == ThinkingMode.Unsaid) return;
        json.BeginObject("thinking"u8);
        json.String("type"u8, Mode switch { ThinkingMode.Budget => "enabled"u8, ThinkingMode.Adaptive => "adaptive"u8, _ => "disabled"u8 });
        if (Mode == ThinkingMode.Budget) json.Number("budget_tokens"u8, Budget);
        // Newer ones of the models that decide themselves keep their thoughts back unless they are asked for; those with a budget tell them anyway.
        if (Mode == ThinkingMode.Adaptive && Shows) json.String("display"u8, "summarized"u8);
        json.EndObject();
    }

    /// <summary>Writes <c>output_config</c> with the effort and, where it is given, a JSON schema that the answer must follow.</summary>
    /// <param name="json">Where to write.</param>
    /// <param name="schema">The schema; absent for none.</param>
    /// <param name="refused">Keywords that the host refuses in it.</param>
    /// <returns>Whether keywords were taken out of the schema.</returns>
    public bool WriteOutputConfig(JsonWriter json, JsonView schema, IReadOnlyList<string> refused)
    {
        if (Effort == Effort.Unset && !schema.Exists) return false;
        var isCut = false;
        json.BeginObject("output_config"u8);
        if (Effort != Effort.Unset) json.String("effort"u8, EffortScale.Word(Effort));
        if (schema.Exists)
        {
            json.BeginObject("format"u8);
            json.String("type"u8, "json_schema"u8);
            json.Name("schema"u8);
            isCut = SchemaText.WriteHeld(json, schema, refused);
            json.EndObject();
        }

        json.EndObject();
        return isCut;
    }

    private ThinkingPlan WithBudget(Effort effort, ThinkingWish wish, long longest)
    {
        var wished = wish.Budget is { } own ? Math.Max(own, EffortScale.SmallestBudget) : EffortScale.Budget(effort);
        // Nobody limited the output: thinking comes on top of a usual answer, as far as the model goes.
        var limit = wish.MaxOutput is null ? Math.Min(Math.Max(MaxTokens, wished + UsualOutput / 2), longest) : MaxTokens;
        var budget = Math.Min(wished, limit - (wish.Budget is null ? Math.Max(LeastAnswer, limit / 4) : LeastAnswer));
        return budget < EffortScale.SmallestBudget
            ? this with { Mode = ThinkingMode.Disabled, DropsThinking = true }
            : this with { Mode = ThinkingMode.Budget, Budget = budget, MaxTokens = limit, ChangesEffort = ChangesEffort || (wish.Budget is { } asked && asked != budget) };
    }
}
