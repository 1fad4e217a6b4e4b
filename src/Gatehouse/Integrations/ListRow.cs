using System.Text.Json;
using Gatehouse.Clients;
using Gatehouse.Clients.Reports;
using Gatehouse.CommandLine;

namespace Gatehouse.Integrations;

/// <summary>One client in the list.</summary>
/// <param name="Report">What was found.</param>
/// <param name="Version">What its program says its version is; null when it is not installed, or does not say.</param>
/// <param name="Health">Whether its settings are in order.</param>
internal sealed record ListRow(ClientReport Report, string? Version, ClientHealth Health)
{
    /// <summary>Who owns the settings, in words.</summary>
    public string Owner => Report.Owner switch
    {
        SettingsOwner.Nobody => "-",
        SettingsOwner.Gatehouse => "Gatehouse",
        SettingsOwner.Tool => Report.Marks[0].Tool,
        _ => "the person",
    };

    /// <summary>What is done for a client, in a word.</summary>
    public static string Support(Client client) => client.Support switch
    {
        ClientSupport.Applied => client.Verified ? "apply" : "apply (untried)",
        ClientSupport.Printed => "print",
        _ => "refused",
    };

    /// <summary>Writes it as JSON.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("client", Report.Client.Id);
        json.WriteString("label", Report.Client.Label);
        json.WriteString("support", Report.Client.Support switch { ClientSupport.Applied => "apply", ClientSupport.Printed => "print", _ => "refused" });
        json.WriteBoolean("verified", Report.Client.Verified);
        json.WriteString("reason", Report.Client.Reason);
        json.WriteString("program", Report.Program);
        json.WriteString("version", Version);
        json.WriteStartArray("files");
        foreach (var file in Report.Files.Where(file => file.Exists))
        {
            json.WriteStartObject();
            json.WriteString("path", file.Path);
            json.WriteString("role", file.Role.ToString().ToLowerInvariant());
            json.WriteString("fault", file.Fault);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("deciding_file", Report.Deciding?.Path);
        json.WriteString("base_url", Report.Deciding?.Settings.BaseAddress?.Text);
        json.WriteString("provider", Report.Deciding?.Settings.Provider);
        json.WriteString("owner", Report.Owner switch { SettingsOwner.Tool => Report.Marks[0].Tool, var owner => owner.ToString().ToLowerInvariant() });
        if (Health.IsGood is { } good) json.WriteBoolean("healthy", good);
        else json.WriteNull("healthy");
        json.WriteTexts("faults", Health.Faults);
        json.WriteEndObject();
    }
}
