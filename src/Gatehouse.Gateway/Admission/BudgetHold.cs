namespace Gatehouse.Gateway.Admission;

/// <summary>What a running exchange holds of its user's budgets until it is settled: an estimate of what it will use.</summary>
/// <param name="Input">Input tokens, cached ones included.</param>
/// <param name="Output">Output tokens.</param>
/// <param name="CostNanodollars">Cost; 0 when the model has no price.</param>
internal readonly record struct BudgetHold(long Input, long Output, long CostNanodollars)
{
    /// <summary>Whether anything is held.</summary>
    public bool Exists => Input > 0 || Output > 0;
}

/// <summary>Which limit a request does not fit into.</summary>
internal enum LimitKind : byte
{
    /// <summary>Requests in a window.</summary>
    Requests,

    /// <summary>Input tokens of one request.</summary>
    RequestInput,

    /// <summary>Input tokens a day.</summary>
    DailyInput,

    /// <summary>Output tokens a day.</summary>
    DailyOutput,

    /// <summary>Cost a month.</summary>
    MonthlyCost,

    /// <summary>A monthly cap, and a model without a price.</summary>
    Unpriced,
}

/// <summary>Why a request is not let through, in figures. Tokens; for <see cref="LimitKind.MonthlyCost"/> nanodollars.</summary>
/// <param name="Kind">The limit.</param>
/// <param name="Used">What is used up.</param>
/// <param name="Held">What running exchanges hold.</param>
/// <param name="Needed">What this one needs, by estimate.</param>
/// <param name="Limit">The limit.</param>
/// <param name="ResetsAt">When the limit begins anew; null when waiting does not help.</param>
internal readonly record struct LimitRefusal(LimitKind Kind, long Used, long Held, long Needed, long Limit, DateTimeOffset? ResetsAt);
