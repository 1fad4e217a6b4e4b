namespace Gatehouse.Doctor.Agents;

/// <summary>The settings of every agent can be read: neither the agent nor we can use a file with a fault in it.</summary>
internal sealed class SettingsFileCheck : AgentCheck
{
    /// <inheritdoc/>
    public override string Id => "agent-settings";

    /// <inheritdoc/>
    protected override string Good => "every settings file can be read";

    /// <inheritdoc/>
    protected override bool Concerns(Scene scene, Agent agent) => agent.Report.Files.Any(file => file.Exists);

    /// <inheritdoc/>
    protected override IEnumerable<CheckResult> Look(Scene scene, Agent agent) => agent.Report.Files.Where(file => file.Fault is not null).Select(file =>
        CheckResult.Failed($"{scene.At.Shown(file.Path)}: {file.Fault}", "Mend it by hand: nothing is guessed, and nothing is written to a file that can't be read."));
}
