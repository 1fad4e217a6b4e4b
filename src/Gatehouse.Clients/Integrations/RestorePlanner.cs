using System.Text;
using Gatehouse.Clients.Edits;
using Gatehouse.Clients.Files;
using Gatehouse.Clients.Setups;

namespace Gatehouse.Clients.Integrations;

/// <summary>Works out how a client's files are given back. Used once.</summary>
internal sealed class RestorePlanner(Surroundings at, OriginalStore originals, RecordStore records, Client client, string path)
{
    private readonly List<string> _left = [];

    /// <summary>The plan that takes back what is ours and leaves what is not.</summary>
    /// <exception cref="IOException">A file can't be read.</exception>
    public IntegrationPlan Plan(bool all)
    {
        if (records.Find(path) is not { } record)
        {
            return IntegrationPlan.Refused(
                client,
                path,
                $"There is nothing to take back: Gatehouse did not write {at.Shown(path)}, or gave it back already. "
                + "To put an older copy in its place: --backup FILE.");
        }

        if (Opened.Of(client, path, at) is not { Document: { } document, State: { } state } opened)
            return IntegrationPlan.Refused(client, path, Opened.Fault(client, path, at));
        if (!state.Exists) return Gone(record, state);

        var keeping = all ? null : client.Keep(at);
        var kept = record.Reversals.Where(step => keeping?.Below.Contains(step.Path) == true).ToList();
        if (kept.Count > 0) _left.Add($"{keeping!.Below}: {keeping.Reason}.");
        var theirs = TheirsByNow(document, record.Reversals);
        var undone = document.Undo(record.Reversals.Except(kept).Where(step => client.WholeOf(step.Path) is not { } whole || !theirs.Contains(whole)), IsOurs);
        if (undone.Document is not { } after) return IntegrationPlan.Refused(client, path, $"{path}: {undone.Refusal}");
        _left.AddRange(undone.LeftAlone.Select(left => $"{left.Path}: {left.Reason}."));

        var stays = kept.Count > 0 || theirs.Count > 0;
        var bytes = Result(record, state, after, untouched: !stays && undone.LeftAlone.Count == 0);
        var own = OwnChanges(record, stays ? after.Root : ConfigObject.Empty).ToList();
        var next = kept.Count == 0 ? null : record with
        {
            Reversals = kept,
            OwnFiles = [.. record.OwnFiles.Where(file => own.All(change => change.Before.Path != file.Path))],
            Undisturbed = false,
            WrittenHash = FileState.HashOf(bytes),
        };
        // A file that we made and nobody touched is nobody's loss, and a copy of it would keep the token.
        var backup = record.Existed || state.Hash != record.WrittenHash;
        var settings = new FileChange(state, bytes) { Backup = backup, FoldersToRemove = record.FoldersMade };
        return Planned(opened, record, settings, own, next, keepsToken: stays);
    }

    /// <summary>The plan that puts a backup in the place of the settings.</summary>
    /// <exception cref="IOException">A file can't be read.</exception>
    public IntegrationPlan PlanBackup(string backup)
    {
        if (FileState.Read(backup, out var fault) is not { Bytes: { } bytes })
            return IntegrationPlan.Refused(client, path, fault?.ToString() ?? $"{backup} is not there");
        if (FileState.Read(path, out var refusal) is not { } state) return IntegrationPlan.Refused(client, path, refusal!.ToString());
        var syntax = client.Files(at).First(file => file.Role == SettingsRole.Person).Syntax;
        if (ConfigDocument.Parse(syntax, bytes, out var damage) is null)
            return IntegrationPlan.Refused(client, path, $"{backup}, {damage}. It is no backup of {client.Label}'s settings.");
        var record = records.Find(path);
        var settings = new FileChange(state, bytes) { Backup = true, HoldsSecret = true };
        return Planned(new Opened(state, null, syntax), record, settings, record is null ? [] : [.. OwnChanges(record, ConfigObject.Empty)], null, keepsToken: false);
    }

    // A provider of which a person has changed a part is not taken to pieces: what would be left of it, a client may refuse to read.
    private HashSet<KeyPath> TheirsByNow(ConfigDocument document, IReadOnlyList<Reversal> steps)
    {
        var theirs = new HashSet<KeyPath>();
        foreach (var step in steps.Where(step => step.Written is not null))
        {
            if (client.WholeOf(step.Path) is not { } whole || document.Find(step.Path) is not { } present) continue;
            if (ValueHash.Of(present) == step.Written || IsOurs(step.Path, present) || !theirs.Add(whole)) continue;
            _left.Add($"{whole}: {step.Path.Last.Name} was changed since, so all of it stays.");
        }

        return theirs;
    }

