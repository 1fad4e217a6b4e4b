using Gatehouse.Clients.Setups;

namespace Gatehouse.Doctor.Agents;

/// <summary>Claude Code keeps no key of its own login (<c>primaryApiKey</c>), which conflicts with a token. That file is Claude Code's, so it is not changed here.</summary>
internal sealed class LoginCheck : AgentCheck
{
    /// <inheritdoc/>
    public override string Id => "agent-login";

    /// <inheritdoc/>
    protected override string Good => "no key of a login is kept";

    /// <inheritdoc/>
    protected override bool Concerns(Scene scene, Agent agent) => agent.Id == "claude-code" && agent.Ours is not null;

    /// <inheritdoc/>
    protected override IEnumerable<CheckResult> Look(Scene scene, Agent agent) => agent.Report.Files
        .Where(file => file.Role == SettingsRole.State && file.Value("primaryApiKey") is { Length: > 0 })
        .Select(file => CheckResult.Warning(
            $"{scene.At.Shown(file.Path)}: primaryApiKey is set, by a login with a key; Claude Code tells of a conflict with the token at each start.",
            "Log out in Claude Code: /logout"));
}
