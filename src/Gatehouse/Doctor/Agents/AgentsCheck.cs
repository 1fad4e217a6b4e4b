using Gatehouse.Clients.Reports;

namespace Gatehouse.Doctor.Agents;

/// <summary>Which agents are on this machine, and whom each of them calls. Never fails: a person may have agents that call something else.</summary>
internal sealed class AgentsCheck : Check
{
    /// <inheritdoc/>
    public override string Id => "agents";

    /// <inheritdoc/>
    public override Task<IReadOnlyList<CheckResult>> RunAsync(Scene scene, CancellationToken cancellation)
    {
        var results = scene.Agents.Where(agent => agent.Report.Program is not null || agent.Settings.Any()).Select(agent => Of(scene, agent)).ToList();
        return Found(results.Count > 0 ? results : [CheckResult.NotApplicable("None of the agents that Gatehouse knows was found.")]);
    }

    private static CheckResult Of(Scene scene, Agent agent)
    {
        if (agent.Ours is { } ours) return CheckResult.Ok($"is meant to call this gateway, by {scene.At.Shown(ours.Path)}", agent.Id);
        var whom = agent.Report switch
        {
            { Deciding.Settings.BaseAddress: { } address } => $"calls {Agent.Shown(address.Text)}",
            { Deciding: not null } => "calls a provider of its own",
            _ => "is as it came",
        };
        var tool = agent.Report.Owner == SettingsOwner.Tool ? $", set by {agent.Report.Marks[0].Tool}" : "";
        return CheckResult.NotApplicable($"{whom}{tool}. To have it call this gateway: gatehouse integration apply {agent.Id}, or for one shell: gatehouse env {agent.Id}", agent.Id);
    }
}
