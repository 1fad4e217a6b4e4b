namespace Gatehouse.Doctor.Agents;

/// <summary>One thing that can be wrong with an agent that is meant to call this gateway. Agents that call something else are left in peace.</summary>
internal abstract class AgentCheck : Check
{
    /// <summary>What is to be said of the agents that it finds nothing wrong with.</summary>
    protected abstract string Good { get; }

    /// <inheritdoc/>
    public override Task<IReadOnlyList<CheckResult>> RunAsync(Scene scene, CancellationToken cancellation)
    {
        var concerned = scene.Agents.Where(agent => Concerns(scene, agent)).ToList();
        if (concerned.Count == 0) return Found(CheckResult.NotApplicable("No agent on this machine is meant to call this gateway in a way that this could go wrong."));
        var found = new List<CheckResult>();
        foreach (var agent in concerned)
        {
            var wrong = Look(scene, agent).Select(result => result with { Subject = agent.Id }).ToList();
            found.AddRange(wrong.Count > 0 ? wrong : [CheckResult.Ok(Good, agent.Id)]);
        }

        return Found(found);
    }

    /// <summary>Whether this can go wrong with an agent.</summary>
    protected virtual bool Concerns(Scene scene, Agent agent) => agent.Ours is not null;

    /// <summary>What is wrong; nothing when all is well.</summary>
    protected abstract IEnumerable<CheckResult> Look(Scene scene, Agent agent);
}
