using Gatehouse.Clients.Integrations;
using Gatehouse.Clients.Reports;
using Gatehouse.Clients.Setups;

namespace Gatehouse.Doctor.Agents;

/// <summary>
/// Changes single keys of an agent's settings by the same way as <c>integration apply</c>: no other byte changes, the file is written whole,
/// there is a backup, and a later restore takes it back.
/// </summary>
internal sealed class SettingsRepair : Repair
{
    private readonly Scene _scene;
    private readonly Agent _agent;
    private readonly FoundFile _file;
    private readonly IReadOnlyList<SettingChange> _changes;

    private SettingsRepair(Scene scene, Agent agent, FoundFile file, IReadOnlyList<SettingChange> changes) =>
        (_scene, _agent, _file, _changes) = (scene, agent, file, changes);

    /// <inheritdoc/>
    public override string File => _file.Path;

    /// <summary>A repair; null for files that are not ours to write: the machine's, the ones shared by a project, and the agent's own state.</summary>
    public static SettingsRepair? Of(Scene scene, Agent agent, FoundFile file, params IReadOnlyList<SettingChange> changes) =>
        file.Role is SettingsRole.Person or SettingsRole.Project && file.Fault is null ? new SettingsRepair(scene, agent, file, changes) : null;

    /// <summary>As the other, taking keys out.</summary>
    public static SettingsRepair? Removing(Scene scene, Agent agent, FoundFile file, params IEnumerable<string> keys) =>
        Of(scene, agent, file, [.. keys.Where(key => file.Kind(key) is not null).Select(key => new SettingChange(key, null))]);

    /// <inheritdoc/>
    public override string Describe()
    {
        var plan = Plan();
        return plan.Refusal ?? string.Concat(plan.Files.Select(file => file.Diff));
    }

    /// <inheritdoc/>
    public override async Task<string?> ApplyAsync(CancellationToken cancellation)
    {
        var plan = Plan();
        return plan.Refusal ?? (await _scene.Integrator.CommitAsync(plan, cancellation)).Refusal;
    }

    /// <inheritdoc/>
    public override Repair? Join(Repair other) => other is SettingsRepair more && more._file.Path == _file.Path
        ? new SettingsRepair(_scene, _agent, _file, [.. _changes, .. more._changes.Where(change => _changes.All(known => known.Key != change.Key))])
        : null;

    private IntegrationPlan Plan() => _scene.Integrator.PlanMend(_agent.Client, _file.Path, _changes);
}
