using Gatehouse.Clients.Reports;
using Gatehouse.Clients.Setups;

namespace Gatehouse.Doctor.Agents;

/// <summary>The models that the agent's settings name are answered here. A slot that another setup left behind is answered with 404, for a part of the calls.</summary>
internal sealed class ModelsCheck : AgentCheck
{
    private const string Variables = "env.";

    /// <inheritdoc/>
    public override string Id => "agent-models";

    /// <inheritdoc/>
    public override bool IsFixable => true;

    /// <inheritdoc/>
    protected override string Good => "every model that it names is answered";

    /// <inheritdoc/>
    protected override bool Concerns(Scene scene, Agent agent) => agent.Ours is not null && scene.Routes is not null;

    /// <inheritdoc/>
    protected override IEnumerable<CheckResult> Look(Scene scene, Agent agent)
    {
        foreach (var file in agent.Settings)
        {
            foreach (var setting in file.Settings.Models)
            {
                var model = Asked(agent, file, setting.Text);
                if (model is null || scene.IsRouted(model) != false) continue;
                var slot = setting.Path.StartsWith(Variables, StringComparison.Ordinal);
                yield return CheckResult.Failed(
                    $"{scene.At.Shown(file.Path)}: {setting.Path} names {model}, which this gateway does not answer to.",
                    slot ? "Take it out, so that the agent's own models are in force, or route it." : $"gatehouse integration apply {agent.Id} --model NAME sets another, or route it.",
                    // Without a variable the agent has names of its own; elsewhere a model has to be named.
                    repair: slot ? SettingsRepair.Removing(scene, agent, file, setting.Path, setting.Path + "_NAME") : null);
            }
        }
    }

    // "opus" and the like are the agent's own short names; before a slash stands the agent's name for the provider.
    private static string? Asked(Agent agent, FoundFile file, string text)
    {
        if (agent.Id == "claude-code") return text.Contains('-', StringComparison.Ordinal) || text.Contains('/', StringComparison.Ordinal) ? text : null;
        if (agent.Id == "opencode") return text.StartsWith(ClientSetup.ProviderId + "/", StringComparison.Ordinal) ? text[(ClientSetup.ProviderId.Length + 1)..] : null;
        return agent.IsOurs(file) ? text : null;
    }
}
