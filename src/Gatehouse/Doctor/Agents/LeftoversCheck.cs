namespace Gatehouse.Doctor.Agents;

/// <summary>Other tools that switch providers have left nothing in the agent's settings: a placeholder in a credential's place is answered with 401.</summary>
internal sealed class LeftoversCheck : AgentCheck
{
    /// <inheritdoc/>
    public override string Id => "agent-leftovers";

    /// <inheritdoc/>
    public override bool IsFixable => true;

    /// <inheritdoc/>
    protected override string Good => "no other tool has left marks";

    /// <inheritdoc/>
    protected override IEnumerable<CheckResult> Look(Scene scene, Agent agent)
    {
        foreach (var mark in agent.Report.Marks)
        {
            // "FILE: KEY" names a credential's key when a placeholder stands there; the other marks are told, not taken out.
            var placeholder = agent.Writable.SelectMany(file => file.Settings.Credentials.Select(credential => (file, credential)))
                .FirstOrDefault(at => mark.Where == $"{at.file.Path}: {at.credential.Path}");
            yield return CheckResult.Warning(
                $"{mark.Tool} has left a mark: {scene.At.Shown(mark.Where)}.",
                placeholder.file is null ? $"Have {mark.Tool} take back what it set, or it may do so at a bad moment." : "Take the placeholder out: it is no credential.",
                repair: placeholder.file is null ? null : SettingsRepair.Removing(scene, agent, placeholder.file, placeholder.credential.Path));
        }
    }
}
