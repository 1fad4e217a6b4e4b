using System.Runtime.InteropServices;

namespace Gatehouse.Secrets;

/// <summary>What looking for the master key came to.</summary>
/// <param name="Key">The key; null when there is an error.</param>
/// <param name="Origin">Where it came from, to show: the variable's name or the file's path.</param>
/// <param name="Created">Whether the key file was made just now.</param>
/// <param name="Error">What is wrong and how to put it right; never holds key text.</param>
public sealed record MasterKeyResult(MasterKey? Key, string Origin, bool Created, string? Error);

/// <summary>
/// Where the master key is looked for: the variable <c>GATEHOUSE_MASTER_KEY</c>, else a key file that only its owner may read and that
/// lies outside the data directory, so that a copy of the data directory alone opens nothing.
/// </summary>
/// <param name="Environment">Reads an environment variable; null when it is not set.</param>
/// <param name="FilePath">The key file.</param>
/// <param name="DataDirectory">The data directory, which must not contain the key file.</param>
/// <param name="MakeFolder">Makes the key file's folder, unless it is there, so that its owner alone can look into it.</param>
public sealed partial record MasterKeySource(Func<string, string?> Environment, string FilePath, string DataDirectory, Action<string> MakeFolder)
{
    /// <summary>The variable that holds the key as 32 bytes in hexadecimal or base64.</summary>
    public const string Variable = "GATEHOUSE_MASTER_KEY";

    /// <summary>The variable that holds the key that is to follow, where the present one stands in a variable too.</summary>
    public const string NextVariable = "GATEHOUSE_NEXT_MASTER_KEY";

