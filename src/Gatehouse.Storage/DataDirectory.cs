namespace Gatehouse.Storage;

/// <summary>
/// The folder that holds everything Gatehouse keeps: database, journal, locks. Readable by its owner alone, for it holds who used what.
/// </summary>
public static class DataDirectory
{
    private const UnixFileMode OwnerOnlyDirectory = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnerOnlyFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>
    /// The directory to use: <paramref name="chosen"/> when given, else <c>$XDG_DATA_HOME/gatehouse</c>, else
    /// <c>~/.local/share/gatehouse</c>.
    /// </summary>
    /// <exception cref="StoreException">None can be named because there is no home directory.</exception>
    public static string Resolve(string? chosen)
    {
        if (!string.IsNullOrWhiteSpace(chosen)) return Path.GetFullPath(chosen);
        // An XDG path that is not absolute is to be ignored (XDG Base Directory Specification).
        if (Environment.GetEnvironmentVariable("XDG_DATA_HOME") is { } xdg && Path.IsPathRooted(xdg)) return Path.Combine(xdg, "gatehouse");
        var home = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        if (string.IsNullOrEmpty(home))
            throw new StoreException(StoreFailure.NotWritable, "There is no home directory to keep data in. Name one with --data-dir.");
        return Path.Combine(home, "gatehouse");
    }

    /// <summary>
    /// Makes sure that the directory is there and can be written; a new one gets mode 0700, as do those above it that are missing in the user's home, and an
    /// existing one keeps its own.
    /// </summary>
    /// <exception cref="StoreException">It is a file, cannot be created, or cannot be written; the message says which and what
    /// helps.</exception>
    public static void Create(string directory)
    {
        if (File.Exists(directory))
            throw new StoreException(StoreFailure.NotWritable, $"{directory} is a file, not a directory. Name another with --data-dir.");
        try
        {
            CreatePrivate(directory);
            Probe(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Named(directory, e);
        }
    }

    /// <summary>Whether others than the owner can look into the directory, which <c>serve</c> warns of.</summary>
    public static bool IsOpenToOthers(string directory) =>
        !OperatingSystem.IsWindows() && (File.GetUnixFileMode(directory) & ~OwnerOnlyDirectory) != 0;

    /// <summary>
    /// Creates a folder with mode 0700 unless it is there, and so those above it that are missing in the user's home: the XDG Base Directory Specification
    /// wants it of a home's folders. What others share elsewhere is not ours to close: there, folders above it get the usual mode.
    /// </summary>
    /// <exception cref="IOException">It is a file or can't be created.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be created.</exception>
    public static void CreatePrivate(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
            return;
        }
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (home.Length > 0 && Path.GetDirectoryName(directory) is { } above && !Directory.Exists(above)
            && above.StartsWith(home.TrimEnd('/') + "/", StringComparison.Ordinal)) CreatePrivate(above);
        Directory.CreateDirectory(directory, OwnerOnlyDirectory);
    }

    /// <summary>
    /// Creates an empty file with mode 0600 unless it is there. One that is there is not opened: closing any handle on a database
    /// drops the POSIX locks that this process holds on it.
    /// </summary>
    /// <exception cref="StoreException">It cannot be created.</exception>
    public static void CreatePrivateFile(string file)
    {
        if (File.Exists(file)) return;
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.ReadWrite };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnlyFile;
        try
        {
            using var stream = new FileStream(file, options);
        }
        catch (IOException) when (File.Exists(file))
        {
            // Another process was quicker.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Named(file, e);
        }
    }

    /// <summary>Whether an I/O failure means that the disk has no room (ENOSPC, EDQUOT; on Windows ERROR_DISK_FULL).</summary>
    internal static bool IsDiskFull(Exception e) => (e.HResult & 0xFFFF) is 28 or 122 or 112;

    internal static StoreException Named(string path, Exception e) => IsDiskFull(e)
        ? new StoreException(StoreFailure.Full, $"The disk that holds {path} is full.", e)
        : new StoreException(StoreFailure.NotWritable, $"{path} cannot be written: {Reason(e)}. Name another directory with --data-dir.", e);

    // The platform names the file that it was tried with, which nobody knows.
    private static string Reason(Exception e) =>
        e is UnauthorizedAccessException ? "this user may not" : e.Message.Split(" : '", 2)[0].TrimEnd('.');

    private static void Probe(string directory)
    {
        var probe = Path.Combine(directory, $".probe-{Environment.ProcessId}-{Guid.NewGuid():N}");
        using var stream = new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        stream.WriteByte(0);
        stream.Flush(flushToDisk: false);
    }
}
