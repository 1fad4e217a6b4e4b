using Gatehouse.Clients.Integrations;

namespace Gatehouse.Doctor.Agents;

/// <summary>An agent that is meant to call this gateway has its address, not that of another port or machine, or none.</summary>
internal sealed class AddressCheck : AgentCheck
{
    /// <inheritdoc/>
    public override string Id => "agent-address";

    /// <inheritdoc/>
    public override bool IsFixable => true;

    /// <inheritdoc/>
    protected override string Good => "has this gateway's address";

    /// <inheritdoc/>
    protected override IEnumerable<CheckResult> Look(Scene scene, Agent agent)
    {
        foreach (var file in agent.Writable.Where(agent.IsOurs))
        {
            if (agent.LeadsHere(file)) continue;
            var address = file.Settings.BaseAddress;
            // Where the address stands is known only when there is one, but for Claude Code, whose key is always the same.
            var key = address?.Path ?? (agent.Id == "claude-code" ? "env.ANTHROPIC_BASE_URL" : null);
            if (address is null && agent.Settings.Any(agent.LeadsHere)) continue;
            var expected = agent.ExpectedAddress(file);
            yield return CheckResult.Failed(
                address is null ? $"{scene.At.Shown(file.Path)} names no address, so {agent.Client.Label} calls its vendor." : $"{scene.At.Shown(file.Path)}: {address.Path} is {Agent.Shown(address.Text)}; this gateway is at {agent.Gateway.GetLeftPart(UriPartial.Authority)}.",
                $"Set it to {expected}",
                // While no server runs it is not known where the next one will listen.
                repair: key is null || scene.Server?.Address is null ? null : SettingsRepair.Of(scene, agent, file, new SettingChange(key, expected)));
        }
    }
}
