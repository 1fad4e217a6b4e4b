using Gatehouse.Callers;
using Gatehouse.Clients.Integrations;
using Gatehouse.Clients.Reports;
using Gatehouse.Gateway.Exchanges;

namespace Gatehouse.Doctor.Agents;

/// <summary>
/// The address ends as the agent needs it: some append <c>/v1/…</c> themselves, others only what follows it. This gateway overlooks the usual
/// mistakes, so most of them are no failure; another server that the agent is pointed at one day will not.
/// </summary>
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
    protected override IEnumerable<CheckResult> Look(Scene scene, Agent agent) => agent.Settings.Where(agent.LeadsHere).Select(file => Of(scene, agent, file)).OfType<CheckResult>();

    private static CheckResult? Of(Scene scene, Agent agent, FoundFile file)
    {
        var address = file.Settings.BaseAddress!;
        var expected = new Uri(agent.ExpectedAddress(file)).AbsolutePath.TrimEnd('/');
        var given = new Uri(address.Text);
        var path = given.AbsolutePath.TrimEnd('/');
        if (path == expected && given.Query.Length == 0 && given.Fragment.Length == 0) return null;
        var right = given.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped) + expected;
        var repair = SettingsRepair.Of(scene, agent, file, new SettingChange(address.Path, right));
        // What the agent appends is the dialect's whole path less what the address should end with.
        var called = path + CallerDialects.All.First(caller => caller.Dialect == agent.Speaks(file)).Path[expected.Length..];
        var evidence = $"{scene.At.Shown(file.Path)}: {address.Path} is {Agent.Shown(address.Text)}, so that {agent.Client.Label} calls {called}";
        return given.Query.Length == 0 && given.Fragment.Length == 0 && ServedPaths.TakesCalls(called)
            ? CheckResult.Warning($"{evidence}. This gateway overlooks that; others would answer 404.", $"Set it to {right}", repair: repair)
            : CheckResult.Failed($"{evidence}, which is answered with 404.", $"Set it to {right}", repair: repair);
    }
}
