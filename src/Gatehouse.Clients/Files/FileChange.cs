namespace Gatehouse.Clients.Files;

/// <summary>A wanted change of one file. Immutable.</summary>
/// <param name="Before">The file as the change was planned on it.</param>
/// <param name="After">Its new content; null when it is to be deleted.</param>
internal sealed record FileChange(FileState Before, byte[]? After)
{
    /// <summary>Whether the new content holds a secret: the file is then for its owner alone.</summary>
    public bool HoldsSecret { get; init; }

    /// <summary>Whether a backup is made beside the file before it is replaced or deleted. Nothing is backed up where nothing is.</summary>
    public bool Backup { get; init; }

    /// <summary>Folders to remove when they are empty after a deletion, the innermost first: those that <see cref="WrittenFile.FoldersMade"/> told of.</summary>
    public IReadOnlyList<string> FoldersToRemove { get; init; } = [];

    /// <summary>Whether the content, or the mode that a secret asks for, changes at all.</summary>
    public bool IsNeeded => After is null ? Before.Exists : !Before.Exists || !Before.Bytes.AsSpan().SequenceEqual(After) || TooOpen;

    private bool TooOpen => HoldsSecret && Before.Mode is { } mode && (mode & ~(StateFolder.OwnerOnly | UnixFileMode.UserExecute)) != 0;
}

/// <summary>What was done to a file.</summary>
/// <param name="Path">The file as it was named.</param>
/// <param name="Changed">Whether anything was written: false when it was as wanted already.</param>
/// <param name="BackupPath">The backup, when one was made.</param>
/// <param name="FoldersMade">Folders that were missing and were made, the innermost first.</param>
internal sealed record WrittenFile(string Path, bool Changed, string? BackupPath, IReadOnlyList<string> FoldersMade);

/// <summary>What became of an operation: every file is as wanted, or (with a refusal) every file is as it was.</summary>
/// <param name="Files">What was done, in the order of the changes; empty when refused.</param>
/// <param name="Refusal">Why nothing was done.</param>
/// <param name="Recovered">What was finished or taken back first, of an operation that a crash had cut off.</param>
internal sealed record WriteOutcome(IReadOnlyList<WrittenFile> Files, FileRefusal? Refusal, IReadOnlyList<RecoveredOperation> Recovered);
