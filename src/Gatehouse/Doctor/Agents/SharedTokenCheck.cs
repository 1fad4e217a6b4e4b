using Gatehouse.Clients.Reports;
using Gatehouse.Clients.Setups;

namespace Gatehouse.Doctor.Agents;

/// <summary>No token stands in a file that a project shares through version control.</summary>
internal sealed class SharedTokenCheck : AgentCheck
{
    /// <inheritdoc/>
    public override string Id => "agent-shared-token";

    /// <inheritdoc/>
    protected override string Good => "no token is shared through a project";

    /// <inheritdoc/>
    protected override bool Concerns(Scene scene, Agent agent) => agent.Settings.Any(file => file.Role == SettingsRole.Shared);

    /// <inheritdoc/>
    protected override IEnumerable<CheckResult> Look(Scene scene, Agent agent) =>
        from file in agent.Settings
        where file.Role == SettingsRole.Shared
        from credential in file.Settings.Credentials
        where credential.Source.Length == 0 && credential.Kind is CredentialKind.Token or CredentialKind.ApiKey && Agent.IsToken(credential.Text)
        select CheckResult.Failed(
            $"{scene.At.Shown(file.Path)}: {credential.Path} holds a token, in a file that is shared with the project.",
            $"Take it out, revoke that token (gatehouse token revoke), and use gatehouse integration apply {agent.Id}{(agent.Client.HasProjectSettings ? " --project" : "")}.");
}
