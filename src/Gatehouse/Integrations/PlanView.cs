using System.Text.Json;
using Gatehouse.Clients.Integrations;
using Gatehouse.CommandLine;

namespace Gatehouse.Integrations;

/// <summary>A plan and its outcome as JSON.</summary>
internal static class PlanView
{
    /// <summary>Writes one object. No secret is in it.</summary>
    public static void Write(Utf8JsonWriter json, IntegrationPlan plan, IReadOnlyList<SavedFile> saved, ClientToken? token, bool isDryRun, bool changed)
    {
        json.WriteStartObject();
        json.WriteString("client", plan.Client.Id);
        json.WriteString("path", plan.Path);
        json.WriteBoolean("dry_run", isDryRun);
        json.WriteBoolean("changed", changed);
        json.WriteString("backup_path", saved.FirstOrDefault(file => file.Path == Path.GetFullPath(plan.Path))?.BackupPath);
        json.WriteStartArray("files");
        foreach (var file in plan.Files)
        {
            json.WriteStartObject();
            json.WriteString("path", file.Path);
            json.WriteBoolean("changed", file.Changes);
            json.WriteString("diff", file.Diff);
            json.WriteString("backup_path", saved.FirstOrDefault(one => one.Path == file.Path)?.BackupPath);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteTexts("left_alone", plan.LeftAlone);
        json.WriteStartObject("token");
        json.WriteString("id", token?.Token?.Id.ToString());
        json.WriteString("name", token?.Token?.Name);
        json.WriteBoolean("made", token is { IsNew: true });
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
