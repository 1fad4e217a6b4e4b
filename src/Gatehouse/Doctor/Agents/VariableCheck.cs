using Gatehouse.Clients.Reports;

namespace Gatehouse.Doctor.Agents;

/// <summary>A variable from which the agent takes its credential is set. Codex does not start without it.</summary>
internal sealed class VariableCheck : AgentCheck
{
    /// <inheritdoc/>
    public override string Id => "agent-variable";

    /// <inheritdoc/>
    protected override string Good => "the variable of its credential is set";

    /// <inheritdoc/>
    protected override bool Concerns(Scene scene, Agent agent) => Variables(agent).Any();

    /// <inheritdoc/>
    protected override IEnumerable<CheckResult> Look(Scene scene, Agent agent) => Variables(agent).Where(at => at.Credential.Text is null).Select(at => CheckResult.Failed(
        $"{scene.At.Shown(at.File.Path)}: {at.Credential.Path} names {at.Credential.Source}, which is not set in this shell.",
        $"export {at.Credential.Source}=…, or have the token read from a file: gatehouse integration apply {agent.Id}"));

    private static IEnumerable<(FoundFile File, FoundCredential Credential)> Variables(Agent agent) =>
        agent.Settings.Where(agent.IsOurs).SelectMany(file => file.Settings.Credentials.Where(credential => credential.Kind == CredentialKind.Variable).Select(credential => (file, credential)));
}
