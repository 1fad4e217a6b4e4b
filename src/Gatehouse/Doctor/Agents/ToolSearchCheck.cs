using Gatehouse.Clients.Integrations;
using Gatehouse.Integrations;

namespace Gatehouse.Doctor.Agents;

/// <summary>
/// Claude Code searches for tools instead of sending all of them with every call. Behind another host than the vendor's it does so only when
/// told that references to tools survive, which is known of the vendor's own service alone.
/// </summary>
internal sealed class ToolSearchCheck : AgentCheck
{
    private const string Key = "env.ENABLE_TOOL_SEARCH";

    /// <inheritdoc/>
    public override string Id => "agent-tool-search";

    /// <inheritdoc/>
    public override bool IsFixable => true;

    /// <inheritdoc/>
    protected override string Good => "tool search is as the provider allows";

    /// <inheritdoc/>
    protected override bool Concerns(Scene scene, Agent agent) => agent.Id == "claude-code" && agent.Settings.Any(agent.LeadsHere) && Survives(scene, agent) is not null;

    /// <inheritdoc/>
    protected override IEnumerable<CheckResult> Look(Scene scene, Agent agent)
    {
        var set = agent.Saying(Key);
        var isOn = (set?.Value(Key) ?? scene.At.Set("ENABLE_TOOL_SEARCH")) is "true" or "1";
        var survives = Survives(scene, agent) == true;
        if (isOn == survives) yield break;
        var file = set ?? agent.Settings.First(agent.LeadsHere);
        yield return survives
            ? CheckResult.Warning(
                "Tool search is off, so every tool is sent with every call: many times the tokens where there are MCP servers.",
                $"Set {Key} to true",
                repair: SettingsRepair.Of(scene, agent, file, new SettingChange(Key, "true")))
            : CheckResult.Failed(
                $"{Key} is on, but references to tools do not survive the way to this model's provider.",
                "Take it out.",
                repair: set is null ? null : SettingsRepair.Removing(scene, agent, set, Key));
    }

    // By the model that most calls ask for. Null where that leads nowhere, or nobody knows.
    private static bool? Survives(Scene scene, Agent agent)
    {
        var model = agent.Value("env.ANTHROPIC_MODEL") ?? agent.Value("env.ANTHROPIC_DEFAULT_SONNET_MODEL") ?? agent.Client.OwnModels[0];
        return scene.Config.Config is { } config && scene.IsRouted(model) == true ? new ModelRoutes(config).ToolReferencesSurvive(model) : null;
    }
}
