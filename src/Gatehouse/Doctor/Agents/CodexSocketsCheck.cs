namespace Gatehouse.Doctor.Agents;

/// <summary>Codex is not told that this gateway speaks WebSockets: it would try one first, at the cost of time.</summary>
internal sealed class CodexSocketsCheck : AgentCheck
{
    /// <inheritdoc/>
    public override string Id => "codex-websockets";

    /// <inheritdoc/>
    public override bool IsFixable => true;

    /// <inheritdoc/>
    protected override string Good => "no socket is tried first";

    /// <inheritdoc/>
    protected override bool Concerns(Scene scene, Agent agent) => CodexTable.Of(agent).Any(table => table.LeadsHere(agent));

    /// <inheritdoc/>
    protected override IEnumerable<CheckResult> Look(Scene scene, Agent agent) => CodexTable.Of(agent)
        .Where(table => table.LeadsHere(agent) && table.File.Value(table.Key("supports_websockets")) == "true").Select(table => CheckResult.Warning(
            $"{scene.At.Shown(table.File.Path)}: {table.Key("supports_websockets")} is true, but this gateway has no WebSockets.",
            "Take it out: Codex then does not try.",
            repair: SettingsRepair.Removing(scene, agent, table.File, table.Key("supports_websockets"))));
}
