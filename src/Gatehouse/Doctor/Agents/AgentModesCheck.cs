using Gatehouse.Clients.Reports;

namespace Gatehouse.Doctor.Agents;

/// <summary>Nobody but the owner can read the files that an agent takes a token of ours from.</summary>
internal sealed class AgentModesCheck : AgentCheck
{
    /// <inheritdoc/>
    public override string Id => "agent-file-modes";

    /// <inheritdoc/>
    public override bool IsFixable => true;

    /// <inheritdoc/>
    protected override string Good => "its token is for its owner alone";

    /// <inheritdoc/>
    protected override bool Concerns(Scene scene, Agent agent) => !OperatingSystem.IsWindows() && Holders(agent).Any();

    /// <inheritdoc/>
    protected override IEnumerable<CheckResult> Look(Scene scene, Agent agent) => Holders(agent).Where(FileRights.AreOpen)
        .Select(file => CheckResult.Failed(
            $"{scene.At.Shown(file)} holds a token and has mode {FileRights.Octal(FileRights.Of(file))}.", $"chmod go= '{file}'", repair: new ModeRepair(file)));

    private static IEnumerable<string> Holders(Agent agent)
    {
        foreach (var file in agent.Writable)
        {
            foreach (var credential in file.Settings.Credentials.Where(credential => Agent.IsToken(credential.Text)))
            {
                if (credential.Kind is CredentialKind.Token or CredentialKind.ApiKey) yield return file.Path;
                else if (TokenFile(credential) is { } holder && File.Exists(holder)) yield return holder;
            }
        }
    }

    private static string? TokenFile(FoundCredential credential) => credential.Kind switch
    {
        CredentialKind.File => credential.Source,
        CredentialKind.Command => Clients.Programs.ClaudeCodeVariables.HelperFile(credential.Source) ?? credential.Source,
        _ => null,
    };
}
