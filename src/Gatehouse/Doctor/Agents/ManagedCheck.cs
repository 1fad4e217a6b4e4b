using Gatehouse.Clients.Setups;

namespace Gatehouse.Doctor.Agents;

/// <summary>No stronger settings, of the machine or of a project, lead the agent away from this gateway.</summary>
internal sealed class ManagedCheck : AgentCheck
{
    /// <inheritdoc/>
    public override string Id => "agent-managed";

    /// <inheritdoc/>
    protected override string Good => "no stronger settings lead it away";

    /// <inheritdoc/>
    protected override IEnumerable<CheckResult> Look(Scene scene, Agent agent)
    {
        foreach (var file in agent.Settings.TakeWhile(file => file.Path != agent.Ours!.Path).Where(file => file.Settings.BaseAddress is not null || file.Settings.Provider is not null))
        {
            yield return CheckResult.Failed(
                $"{scene.At.Shown(file.Path)} goes before {scene.At.Shown(agent.Ours!.Path)} and leads elsewhere: {file.Settings.BaseAddress?.Path ?? $"provider {file.Settings.Provider}"}.",
                file.Role == SettingsRole.Managed ? "These are the machine's settings: whoever looks after it has to change them." : "These are the project's settings, shared with others: agree with them, or work elsewhere.");
        }
    }
}
