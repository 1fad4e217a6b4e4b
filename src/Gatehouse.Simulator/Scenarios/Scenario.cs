using Gatehouse.Simulator.Scripts;

namespace Gatehouse.Simulator.Scenarios;

/// <summary>
/// A scenario being played: the first step in file order that applies and is not used up answers a request. Any thread may use it.
/// </summary>
internal sealed class Scenario(IReadOnlyList<ScenarioStep> steps)
{
    private readonly Lock _lock = new();
    private readonly int[] _used = new int[steps.Count];
    private int _requests;

    /// <summary>Takes the step for a request, or null when none applies.</summary>
    public ScenarioStep? Take(string dialect, string model, Conversation talk)
    {
        lock (_lock)
        {
            _requests++;
            for (var i = 0; i < steps.Count; i++)
            {
                if (steps[i].Times > 0 && _used[i] >= steps[i].Times) continue;
                if (!steps[i].When.Holds(dialect, model, _requests, talk)) continue;
                _used[i]++;
                return steps[i];
            }
        }
        return null;
    }
}