    private const UnixFileMode OthersMask = (UnixFileMode)0b000_111_111;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>
    /// The usual place of the key file: <c>$XDG_CONFIG_HOME/gatehouse/master.key</c>, else <c>~/.config/gatehouse/master.key</c>.
    /// </summary>
    public static string DefaultFilePath(Func<string, string?> environment)
    {
        // The XDG base directory specification: a relative path is invalid and must be ignored.
        var config = environment("XDG_CONFIG_HOME");
        if (string.IsNullOrEmpty(config) || !Path.IsPathRooted(config))
        {
            // An empty one would put the key wherever the command is run.
            var home = environment("HOME");
            if (!Path.IsPathRooted(home)) home = System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile);
            config = Path.Combine(home, ".config");
        }
        return Path.Combine(config, "gatehouse", "master.key");
    }

    /// <summary>
    /// Finds the key. When there is none and <paramref name="mayCreate"/> is true, makes the key file; pass false once the database holds
    /// wrapped keys, for a new key could never open them. Never throws for what a person can put right.
    /// </summary>
    public MasterKeyResult Load(bool mayCreate)
    {
        if (Environment(Variable) is { Length: > 0 } text)
        {
            var key = MasterKey.TryParse(text);
            return new MasterKeyResult(key, Variable, false, key is not null
                ? null
                : $"{Variable} is not a key: give 32 random bytes as 64 hexadecimal digits or as base64, for instance from 'openssl rand -base64 32'.");
        }
        if (LinkedPath.Contains(DataDirectory, FilePath))
        {
            return Failed($"The key file {FilePath} lies inside the data directory {DataDirectory}: whoever copies that directory would hold both lock and key. Choose a path outside it, or set {Variable}.");
        }
        try
        {
            return File.Exists(FilePath) ? Read(FilePath, false) : mayCreate ? Create(FilePath) : Failed(
                $"There is no master key: {Variable} is not set and {FilePath} does not exist, but the database was sealed with one. Put the key back; nothing was changed.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Failed($"The key file {FilePath} can't be used: {failure.Message}");
        }
    }

    /// <summary>
    /// The key that is to follow the present one. Where that stands in a variable, the next one does too; else it lies beside the key file,
    /// as <c>FILE.next</c>, and is made when it is not there from an interrupted attempt. Nothing uses it before <see cref="Promote"/>.
    /// </summary>
    public MasterKeyResult PrepareNext()
    {
        if (Environment(Variable) is { Length: > 0 })
        {
            var text = Environment(NextVariable);
            var key = text is { Length: > 0 } ? MasterKey.TryParse(text) : null;
            return new MasterKeyResult(key, NextVariable, false, key is not null ? null
                : $"The master key stands in {Variable}, so give the next one in {NextVariable}: 32 random bytes as 64 hexadecimal digits or as base64, for instance from 'openssl rand -base64 32'.");
        }
        try
        {
            return File.Exists(NextFile) ? Read(NextFile, false) : Create(NextFile);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Failed($"The key file {NextFile} can't be used: {failure.Message}");
        }
    }

    /// <summary>The key of an interrupted rotation, which may be the one in force already; null when there is none.</summary>
    public MasterKey? PendingNext()
    {
        if (Environment(Variable) is { Length: > 0 } || !File.Exists(NextFile)) return null;
        try
        {
            return Read(NextFile, false).Key;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// Puts the prepared key in place of the present one, which is kept beside it for backups that were made before; its path. Null where
    /// the keys stand in variables: there a person has to.
    /// </summary>
    /// <exception cref="IOException">The files can't be moved; the prepared key is found at the next start.</exception>
    public string? Promote(DateTimeOffset now)
    {
        if (!File.Exists(NextFile)) return null;
        var kept = $"{FilePath}.before-{now.UtcDateTime:yyyyMMdd'T'HHmmssfff'Z'}";
        // Copied rather than moved: the name of the key file is never without a file.
        if (File.Exists(FilePath))
        {
            File.Copy(FilePath, kept);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(kept, OwnerOnly);
        }
        File.Move(NextFile, FilePath, overwrite: true);
        return kept;
    }

    private string NextFile => FilePath + ".next";

    private MasterKeyResult Read(string path, bool created)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & OthersMask) != 0)
        {
            return Failed($"The key file {path} may be read or written by others. Run: chmod 600 '{path}'");
        }
        var key = new FileInfo(path).Length <= 1024 ? MasterKey.TryParse(File.ReadAllText(path)) : null;
        return key is not null
            ? new MasterKeyResult(key, path, created, null)
            : Failed($"The key file {path} does not hold a key (32 bytes in hexadecimal or base64). Restore it from a backup, or set {Variable}.");
    }

    private MasterKeyResult Create(string path)
    {
        var directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var temporary = Path.Combine(directory, $".master.key.{Guid.NewGuid():N}");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        MakeFolder(directory);
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        using (var file = new FileStream(temporary, options))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(MasterKey.Generate().Export() + "\n"));
            file.Flush(flushToDisk: true);
        }
        return Publish(temporary, path);
    }

    // Put into place only when whole and only when nothing is there, so that of two first starts one wins and the other reads the winner's key, never half of it.
    private MasterKeyResult Publish(string temporary, string path)
    {
        try
        {
            PutWhereNothingIs(temporary, path);
            return Read(path, true);
        }
        catch (IOException) when (File.Exists(path))
        {
            return Read(path, false);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    // On Unix the platform's move looks whether there is a file and renames then: of two at the same time the later would replace the first one's key. A second name is given to
    // a file, or refused, in one step.
    private static void PutWhereNothingIs(string temporary, string path)
    {
        const int alreadyThere = 17;
        if (!OperatingSystem.IsWindows())
        {
            if (Link(temporary, path) == 0) return;
            if (Marshal.GetLastPInvokeError() == alreadyThere) throw new IOException($"{path} was made by another program just now.");
        }
        // Where there are no second names (FAT), this is as good as it gets.
        File.Move(temporary, path, overwrite: false);
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Link(string from, string to);

    private MasterKeyResult Failed(string error) => new(null, FilePath, false, error);
}
