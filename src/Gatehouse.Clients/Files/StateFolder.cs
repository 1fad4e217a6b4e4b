namespace Gatehouse.Clients.Files;

/// <summary>
/// The folder in which Gatehouse keeps what it must know to take its changes back: originals, the journal of an operation on its way, and
/// the lock that lets one operation run at a time. Only its owner can look into it: it holds copies of configuration files.
/// </summary>
internal sealed class StateFolder(string path)
{
    private const UnixFileMode OwnerOnlyFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Read and write for the owner, nothing for others.</summary>
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The absolute path; the folder is made when something is first put into it.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>Snapshots of files as they were before we came.</summary>
    public string Originals => System.IO.Path.Combine(Path, "originals");

    /// <summary>Operations that were not finished.</summary>
    public string Journal => System.IO.Path.Combine(Path, "journal");

    /// <summary>Makes a folder, and what is missing above it, for the owner alone.</summary>
    public static string Make(string folder)
    {
        if (OperatingSystem.IsWindows()) return Directory.CreateDirectory(folder).FullName;
        // One by one, because the mode is given to the last of a path only.
        foreach (var missing in FileReplacement.MissingFolders(folder).Reverse()) Directory.CreateDirectory(missing, OwnerOnlyFolder);
        return folder;
    }

    /// <summary>Writes a new private file and flushes it to disk. Throws IOException when it exists.</summary>
    public static void WriteNew(string file, ReadOnlySpan<byte> bytes)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Read };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        using var stream = new FileStream(file, options);
        stream.Write(bytes);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Takes the lock, waiting for at most <paramref name="patience"/>; null when another process holds it. Freed by disposing, and by the system when this process dies.</summary>
    public async Task<IDisposable?> LockAsync(TimeSpan patience, TimeProvider clock, CancellationToken stop)
    {
        Make(Path);
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        var start = clock.GetTimestamp();
        while (true)
        {
            var file = System.IO.Path.Combine(Path, "lock");
            try
            {
                return new FileStream(file, options);
            }
            catch (IOException) when (File.Exists(file))
            {
                if (clock.GetElapsedTime(start) >= patience) return null;
            }
            // The system has no way to be told when such a lock is free, so it is tried again.
            await Task.Delay(TimeSpan.FromMilliseconds(50), clock, stop);
        }
    }
}