    private IntegrationPlan Planned(Opened opened, IntegrationRecord? record, FileChange settings, List<FileChange> own, IntegrationRecord? next, bool keepsToken)
    {
        // The settings come last: with them goes the folder, when we made it and nothing else is in it.
        List<FileChange> changes = [.. own, settings];
        var secrets = Previews.Secrets(client, at, settings.Before.Bytes, settings.After, opened.Syntax)
            .Concat(own.Where(change => change.Before.Bytes is { Length: < 1024 }).Select(change => Encoding.UTF8.GetString(change.Before.Bytes!).Trim())).ToList();
        return new IntegrationPlan
        {
            Client = client,
            Path = path,
            Files = [.. changes.Select(change => Previews.Of(change, at, secrets))],
            LeftAlone = [.. _left],
            Changes = [.. changes, .. record is null ? Array.Empty<FileChange>() : [records.Change(path, next)]],
            Mode = record is { Mode: { } mode, ModeLeft: { } left } && next is null && (int?)settings.Before.Mode == left ? (UnixFileMode)mode : null,
            WasOurs = true,
            GivesBack = next is null && record is not null,
            TokenId = keepsToken ? null : record?.TokenId,
        };
    }

    private IntegrationPlan Gone(IntegrationRecord record, FileState state)
    {
        _left.Add($"{at.Shown(path)}: it is gone already.");
        var own = OwnChanges(record, ConfigObject.Empty).ToList();
        return new IntegrationPlan
        {
            Client = client,
            Path = path,
            Files = [.. own.Select(change => Previews.Of(change, at, [Encoding.UTF8.GetString(change.Before.Bytes ?? [])]))],
            LeftAlone = [.. _left],
            Changes = [new FileChange(state, null), .. own, records.Change(path, null)],
            WasOurs = true,
            GivesBack = true,
            TokenId = record.TokenId,
        };
    }

    // Where nobody but us wrote, the original's own bytes; where nothing is left of a file that we made, no file.
    private byte[]? Result(IntegrationRecord record, FileState state, ConfigDocument after, bool untouched)
    {
        if (untouched && record.Undisturbed && record.WrittenHash == state.Hash && originals.Find(path) is { } original) return original.Bytes;
        return !record.Existed && IsEmpty(after) ? null : after.Bytes.ToArray();
    }

    private bool IsEmpty(ConfigDocument document)
    {
        var text = Encoding.UTF8.GetString(document.Bytes).TrimStart('\uFEFF').Trim();
        if (document.Root.Members.Any(member => !client.OwnAdditions.Contains(member.Key))) return false;
        foreach (var member in document.Root.Members)
        {
            // Their own text is taken out, to see whether a person's comment is left.
            text = text.Replace($"\"{member.Key}\"", "", StringComparison.Ordinal);
            text = text.Replace(JsonText.OneLine(member.Value), "", StringComparison.Ordinal);
        }

        return text.All(letter => char.IsWhiteSpace(letter) || letter is '{' or '}' or ':' or ',');
    }

    // A file of ours goes, unless somebody made another of it, or something that is kept refers to it.
    private IEnumerable<FileChange> OwnChanges(IntegrationRecord record, ConfigObject kept)
    {
        foreach (var file in record.OwnFiles)
        {
            if (Mentions(kept, file.Path)) continue;
            if (FileState.Read(file.Path, out _) is not { Exists: true } state) continue;
            if (state.Hash == file.Hash) yield return new FileChange(state, null);
            else _left.Add($"{at.Shown(file.Path)}: it was changed since.");
        }
    }

    private static bool Mentions(ConfigValue value, string text) => value switch
    {
        ConfigString at => at.Text.Contains(text, StringComparison.Ordinal),
        ConfigArray at => at.Items.Any(item => Mentions(item, text)),
        ConfigObject at => at.Members.Any(member => Mentions(member.Value, text)),
        _ => false,
    };

    // A token of ours that was put in the place of another one of ours.
    private static bool IsOurs(KeyPath key, ConfigValue value) =>
        value is ConfigString { Text: { Length: 53 } text } && text.StartsWith("gh", StringComparison.Ordinal) && text[3] == '_';
}
