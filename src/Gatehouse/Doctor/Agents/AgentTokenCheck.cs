using Gatehouse.Clients.Reports;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Configuration;
using Gatehouse.Secrets;

namespace Gatehouse.Doctor.Agents;

/// <summary>What the agent presents is a token that this gateway knows, and that is good.</summary>
internal sealed class AgentTokenCheck : AgentCheck
{
    /// <inheritdoc/>
    public override string Id => "agent-token";

    /// <inheritdoc/>
    protected override string Good => "its token is good";

    /// <inheritdoc/>
    protected override bool Concerns(Scene scene, Agent agent) => agent.Ours is not null && scene.Installation is not null;

    /// <inheritdoc/>
    protected override IEnumerable<CheckResult> Look(Scene scene, Agent agent)
    {
        var isAnonymous = scene.Config.Config?.Auth.Anonymous == AnonymousAccess.Loopback;
        var presented = agent.Settings.Where(file => file.Role is not Clients.Setups.SettingsRole.Managed).SelectMany(file => file.Settings.Credentials.Select(credential => (file, credential)))
            .OrderBy(at => at.credential.Kind).ToList();
        // With several, another check speaks; here it is enough when one of them opens the gateway.
        var faults = presented.Select(at => (at.file, at.credential, fault: Fault(scene, at.credential))).ToList();
        if (faults.Exists(at => at.fault is null) || isAnonymous) yield break;
        var help = $"gatehouse integration apply {agent.Id} makes one and writes it; or gatehouse token create";
        if (faults.Count == 0) yield return CheckResult.Failed("It presents nothing, so every call is answered with 401.", help);
        else yield return CheckResult.Failed($"{scene.At.Shown(faults[0].file.Path)}: {faults[0].credential.Path} {faults[0].fault}", help);
    }

    private static string? Fault(Scene scene, FoundCredential credential) => credential switch
    {
        // A variable that is missing is another check's; what a command of the person's own prints is not known without running it.
        { Text: null, Kind: CredentialKind.Variable } => null,
        { Text: null, Kind: CredentialKind.Command } when IsProgram(credential.Source) => null,
        { Text: null } => $"leads to {credential.Source}, which is not there or holds no token.",
        { Text: var text } when !Agent.IsToken(text) => "is no token of Gatehouse.",
        { Text: var text } => Fault(scene, text),
    };

    // What only prints a file is told by that file, which is no program.
    private static bool IsProgram(string source) => !source.StartsWith("cat ", StringComparison.Ordinal)
        && (!Path.IsPathRooted(source) || source.Contains(' ', StringComparison.Ordinal) || IsExecutable(source));

    private static bool IsExecutable(string file) =>
        File.Exists(file) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(file) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);

    private static string? Fault(Scene scene, Secret text)
    {
        var hint = TokenText.Hint(text);
        if (scene.TokenOf(text) is not { } token) return $"is the token {hint}, which this gateway does not know. It may belong to another data directory.";
        if (token.RevokedAt is { } revoked) return $"is the token '{token.Name}' ({hint}), which was revoked on {revoked:yyyy-MM-dd}.";
        if (token.ExpiresAt is { } expires && expires <= scene.Clock.GetUtcNow()) return $"is the token '{token.Name}' ({hint}), which expired on {expires:yyyy-MM-dd}.";
        return token.Scopes.HasFlag(TokenScopes.Proxy) ? null : $"is the token '{token.Name}' ({hint}), which opens no model.";
    }
}
