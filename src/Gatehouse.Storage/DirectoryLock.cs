using System.Globalization;
using System.Text;

namespace Gatehouse.Storage;

/// <summary>Who serves from a data directory.</summary>
/// <param name="ProcessId">The operating system's process id.</param>
/// <param name="Address">Where it listens; null before it does, and for a command that does not.</param>
public sealed record DirectoryHolder(int ProcessId, string? Address);

/// <summary>
/// The right to serve from a data directory and to own its journal: an exclusive lock that the operating system takes back when the
/// process ends, however it ends. Held by <c>serve</c>, and for a moment by commands that drain the journal.
/// </summary>
public sealed class DirectoryLock : IDisposable
{
    private readonly FileStream _lock;
    private readonly string _holderFile;

    private DirectoryLock(FileStream held, string holderFile) => (_lock, _holderFile) = (held, holderFile);

    /// <summary>Takes the lock; null when another process has it (<see cref="Holder"/> says which).</summary>
    /// <exception cref="StoreException">The directory cannot be written.</exception>
    public static DirectoryLock? TryTake(string directory)
    {
        DataDirectory.Create(directory);
        var file = LockFile(directory);
        DataDirectory.CreatePrivateFile(file);
        if (TryOpen(file) is not { } stream) return null;
        var held = new DirectoryLock(stream, HolderFile(directory));
        try
        {
            held.Announce(address: null);
            return held;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Which process holds the lock now; null when none does. A holder that has not announced itself yet shows as process 0.
    /// </summary>
    public static DirectoryHolder? Holder(string directory)
    {
        var file = LockFile(directory);
        if (!File.Exists(file)) return null;
        using (var free = TryOpen(file))
        {
            if (free is not null) return null;
        }

        // The holder's words stand in a file of their own: while the lock is held, .NET opens the locked file for nobody.
        try
        {
            var lines = File.ReadAllLines(HolderFile(directory));
            var pid = lines.Length > 0 && int.TryParse(lines[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0;
            return new DirectoryHolder(pid, lines.Length > 1 && lines[1].Length > 0 ? lines[1] : null);
        }
        catch (IOException)
        {
            return new DirectoryHolder(0, null);
        }
    }

    /// <summary>Writes down who holds the lock and where it listens.</summary>
    /// <exception cref="StoreException">The directory cannot be written.</exception>
    public void Announce(string? address)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n{address}\n");
        var next = _holderFile + ".new";
        DataDirectory.CreatePrivateFile(next);
        try
        {
            File.WriteAllText(next, text, Encoding.UTF8);
            File.Move(next, _holderFile, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DataDirectory.Named(_holderFile, e);
        }
    }

    /// <summary>Gives the lock back.</summary>
    public void Dispose()
    {
        if (!_lock.CanWrite) return;
        try
        {
            File.Delete(_holderFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The directory went away or was closed to us: the name of a holder that is no more misleads nobody, for the lock decides.
        }

        _lock.Dispose();
    }

    private static string LockFile(string directory) => Path.Combine(directory, "serve.lock");

    private static string HolderFile(string directory) => Path.Combine(directory, "serve.holder");

    private static FileStream? TryOpen(string file)
    {
        try
        {
            return new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException))
        {
            return null;
        }
        catch (UnauthorizedAccessException e)
        {
            throw DataDirectory.Named(file, e);
        }
    }
}
