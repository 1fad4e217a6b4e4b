using Gatehouse.Clients.Integrations;

namespace Gatehouse.Doctor.Agents;

/// <summary>No provider of Codex has <c>wire_api = "chat"</c>: since early 2026 Codex refuses the whole file for it, whichever provider is in force.</summary>
internal sealed class CodexWireCheck : AgentCheck
{
    /// <inheritdoc/>
    public override string Id => "codex-wire-api";

    /// <inheritdoc/>
    public override bool IsFixable => true;

    /// <inheritdoc/>
    protected override string Good => "every provider speaks responses";

    /// <inheritdoc/>
    protected override bool Concerns(Scene scene, Agent agent) => CodexTable.Of(agent).Any();

    /// <inheritdoc/>
    protected override IEnumerable<CheckResult> Look(Scene scene, Agent agent) => CodexTable.Of(agent).Where(table => table.File.Value(table.Key("wire_api")) == "chat").Select(table =>
        CheckResult.Failed(
            $"{scene.At.Shown(table.File.Path)}: {table.Key("wire_api")} is chat, which Codex does not know any more.",
            table.LeadsHere(agent) ? "Set it to responses" : "Set it to responses if that provider speaks it, or take the table out.",
            // Another provider may not speak Responses: which of the two is to be given up is the person's choice.
            repair: table.LeadsHere(agent) ? SettingsRepair.Of(scene, agent, table.File, new SettingChange(table.Key("wire_api"), "responses")) : null));
}
