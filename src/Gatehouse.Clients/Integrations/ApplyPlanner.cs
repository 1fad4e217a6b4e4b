using System.Text;
using System.Text.Json;
using Gatehouse.Clients.Edits;
using Gatehouse.Clients.Files;
using Gatehouse.Clients.Reports;
using Gatehouse.Clients.Setups;

namespace Gatehouse.Clients.Integrations;

/// <summary>Works out how a client's files are to change so that they say what a setup wants. Used once.</summary>
internal sealed class ApplyPlanner(Surroundings at, RecordStore records, Client client, ClientSetup setup, string path, Guid? tokenId)
{
    /// <summary>The plan.</summary>
    /// <exception cref="IOException">A file of the state folder can't be read.</exception>
    public IntegrationPlan Plan()
    {
        if (Opened.Of(client, path, at) is not { Document: { } document, State: { } state } opened)
            return IntegrationPlan.Refused(client, path, Opened.Fault(client, path, at));
        var record = records.Find(path);
        var draft = new Draft(setup, document.Root, at, state.Path);
        client.Plan(draft);
        if (draft.Refusal is { } reason) return IntegrationPlan.Refused(client, path, reason);

        // What an earlier setup wrote and this one does not: it goes back to what it was, and does not stay behind.
        var obsolete = (record?.Reversals ?? [])
            .Where(step => !step.Removed && !draft.Edits.Any(edit => edit.Path.Contains(step.Path) || step.Path.Contains(edit.Path))).ToList();
        var undone = document.Undo(obsolete);
        if (undone.Document is null) return IntegrationPlan.Refused(client, path, $"{path}: {undone.Refusal}");
        var done = undone.Document.Apply(draft.Edits);
        if (done.Document is not { } after) return IntegrationPlan.Refused(client, path, $"{path}: {done.Refusal}");

        var settings = new FileChange(state, after.Bytes.ToArray()) { HoldsSecret = setup.Credential == CredentialPlace.Settings, Backup = true };
        var kept = record?.Reversals.Except(obsolete) ?? [];
        var next = NextRecord(record, state, settings, Reversal.Join(kept, done.Reversals), draft.Files);
        var own = draft.Files.Select(file => OwnChange(file, record)).Concat(Obsolete(record, draft.Files)).ToList();
        if (client.ReadsPlainJson && !IsPlainJson(settings.After))
        {
            draft.Warn(
                $"{client.Label} reads plain JSON and ignores the whole of {at.Shown(path)} for its comments or trailing commas. "
                + "Take them out, for this has no effect until then.");
        }

        return Planned(opened, settings, own, next, draft.Warnings, record);
    }

    /// <summary>A plan that changes single keys of a file, on top of whatever was written before.</summary>
    public static IntegrationPlan PlanMend(Surroundings at, RecordStore records, Client client, string path, IReadOnlyList<Edit> edits)
    {
        if (Opened.Of(client, path, at) is not { Document: { } document, State: { } state } opened)
            return IntegrationPlan.Refused(client, path, Opened.Fault(client, path, at));
        var done = document.Apply(edits);
        if (done.Document is not { } after) return IntegrationPlan.Refused(client, path, $"{path}: {done.Refusal}");
        var record = records.Find(path);
        var settings = new FileChange(state, after.Bytes.ToArray()) { Backup = true };
        var planner = new ApplyPlanner(at, records, client, null!, path, null);
        // What is mended in a key of ours was a fault, and nothing to go back to: the step goes on from what we had written there.
        var steps = done.Reversals.Select(step => record?.Reversals.LastOrDefault(ours => ours.Path.Equals(step.Path)) is { Written: { } written } ? step with { Found = written } : step);
        var next = planner.NextRecord(record, state, settings, Reversal.Join(record?.Reversals ?? [], steps), null);
        return planner.Planned(opened, settings, [], next, [], record);
    }

    private IntegrationPlan Planned(
        Opened opened, FileChange settings, List<FileChange> own, IntegrationRecord next, IReadOnlyList<string> warnings, IntegrationRecord? record)
    {
        List<FileChange> changes = [settings, .. own];
        var isNeeded = changes.Any(change => change.IsNeeded);
        var secrets = Previews.Secrets(client, at, settings.Before.Bytes, settings.After, opened.Syntax).Append(setup?.Token ?? "").ToList();
        return new IntegrationPlan
        {
            Client = client,
            Path = path,
            Files = [.. changes.Select(change => Previews.Of(change, at, secrets))],
            Warnings = [.. warnings],
            Changes = isNeeded ? [.. changes, records.Change(path, next)] : [],
            WasOurs = record is not null || ReadsOurs(opened.Document!),
            TokenId = next.TokenId,
        };
    }

    private IntegrationRecord NextRecord(
        IntegrationRecord? record, FileState state, FileChange settings, IReadOnlyList<Reversal> reversals, IReadOnlyList<OwnFile>? own) => new()
        {
            Client = client.Id,
            Path = state.Path,
            Existed = record?.Existed ?? state.Exists,
            Mode = record is not null ? record.Mode : (int?)state.Mode,
            ModeLeft = settings.HoldsSecret ? (int)StateFolder.OwnerOnly : record?.ModeLeft ?? (int?)state.Mode,
            Reversals = reversals,
            OwnFiles = own is null ? record?.OwnFiles ?? [] : [.. own.Select(file => new WrittenOwnFile(file.Path, FileState.HashOf(Encoding.UTF8.GetBytes(file.Content))))],
            FoldersMade = record?.FoldersMade ?? MissingFolders(state.Target),
            WrittenHash = FileState.HashOf(settings.After),
            Undisturbed = record is null || (record.Undisturbed && record.WrittenHash == state.Hash),
            TokenId = tokenId ?? record?.TokenId,
        };

    private static bool IsPlainJson(byte[]? bytes)
    {
        try
        {
            var text = bytes.AsSpan();
            var reader = new Utf8JsonReader(text.StartsWith("\uFEFF"u8) ? text[3..] : text);
            while (reader.Read()) { }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // A file of that name that is none of ours is kept as a backup.
    private static FileChange OwnChange(OwnFile file, IntegrationRecord? record)
    {
        var state = FileState.Read(file.Path, out var refusal) ?? throw new IOException(refusal!.ToString());
        return new FileChange(state, Encoding.UTF8.GetBytes(file.Content))
        {
            HoldsSecret = file.Secret,
            Backup = record?.OwnFiles.Any(own => own.Path == file.Path) != true,
        };
    }

    private static IEnumerable<FileChange> Obsolete(IntegrationRecord? record, IReadOnlyList<OwnFile> wanted)
    {
        foreach (var file in (record?.OwnFiles ?? []).Where(own => wanted.All(file => file.Path != own.Path)))
        {
            if (FileState.Read(file.Path, out _) is { Exists: true } state && state.Hash == file.Hash) yield return new FileChange(state, null);
        }
    }

    private static List<string> MissingFolders(string file)
    {
        var missing = new List<string>();
        for (var folder = Path.GetDirectoryName(file); folder is not null && !Directory.Exists(folder); folder = Path.GetDirectoryName(folder)) missing.Add(folder);
        return missing;
    }

    private bool ReadsOurs(ConfigDocument document)
    {
        var settings = client.Read(document.Root, at);
        return settings.Provider == ClientSetup.ProviderId || (setup is not null && ClientReport.LeadsTo(settings.BaseAddress?.Text, setup.Gateway));
    }
}
