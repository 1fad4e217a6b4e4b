using System.Globalization;
using System.Text.Json;

namespace Gatehouse.Clients.Files;

/// <summary>An operation on several files, as the journal keeps it until all of them are written.</summary>
internal sealed record OperationPlan(int Version, DateTimeOffset StartedAt, IReadOnlyList<PlannedFile> Files);

/// <summary>One file of an operation: what it was, what it is to be. The hashes are null where the file is missing, before or after; the folders are those to remove with it, and those that were missing before.</summary>
internal sealed record PlannedFile(string Path, string? Before, string? After, int? Mode, bool HoldsSecret, IReadOnlyList<string> FoldersToRemove, IReadOnlyList<string> FoldersMissing);

/// <summary>An operation that a crash had cut off, and what was done about it.</summary>
/// <param name="Paths">The files of the operation.</param>
/// <param name="Finished">Whether it was finished; else it was taken back.</param>
/// <param name="LeftAlone">Files that somebody else changed since; they are as they were found.</param>
internal sealed record RecoveredOperation(IReadOnlyList<string> Paths, bool Finished, IReadOnlyList<string> LeftAlone);

/// <summary>
/// The journal of operations on more than one file. Old and new contents are staged first; the plan that names them appears by one rename,
/// and from then on the operation is finished, by this process or the next. Used under the state folder's lock.
/// </summary>
internal sealed class OperationJournal(StateFolder state, TimeProvider clock, Action<WriteStep, string>? onStep)
{
    private const string PlanName = "plan.json";

    /// <summary>Stages an operation; returns its folder. Throws IOException or UnauthorizedAccessException, having planned nothing.</summary>
    public string Begin(IReadOnlyList<FileChange> changes)
    {
        StateFolder.Make(state.Journal);
        var folder = StateFolder.Make(Path.Combine(state.Journal, Guid.NewGuid().ToString("N")));
        for (var index = 0; index < changes.Count; index++)
        {
            if (changes[index].Before.Bytes is { } before) StateFolder.WriteNew(Staged(folder, index, "before"), before);
            if (changes[index].After is { } after) StateFolder.WriteNew(Staged(folder, index, "after"), after);
        }
        onStep?.Invoke(WriteStep.Staged, folder);
        var plan = new OperationPlan(1, clock.GetUtcNow(), [.. changes.Select(change => new PlannedFile(change.Before.Path, change.Before.Hash,
            change.After is null ? null : FileState.HashOf(change.After), (int?)change.Before.Mode, change.HoldsSecret, change.FoldersToRemove,
            FileReplacement.MissingFolders(Path.GetDirectoryName(change.Before.Target)!)))]);
        var draft = Path.Combine(folder, PlanName + ".draft");
        StateFolder.WriteNew(draft, JsonSerializer.SerializeToUtf8Bytes(plan, FileJson.Default.OperationPlan));
        PosixFiles.FlushFolder(folder);
        File.Move(draft, Path.Combine(folder, PlanName));
        PosixFiles.FlushFolder(folder);
        PosixFiles.FlushFolder(state.Journal);
        onStep?.Invoke(WriteStep.Planned, folder);
        return folder;
    }

