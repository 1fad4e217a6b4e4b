using System.Globalization;
using System.Text.Json;
using Gatehouse.CommandLine;
using Gatehouse.Control;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Terminals;

namespace Gatehouse.Credentials;

/// <summary>How a credential is shown: never its secret.</summary>
internal static class CredentialView
{
    /// <summary>Prints credentials as a table.</summary>
    public static void Print(Terminal terminal, IReadOnlyList<VaultEntry> entries)
    {
        if (entries.Count == 0)
        {
            terminal.Note("The vault is empty. Add a key: gatehouse credential add PROVIDER");
            return;
        }

        var listing = new Listing("ID", "PROVIDER", "NAME", "KEY", "ADDED", "STATE");
        foreach (var entry in entries)
        {
            listing.Add(
                entry.Id.ToString(),
                entry.Provider,
                entry.Name,
                entry.Hint.Length > 0 ? $"…{entry.Hint}" : "…",
                entry.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture),
                entry.Opens ? "sealed" : "altered: replace its key");
        }

        terminal.Write(listing);
    }

    /// <summary>Prints users' own credentials as a table.</summary>
    public static void Print(Terminal terminal, IReadOnlyList<CredentialEntry> entries)
    {
        if (entries.Count == 0)
        {
            terminal.Note("No user has a credential of their own. Add one: gatehouse credential add PROVIDER --for HARNESS");
            return;
        }

        var listing = new Listing("ID", "NAME", "OWNER", "KIND", "KEY", "FOR", "CHANGED", "STATE");
        foreach (var entry in entries)
        {
            listing.Add(
                entry.Id, entry.Name, entry.OwnerId, entry.Kind.Name(), entry.Mask, entry.BaseUrl?.OriginalString ?? entry.Provider ?? "-",
                Tenants.TenantView.Time(entry.UpdatedAt), (entry.Opens, entry.IsActive) switch { (false, _) => "altered: replace its secret", (_, false) => "off", _ => "sealed" });
        }

        terminal.Write(listing);
    }

    /// <summary>Writes a credential as JSON.</summary>
    public static void Write(Utf8JsonWriter json, VaultEntry entry)
    {
        json.WriteStartObject();
        json.WriteString("id", entry.Id);
        json.WriteString("provider", entry.Provider);
        json.WriteString("name", entry.Name);
        json.WriteString("hint", entry.Hint);
        json.WriteTime("created_at", entry.CreatedAt);
        json.WriteBoolean("opens", entry.Opens);
        json.WriteEndObject();
    }
}
