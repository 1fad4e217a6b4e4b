namespace Gatehouse.Clients.Files;

/// <summary>
/// Changes other programs' configuration files: all files of an operation or none, each replaced whole, nothing that changed since it was
/// read. One operation of one state folder runs at a time, across processes. Thread-safe.
/// </summary>
internal sealed class SafeFiles(StateFolder state, TimeProvider clock)
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    /// <summary>The originals of the files that were changed.</summary>
    public OriginalStore Originals { get; } = new(state, clock);

    /// <summary>How long to wait for another Gatehouse that is writing.</summary>
    public TimeSpan Patience { get; init; } = _patience;

    /// <summary>Told of each step before the next begins. For tests, which stop there.</summary>
    internal Action<WriteStep, string>? OnStep { get; init; }

    /// <summary>
    /// Makes the changes. <paramref name="carriesOurMarks"/> is asked of each file before its original is taken; without it none is taken.
    /// What an earlier run left half-done is finished first.
    /// </summary>
    public Task<WriteOutcome> WriteAsync(IReadOnlyList<FileChange> changes, Func<FileState, bool>? carriesOurMarks = null, CancellationToken stop = default) =>
        UnderLockAsync(changes.Count > 0 ? changes[0].Before.Path : state.Path, recovered => Write(changes, carriesOurMarks, recovered), stop);

    /// <summary>Finishes, or takes back, what a crash cut off. For the start of a command that only reads.</summary>
    public Task<WriteOutcome> RecoverAsync(CancellationToken stop = default) => UnderLockAsync(state.Path, recovered => new WriteOutcome([], null, recovered), stop);

    private async Task<WriteOutcome> UnderLockAsync(string path, Func<IReadOnlyList<RecoveredOperation>, WriteOutcome> act, CancellationToken stop)
    {
        try
        {
            using var held = await state.LockAsync(Patience, clock, stop);
            if (held is null) return Refused(new FileRefusal(FileTrouble.Locked, path, "another Gatehouse is changing files; try again when it is done"), []);
            OnStep?.Invoke(WriteStep.Locked, path);
            return act(new OperationJournal(state, clock, OnStep).Recover());
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ReplacementException)
        {
            return Refused(RefusalOf(path, fault), []);
        }
    }

    private WriteOutcome Write(IReadOnlyList<FileChange> changes, Func<FileState, bool>? carriesOurMarks, IReadOnlyList<RecoveredOperation> recovered)
    {
        foreach (var change in changes)
        {
            if (FileReplacement.Check(change) is { } refusal) return Refused(refusal, recovered);
        }
        var backups = new Dictionary<string, string>(StringComparer.Ordinal);
        var needed = changes.Where(change => change.IsNeeded).ToList();
        var path = state.Path;
        try
        {
            foreach (var change in needed)
            {
                path = change.Before.Path;
                if (carriesOurMarks is not null) Originals.Take(change.Before, carriesOurMarks);
                if (!change.Backup || !change.Before.Exists) continue;
                backups[path] = BackupFiles.Make(change.Before, clock.GetUtcNow());
                OnStep?.Invoke(WriteStep.BackedUp, path);
            }
            var made = Make(needed, ref path);
            return new WriteOutcome([.. changes.Select(change => new WrittenFile(change.Before.Path, change.IsNeeded,
                backups.GetValueOrDefault(change.Before.Path), made.GetValueOrDefault(change.Before.Path) ?? []))], null, recovered);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ReplacementException)
        {
            return Refused(RefusalOf(path, fault), recovered);
        }
    }

    /// <summary>Replaces the files, with the journal when there is more than one: a single one is replaced by one rename anyway.</summary>
    private Dictionary<string, IReadOnlyList<string>> Make(List<FileChange> changes, ref string path)
    {
        var journal = new OperationJournal(state, clock, OnStep);
        var folder = changes.Count > 1 ? journal.Begin(changes) : null;
        var replacement = new FileReplacement(OnStep);
        var made = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        try
        {
            foreach (var change in changes)
            {
                path = change.Before.Path;
                made[path] = replacement.Make(change);
            }
        }
        catch (Exception fault) when (folder is not null && fault is (IOException or UnauthorizedAccessException or ReplacementException))
        {
            // What is written already goes back. If that fails as well, the journal keeps the operation for the next run.
            journal.TakeBack(folder!);
            throw;
        }
        if (folder is not null) journal.End(folder);
        return made;
    }

    private static FileRefusal RefusalOf(string path, Exception fault) => fault switch
    {
        ReplacementException replacement => replacement.Refusal,
        UnauthorizedAccessException => new FileRefusal(FileTrouble.FolderReadOnly, path, $"writing is not allowed: {fault.Message}"),
        _ => new FileRefusal(FileTrouble.System, path, fault.Message),
    };

    private static WriteOutcome Refused(FileRefusal refusal, IReadOnlyList<RecoveredOperation> recovered) => new([], refusal, recovered);
}