    /// <summary>Ends an operation whose files are all written, or all taken back.</summary>
    public void End(string folder)
    {
        File.Delete(Path.Combine(folder, PlanName));
        PosixFiles.FlushFolder(folder);
        onStep?.Invoke(WriteStep.PlanRemoved, folder);
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Finishes what a crash cut off or, where somebody else changed a file since, takes it back. Throws IOException or UnauthorizedAccessException, to be tried again at the next run.</summary>
    public IReadOnlyList<RecoveredOperation> Recover()
    {
        if (!Directory.Exists(state.Journal)) return [];
        var recovered = new List<RecoveredOperation>();
        foreach (var folder in Directory.EnumerateDirectories(state.Journal).Where(folder => !folder.EndsWith(".damaged", StringComparison.Ordinal)))
        {
            if (!File.Exists(Path.Combine(folder, PlanName))) Directory.Delete(folder, recursive: true);
            else if (Load(folder) is { } changes) recovered.Add(Recover(folder, changes));
            else Directory.Move(folder, folder + ".damaged");
        }
        return recovered;
    }

    /// <summary>Takes back the files of an operation that were written already, with the folders made for them, and ends it.</summary>
    public void TakeBack(string folder)
    {
        var changes = Load(folder) ?? throw new IOException($"the journal of the operation is damaged: {folder}");
        foreach (var (change, missing) in changes)
        {
            // What can't be read is somebody else's by now; what has another content is too.
            if (FileState.Read(change.Before.Path, out _) is { } now && now.Hash != change.Before.Hash && now.Hash == HashOf(change.After)) Return(change, now, missing);
        }
        End(folder);
    }

    private RecoveredOperation Recover(string folder, IReadOnlyList<(FileChange Change, IReadOnlyList<string> Missing)> changes)
    {
        var foreign = new List<string>();
        foreach (var (change, _) in changes)
        {
            FileReplacement.RemoveLeftovers(change.Before.Target);
            if (FileState.Read(change.Before.Path, out _) is not { } now || (now.Hash != change.Before.Hash && now.Hash != HashOf(change.After))) foreign.Add(change.Before.Path);
        }
        var forward = foreign.Count == 0;
        foreach (var (change, missing) in changes.Where(at => !foreign.Contains(at.Change.Before.Path)))
        {
            var now = FileState.Read(change.Before.Path, out var refusal) ?? throw new ReplacementException(refusal!);
            if (!forward && now.Hash != change.Before.Hash) Return(change, now, missing);
            if (forward && (change with { Before = now }).IsNeeded) new FileReplacement(onStep).Make(change with { Before = now });
        }
        End(folder);
        return new RecoveredOperation([.. changes.Select(at => at.Change.Before.Path)], forward, foreign);
    }

    /// <summary>Gives a file its old content and mode back, or deletes it with the folders that were not there.</summary>
    private void Return(FileChange change, FileState now, IReadOnlyList<string> foldersMissing) =>
        new FileReplacement(onStep).Make(new FileChange(now with { Mode = now.Exists ? change.Before.Mode ?? now.Mode : change.Before.Mode }, change.Before.Bytes) { HoldsSecret = !now.Exists, FoldersToRemove = foldersMissing });

    /// <summary>The changes of a plan; null when it, or what is staged for it, is damaged.</summary>
    private static List<(FileChange Change, IReadOnlyList<string> Missing)>? Load(string folder)
    {
        try
        {
            var plan = JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(folder, PlanName)), FileJson.Default.OperationPlan);
            if (plan is not { Version: 1, Files: not null }) return null;
            var changes = new List<(FileChange, IReadOnlyList<string>)>();
            foreach (var file in plan.Files)
            {
                var before = file.Before is null ? null : File.ReadAllBytes(Staged(folder, changes.Count, "before"));
                var after = file.After is null ? null : File.ReadAllBytes(Staged(folder, changes.Count, "after"));
                if (HashOf(before) != file.Before || HashOf(after) != file.After) return null;
                var state = new FileState { Path = file.Path, Target = FileLinks.Target(file.Path), Bytes = before, Hash = file.Before, Mode = (UnixFileMode?)file.Mode };
                changes.Add((new FileChange(state, after) { HoldsSecret = file.HoldsSecret, FoldersToRemove = file.FoldersToRemove }, file.FoldersMissing));
            }
            return changes;
        }
        catch (Exception fault) when (fault is JsonException or FileNotFoundException or FileLoopException)
        {
            return null;
        }
    }

    private static string? HashOf(byte[]? bytes) => bytes is null ? null : FileState.HashOf(bytes);

    private static string Staged(string folder, int index, string what) => Path.Combine(folder, index.ToString(CultureInfo.InvariantCulture) + "." + what);
}
