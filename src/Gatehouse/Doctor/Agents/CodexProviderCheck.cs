using Gatehouse.Clients.Programs;
using Gatehouse.Clients.Setups;

namespace Gatehouse.Doctor.Agents;

/// <summary>
/// Codex knows the provider that is in force, under an id of its own. Its built-in ids can't have a table; a missing table stops it; and
/// since it lists sessions by this id, a new name hides the old ones.
/// </summary>
internal sealed class CodexProviderCheck : AgentCheck
{
    /// <inheritdoc/>
    public override string Id => "codex-provider";

    /// <inheritdoc/>
    protected override string Good => "its provider is in order";

    /// <inheritdoc/>
    protected override bool Concerns(Scene scene, Agent agent) => agent.Id == "codex" && agent.Settings.Any(file => file.Fault is null);

    /// <inheritdoc/>
    protected override IEnumerable<CheckResult> Look(Scene scene, Agent agent)
    {
        var tables = CodexTable.Of(agent).ToList();
        foreach (var table in tables.Where(table => Codex.ReservedProviders.Contains(table.Id)))
            yield return CheckResult.Failed($"{scene.At.Shown(table.File.Path)}: '{table.Id}' is an id of Codex itself, and can't have a table.", $"Give the table another name; ours is '{ClientSetup.ProviderId}': gatehouse integration apply codex");
        if (agent.Saying("model_provider") is not { } file) yield break;
        var id = file.Value("model_provider")!;
        var here = tables.Find(table => table.Id == id && table.File == file);
        if (here is null && !Codex.ReservedProviders.Contains(id))
            yield return CheckResult.Failed($"{scene.At.Shown(file.Path)}: model_provider is {id}, and there is no table of that name: Codex does not start.", "Put the table back, or name another provider: gatehouse integration apply codex");
        else if (here is not null && here.LeadsHere(agent) && id != ClientSetup.ProviderId && !Codex.ReservedProviders.Contains(id) && tables.Exists(table => table.Id == ClientSetup.ProviderId))
            yield return CheckResult.Warning($"{scene.At.Shown(file.Path)}: this gateway is called as '{id}', and has a table as '{ClientSetup.ProviderId}' too: Codex shows the sessions of one of them at a time.", "Keep to one of the two.");
        foreach (var result in Profile(scene, agent, file, id)) yield return result;
    }

    private static IEnumerable<CheckResult> Profile(Scene scene, Agent agent, Clients.Reports.FoundFile file, string id)
    {
        if (agent.Ours is null || file.Value("profile") is not { } profile) yield break;
        if (file.Value($"profiles.{System.Text.Json.JsonSerializer.Serialize(profile)}.model_provider") is { } other && other != id)
            yield return CheckResult.Failed($"{scene.At.Shown(file.Path)}: the profile '{profile}' is in force and names the provider '{other}', which goes before '{id}'.", "Take profile out, or start Codex with another one.");
    }
}
