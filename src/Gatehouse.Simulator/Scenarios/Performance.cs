using Gatehouse.Simulator.Faults;
using Gatehouse.Simulator.Metering;
using Gatehouse.Simulator.Scripts;
using Gatehouse.Simulator.Server;
using Gatehouse.Simulator.Wire;

namespace Gatehouse.Simulator.Scenarios;

/// <summary>
/// What a request gets: the default script's answer, changed by the scenario's step and by the faults in the model's name.
/// </summary>
internal sealed record Performance(Answer Answer, FaultPlan Faults, ScenarioStep? Step, string Model)
{
    /// <summary>Plans it for a checked request.</summary>
    public static Performance Plan(string dialect, Call call, Backstage stage, Conversation talk)
    {
        var answer = AnswerLimits.Apply(EchoScript.Plan(talk), talk);
        var faults = call.Faults;
        var step = stage.Scenario?.Take(dialect, call.Model, talk);
        if (step is not null)
        {
            answer = Change(answer, step);
            if (step.Faults is not null) faults = FaultGrammar.Parse(step.Faults, faults).Plan;
        }
        return new Performance(faults.HugeEventKb > 0 ? WithHugeText(answer, faults.HugeEventKb) : answer, faults, step, call.Model);
    }

    /// <summary>The usage to report, or null when none shall be.</summary>
    public TokenUse? Report(TokenUse use) => Faults.NoUsage ? null : Step?.Usage?.Over(use) ?? use;

    /// <summary>Puts headers and faults on a reply.</summary>
    public Reply Dress(Reply reply) => reply with { Headers = Step?.Headers ?? [], Faults = Faults, Model = Model };

    private static Answer Change(Answer answer, ScenarioStep step)
    {
        if (step.Answer is { } parts)
        {
            answer = new Answer(parts) { Pause = answer.Pause };
            answer = answer with { End = answer.CallsTools ? AnswerEnd.ToolCalls : AnswerEnd.Finished };
        }
        return answer with { End = step.End ?? answer.End, Pause = step.Pause ?? answer.Pause };
    }

    // Put into the answer itself, so that deltas, final texts and usage agree on it.
    private static Answer WithHugeText(Answer answer, int kilobytes)
    {
        var huge = new string('x', kilobytes << 10);
        var parts = answer.Parts.ToList();
        var at = parts.FindIndex(p => p is TextPart);
        if (at < 0) parts.Insert(parts.FindLastIndex(p => p is ThinkingPart or RedactedPart) + 1, new TextPart([huge]));
        else parts[at] = (TextPart)parts[at] with { Fragments = [.. ((TextPart)parts[at]).Fragments, huge] };
        return answer with { Parts = parts };
    }
}
