using Gatehouse.Clients.Programs;

namespace Gatehouse.Doctor.Agents;

/// <summary>
/// Claude Code has no <c>apiKeyHelper</c> beside a token, and none that prints something else than a token of ours: what it prints is sent
/// in both headers.
/// </summary>
internal sealed class HelperCheck : AgentCheck
{
    /// <summary>The key of the helper.</summary>
    public const string Key = "apiKeyHelper";

    private static readonly string[] s_tokens = ["env.ANTHROPIC_AUTH_TOKEN", "env.ANTHROPIC_API_KEY"];

    /// <inheritdoc/>
    public override string Id => "agent-helper";

    /// <inheritdoc/>
    public override bool IsFixable => true;

    /// <inheritdoc/>
    protected override string Good => "no helper competes with the token";

    /// <inheritdoc/>
    protected override bool Concerns(Scene scene, Agent agent) => agent.Id == "claude-code" && agent.Ours is not null;

    /// <inheritdoc/>
    protected override IEnumerable<CheckResult> Look(Scene scene, Agent agent)
    {
        if (agent.Saying(Key) is not { } file) yield break;
        var beside = s_tokens.FirstOrDefault(key => agent.Value(key) is not null);
        if (beside is null)
        {
            if (ClaudeCodeVariables.HelperFile(file.Value(Key)!) is not null) yield break;
            yield return CheckResult.Warning(
                $"{scene.At.Shown(file.Path)}: the credential comes from a command of your own, which is not run here.",
                "Make sure that it prints a token of Gatehouse, and nothing else.");
            yield break;
        }

        yield return CheckResult.Warning(
            $"{scene.At.Shown(file.Path)}: {Key} is set beside {beside}, which goes before it.",
            "Take the helper out, or the token.",
            repair: Agent.IsToken(agent.Settings.SelectMany(f => f.Settings.Credentials).FirstOrDefault(c => c.Path == beside)?.Text)
                ? SettingsRepair.Removing(scene, agent, file, Key, "env.CLAUDE_CODE_API_KEY_HELPER_TTL_MS")
                : null);
    }
}
