using Gatehouse.Clients.Programs;

namespace Gatehouse.Doctor.Agents;

/// <summary>The shell sets no variable that an agent prefers to its settings, or sends along with them.</summary>
internal sealed class ShellCheck : AgentCheck
{
    private static readonly string[] s_claudeCredentials = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"];

    /// <inheritdoc/>
    public override string Id => "agent-shell";

    /// <inheritdoc/>
    protected override string Good => "no variable of the shell comes before its settings";

    /// <inheritdoc/>
    protected override IEnumerable<CheckResult> Look(Scene scene, Agent agent)
    {
        var exports = ShellExports.Of(scene.At.Home);
        foreach (var (variable, what) in Troubling(scene, agent))
        {
            var here = scene.At.Set(variable) is not null;
            var export = exports.GetValueOrDefault(variable);
            if (!here && export is null) continue;
            var where = export is null ? "is set in this shell" : $"is set in {scene.At.Shown(export.File)}, line {export.Line}";
            yield return CheckResult.Failed(
                $"{variable} {where}: {what}",
                $"unset {variable}{(export is null ? "" : ", and take it out of that file: it is yours, so it is not changed here")}.");
        }
    }

    private static IEnumerable<(string Variable, string What)> Troubling(Scene scene, Agent agent) => agent.Id switch
    {
        "claude-code" => Claude(scene, agent),
        "opencode" => [("OPENCODE_CONFIG", "the file that it names goes before the one that was set up."), ("OPENCODE_CONFIG_CONTENT", "what it says goes before every file.")],
        "qwen-code" when agent.Value("env.GATEHOUSE_TOKEN") is { } token && scene.At.Set("GATEHOUSE_TOKEN") is { } other && other != token =>
            [("GATEHOUSE_TOKEN", "it is another token than the one in the settings, and goes before it.")],
        _ => [],
    };

    // What the settings say in "env" goes before the shell's own; what they leave out comes from the shell.
    private static IEnumerable<(string Variable, string What)> Claude(Scene scene, Agent agent)
    {
        foreach (var name in s_claudeCredentials.Where(name => agent.Value($"env.{name}") is null))
            yield return (name, "Claude Code sends it along with, or before, the credential of its settings.");
        foreach (var name in ClaudeCodeVariables.Elsewhere.Where(name => agent.Value($"env.{name}") is null && ElsewhereCheck.IsOn(scene.At.Set(name) ?? "1")))
            yield return (name, "Claude Code then does not call this gateway.");
        foreach (var name in ClaudeCodeModels.Variables.Where(name => agent.Value($"env.{name}") is null))
            if (scene.At.Set(name) is { } model && scene.IsRouted(model) == false) yield return (name, $"it names {model}, which this gateway does not answer to.");
    }
}
