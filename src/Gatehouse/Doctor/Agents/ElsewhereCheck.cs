using Gatehouse.Clients.Programs;

namespace Gatehouse.Doctor.Agents;

/// <summary>Claude Code's settings do not send it to another service: each of these variables makes it overlook the base address.</summary>
internal sealed class ElsewhereCheck : AgentCheck
{
    /// <inheritdoc/>
    public override string Id => "agent-elsewhere";

    /// <inheritdoc/>
    public override bool IsFixable => true;

    /// <inheritdoc/>
    protected override string Good => "nothing sends it elsewhere";

    /// <inheritdoc/>
    protected override bool Concerns(Scene scene, Agent agent) => agent.Id == "claude-code" && agent.Ours is not null;

    /// <inheritdoc/>
    protected override IEnumerable<CheckResult> Look(Scene scene, Agent agent)
    {
        foreach (var file in agent.Settings)
        {
            var set = ClaudeCodeVariables.Elsewhere.Where(name => IsOn(file.Value($"env.{name}"))).ToList();
            foreach (var name in set)
            {
                yield return CheckResult.Failed(
                    $"{scene.At.Shown(file.Path)}: env.{name} is set, so Claude Code does not call this gateway.", "Take it out.",
                    repair: SettingsRepair.Removing(scene, agent, file, $"env.{name}"));
            }
        }
    }

    /// <summary>Whether a variable of this kind has an effect.</summary>
    public static bool IsOn(string? value) => value is { Length: > 0 } and not "0" && !value.Equals("false", StringComparison.OrdinalIgnoreCase);
}
