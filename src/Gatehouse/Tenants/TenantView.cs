using System.Globalization;
using System.Text.Json;
using Gatehouse.CommandLine;
using Gatehouse.Control;
using Gatehouse.Gateway.Credentials;
using Gatehouse.Gateway.Tenancy;

namespace Gatehouse.Tenants;

/// <summary>How users and what is theirs are shown. No secret is among it.</summary>
internal static class TenantView
{
    /// <summary>A time for people.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);

    /// <summary>Whose keys serve, for people.</summary>
    public static string Mode(ProviderMode? mode) => mode?.Name() ?? "default";

    /// <summary>Writes a list.</summary>
    public static void WriteAll<T>(Utf8JsonWriter json, IEnumerable<T> all, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray();
        foreach (var one in all) write(json, one);
        json.WriteEndArray();
    }

    /// <summary>Writes a user.</summary>
    public static void Write(Utf8JsonWriter json, User user)
    {
        json.WriteStartObject();
        json.WriteString("id", user.Id);
        json.WriteString("name", user.Name);
        json.WriteString("role", user.Role.Name());
        json.WriteString("mode", user.ProviderMode?.Name());
        json.WriteTime("created_at", user.CreatedAt);
        json.WriteTime("disabled_at", user.DisabledAt);
        json.WriteEndObject();
    }

    /// <summary>Writes a project.</summary>
    public static void Write(Utf8JsonWriter json, Project project)
    {
        json.WriteStartObject();
        json.WriteString("id", project.Id);
        json.WriteString("name", project.Name);
        json.WriteString("owner", project.OwnerId);
        json.WriteString("mode", project.ProviderMode?.Name());
        json.WriteTime("created_at", project.CreatedAt);
        json.WriteEndObject();
    }

    /// <summary>Writes a workspace.</summary>
    public static void Write(Utf8JsonWriter json, Workspace workspace)
    {
        json.WriteStartObject();
        json.WriteString("id", workspace.Id);
        json.WriteString("name", workspace.Name);
        json.WriteString("project", workspace.ProjectId);
        json.WriteString("user", workspace.UserId);
        json.WriteTime("created_at", workspace.CreatedAt);
        json.WriteTime("stopped_at", workspace.StoppedAt);
        json.WriteEndObject();
    }

    /// <summary>Writes a credential.</summary>
    public static void Write(Utf8JsonWriter json, CredentialEntry entry)
    {
        json.WriteStartObject();
        json.WriteString("id", entry.Id);
        json.WriteString("name", entry.Name);
        json.WriteString("owner", entry.OwnerId);
        json.WriteString("kind", entry.Kind.Name());
        json.WriteBoolean("active", entry.IsActive);
        json.WriteString("mask", entry.Mask);
        json.WriteString("provider", entry.Provider);
        json.WriteString("base_url", entry.BaseUrl?.OriginalString);
        json.WriteTime("created_at", entry.CreatedAt);
        json.WriteTime("updated_at", entry.UpdatedAt);
        json.WriteNumber("revision", entry.Revision);
        json.WriteBoolean("opens", entry.Opens);
        json.WriteEndObject();
    }

    /// <summary>Writes an attachment.</summary>
    public static void Write(Utf8JsonWriter json, Attachment attachment)
    {
        json.WriteStartObject();
        json.WriteString("id", attachment.Id);
        json.WriteString("harness", attachment.Harness);
        json.WriteString("user", attachment.UserId);
        json.WriteString("project", attachment.ProjectId);
        json.WriteString("configuration", attachment.ConfigurationId);
        json.WriteBoolean("active", attachment.IsActive);
        json.WriteEndObject();
    }

    /// <summary>Writes how a harness is served.</summary>
    public static void Write(Utf8JsonWriter json, HarnessStatus status)
    {
        json.WriteStartObject();
        json.WriteString("harness", status.Harness);
        json.WriteString("source", status.Source.Name());
        json.WriteString("credential", status.CredentialName);
        json.WriteString("configuration", status.ConfigurationName);
        json.WriteString("kind", status.Kind?.Name());
        json.WriteString("reason", status.Reason?.Name());
        json.WriteString("refusal", status.Refusal);
        json.WriteString("repair", status.Repair?.Name());
        json.WriteTexts("warnings", status.Warnings);
        json.WriteEndObject();
    }
}
