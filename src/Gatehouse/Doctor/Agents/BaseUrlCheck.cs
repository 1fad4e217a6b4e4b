using Gatehouse.Clients.Integrations;

namespace Gatehouse.Doctor.Agents;

/// <summary>The address ends as the agent needs it: some append <c>/v1/…</c> themselves, others only what follows it.</summary>
internal sealed class BaseUrlCheck : AgentCheck
{
    /// <inheritdoc/>
    public override string Id => "agent-base-url";

    /// <inheritdoc/>
    public override bool IsFixable => true;

    /// <inheritdoc/>
    protected override string Good => "the address ends as it should";

    /// <inheritdoc/>
    protected override bool Concerns(Scene scene, Agent agent) => agent.Settings.Any(agent.LeadsHere);

    /// <inheritdoc/>
    protected override IEnumerable<CheckResult> Look(Scene scene, Agent agent)
    {
        foreach (var file in agent.Settings.Where(agent.LeadsHere))
        {
            var address = file.Settings.BaseAddress!;
            var expected = new Uri(agent.ExpectedAddress(file)).AbsolutePath.TrimEnd('/');
            var given = new Uri(address.Text);
            if (given.AbsolutePath.TrimEnd('/') == expected && given.Query.Length == 0 && given.Fragment.Length == 0) continue;
            var right = given.GetLeftPart(UriPartial.Authority) + expected;
            yield return CheckResult.Failed(
                $"{scene.At.Shown(file.Path)}: {address.Path} is {address.Text}; what {agent.Client.Label} appends to it is not served there, and is answered with 404.",
                $"Set it to {right}",
                repair: SettingsRepair.Of(scene, agent, file, new SettingChange(address.Path, right)));
        }
    }
}
