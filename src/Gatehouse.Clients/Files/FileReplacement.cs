using System.Security.Cryptography;

namespace Gatehouse.Clients.Files;

/// <summary>
/// Replaces one file so that a reader, and a crash at any moment, sees the old content or the new and nothing between: a temporary file in
/// the same folder, flushed, given mode and owner of the old one, then renamed over it. Used under the state folder's lock.
/// </summary>
internal sealed class FileReplacement(Action<WriteStep, string>? onStep)
{
    private const string TempMark = ".gatehouse-";

    /// <summary>Why a change can't be made, found without touching anything; null when nothing stands in its way.</summary>
    public static FileRefusal? Check(FileChange change)
    {
        var before = change.Before;
        if (Changed(before) is { } changed) return changed;
        if (!change.IsNeeded) return null;
        if (before.Mode is { } mode && (mode & UnixFileMode.UserWrite) == 0)
            return new FileRefusal(FileTrouble.ReadOnly, before.Path, "the file is read-only; it is left as it is. To allow the change: chmod u+w");
        var folder = Path.GetDirectoryName(before.Target)!;
        while (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { } above)
        {
            if (File.Exists(folder)) return new FileRefusal(FileTrouble.NotAFile, before.Path, $"{folder} is a file, not a folder");
            folder = above;
        }
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(folder) & (UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) == 0)
            return new FileRefusal(FileTrouble.FolderReadOnly, before.Path, $"the folder {folder} is read-only");
        if (before.Exists && PosixFiles.OwnershipOf(before.Target) is { Names: > 1 } many)
            return new FileRefusal(FileTrouble.HardLinked, before.Path, $"the file has {many.Names} names (hard links); the others would keep the old content");
        return null;
    }

    /// <summary>Makes a change that was checked; returns the folders made, the innermost first. Throws <see cref="ReplacementException"/>, IOException or UnauthorizedAccessException, all without having changed the file.</summary>
    public IReadOnlyList<string> Make(FileChange change)
    {
        var target = change.Before.Target;
        var folder = Path.GetDirectoryName(target)!;
        if (change.After is not { } after)
        {
            Throw(Changed(change.Before));
            File.Delete(target);
            PosixFiles.FlushFolder(folder);
            onStep?.Invoke(WriteStep.Replaced, change.Before.Path);
            foreach (var made in change.FoldersToRemove) RemoveIfEmpty(made);
            return [];
        }
        var folders = MissingFolders(folder);
        if (folders.Count > 0)
        {
            StateFolder.Make(folder);
            onStep?.Invoke(WriteStep.FolderMade, change.Before.Path);
        }
        RemoveLeftovers(target);
        var temp = Path.Combine(folder, $".{Path.GetFileName(target)}{TempMark}{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}.tmp");
        try
        {
            WriteTemp(temp, after, change);
            Dress(temp, change);
            onStep?.Invoke(WriteStep.Flushed, change.Before.Path);
            Throw(Changed(change.Before));
            File.Move(temp, target, overwrite: change.Before.Exists);
        }
        catch
        {
            File.Delete(temp);
            foreach (var made in folders) RemoveIfEmpty(made);
            throw;
        }
        PosixFiles.FlushFolder(folder);
        onStep?.Invoke(WriteStep.Replaced, change.Before.Path);
        return folders;
    }

    /// <summary>Deletes the temporary files that an operation left beside a file when it was cut off.</summary>
    public static void RemoveLeftovers(string target)
    {
        var folder = Path.GetDirectoryName(target)!;
        if (!Directory.Exists(folder)) return;
        var beginning = $".{Path.GetFileName(target)}{TempMark}";
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            var name = Path.GetFileName(file);
            if (name.StartsWith(beginning, StringComparison.Ordinal) && name.EndsWith(".tmp", StringComparison.Ordinal)) File.Delete(file);
        }
    }

    /// <summary>Removes a folder that is there and empty.</summary>
    public static void RemoveIfEmpty(string folder)
    {
        if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any()) Directory.Delete(folder);
    }

    private static FileRefusal? Changed(FileState before)
    {
        var now = FileState.Read(before.Path, out var refusal);
        if (now is null) return refusal;
        if (now.Hash == before.Hash && now.Target == before.Target) return null;
        var what = before.Exists ? now.Exists ? "was changed" : "was deleted" : "was made";
        return new FileRefusal(FileTrouble.ChangedMeanwhile, before.Path, $"the file {what} by somebody else meanwhile; nothing was written. Run the command again");
    }

    private static void Throw(FileRefusal? refusal)
    {
        if (refusal is not null) throw new ReplacementException(refusal);
    }

    /// <summary>The folders on the way to one, itself included, that are not there; the innermost first.</summary>
    public static IReadOnlyList<string> MissingFolders(string folder)
    {
        var missing = new List<string>();
        for (var at = folder; !Directory.Exists(at); at = Path.GetDirectoryName(at)!) missing.Add(at);
        return missing;
    }

    private void WriteTemp(string temp, byte[] bytes, FileChange change)
    {
        // Private from the first byte on. A new file without a secret is as open as the person's umask lets new files be.
        var mode = change.HoldsSecret || change.Before.Exists ? StateFolder.OwnerOnly : StateFolder.OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = mode;
        using var stream = new FileStream(temp, options);
        stream.Write(bytes.AsSpan(0, bytes.Length / 2));
        onStep?.Invoke(WriteStep.HalfWritten, change.Before.Path);
        stream.Write(bytes.AsSpan(bytes.Length / 2));
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Gives the temporary file the owner and mode of the one that it replaces, less what others may do when it holds a secret.</summary>
    private static void Dress(string temp, FileChange change)
    {
        if (OperatingSystem.IsWindows() || change.Before.Mode is not { } mode) return;
        // Owner first: giving a file away may clear mode bits.
        if (PosixFiles.OwnershipOf(change.Before.Target) is { } owner && PosixFiles.OwnershipOf(temp) is { } ours
            && (owner.User, owner.Group) != (ours.User, ours.Group) && !PosixFiles.Give(temp, owner))
            Throw(new FileRefusal(FileTrouble.OwnerNotKept, change.Before.Path, "the file belongs to another user or group, which a new file could not be given to"));
        const UnixFileMode others = (UnixFileMode)0b000_111_111;
        File.SetUnixFileMode(temp, change.HoldsSecret ? mode & ~others : mode);
    }
}

/// <summary>Carries a refusal out of the middle of a replacement to the operation, which hands it on as a value.</summary>
internal sealed class ReplacementException(FileRefusal refusal) : Exception(refusal.Message)
{
    /// <summary>Why.</summary>
    public FileRefusal Refusal { get; } = refusal;
}
