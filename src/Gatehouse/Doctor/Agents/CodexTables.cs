using System.Text.Json;
using Gatehouse.Clients.Reports;

namespace Gatehouse.Doctor.Agents;

/// <summary>A provider's table in the settings of Codex.</summary>
/// <param name="File">The file.</param>
/// <param name="Id">The provider's id.</param>
internal sealed record CodexTable(FoundFile File, string Id)
{
    private const string Providers = "model_providers";

    /// <summary>The key of something in the table.</summary>
    public string Key(string name) => $"{Providers}.{JsonSerializer.Serialize(Id)}.{name}";

    /// <summary>Whether the table leads to this gateway.</summary>
    public bool LeadsHere(Agent agent) => ClientReport.LeadsTo(File.Value(Key("base_url")), agent.Gateway);

    /// <summary>Every table of an agent; none for others than Codex.</summary>
    public static IEnumerable<CodexTable> Of(Agent agent) => agent.Id != "codex" ? [] :
        agent.Settings.Where(file => file.Fault is null).SelectMany(file => file.Members(Providers).Select(id => new CodexTable(file, id)));
}
