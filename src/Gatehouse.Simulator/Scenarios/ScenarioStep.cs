using System.IO.Enumeration;
using Gatehouse.Simulator.Scripts;

namespace Gatehouse.Simulator.Scenarios;

/// <summary>What a request must be for a step to answer it; an absent condition always holds.</summary>
internal sealed record ScenarioCondition(string? Dialect, string? Model, int? Nth, string? Contains, bool? ToolResult)
{
    /// <summary>Whether the request is meant. <paramref name="nth"/> counts the simulator's requests for answers from 1.</summary>
    public bool Holds(string dialect, string model, int nth, Conversation talk) =>
        (Dialect is null || Dialect == dialect)
        && (Model is null || FileSystemName.MatchesSimpleExpression(Model, model, ignoreCase: false))
        && (Nth is null || Nth == nth)
        && (Contains is null
            || talk.Turns.OfType<UserTurn>().SelectMany(u => u.Texts).Any(t => t.Contains(Contains, StringComparison.Ordinal)))
        && (ToolResult is null || ToolResult == (talk.Turns.Count > 0 && talk.Turns[^1] is ResultTurn));
}

/// <summary>
/// One step of a scenario: when it applies, how often, and what it changes. Everything absent is left to the default script.
/// </summary>
internal sealed record ScenarioStep(ScenarioCondition When)
{
    /// <summary>How often it may be used; 0 = without end.</summary>
    public int Times { get; init; } = 1;

    public IReadOnlyList<AnswerPart>? Answer { get; init; }

    public AnswerEnd? End { get; init; }

    public TimeSpan? Pause { get; init; }

    public UsageOverride? Usage { get; init; }

    /// <summary>Faults in the grammar of model-name suffixes.</summary>
    public string? Faults { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];
}
