using Gatehouse.Clients.Setups;

namespace Gatehouse.Doctor.Agents;

/// <summary>
/// The agent presents one credential. With two, Claude Code sends both headers and complains at each start, and Codex refuses to start. A
/// competing helper is another check's.
/// </summary>
internal sealed class CredentialsCheck : AgentCheck
{
    /// <inheritdoc/>
    public override string Id => "agent-credentials";

    /// <inheritdoc/>
    public override bool IsFixable => true;

    /// <inheritdoc/>
    protected override string Good => "one credential is set";

    /// <inheritdoc/>
    protected override IEnumerable<CheckResult> Look(Scene scene, Agent agent)
    {
        var found = agent.Settings.SelectMany(file => file.Settings.Credentials.Select(credential => (File: file, Credential: credential)))
            .Where(at => at.Credential.Path != HelperCheck.Key).DistinctBy(at => at.Credential.Path).ToList();
        if (found.Count < 2) yield break;
        // Ours stays; of two of ours the one that the agent sends as a bearer token.
        var kept = found.Where(at => Agent.IsToken(at.Credential.Text)).OrderBy(at => at.Credential.Kind).Select(at => at.Credential).FirstOrDefault();
        foreach (var (file, credential) in found.Where(at => at.Credential != kept))
        {
            yield return CheckResult.Failed(
                $"{scene.At.Shown(file.Path)}: {credential.Path} is set beside {(kept ?? found[0].Credential).Path}.",
                file.Role is SettingsRole.Person or SettingsRole.Project ? "Take it out." : "Whoever looks after that file has to take it out.",
                repair: kept is null ? null : SettingsRepair.Removing(scene, agent, file, credential.Path));
        }
    }
}
