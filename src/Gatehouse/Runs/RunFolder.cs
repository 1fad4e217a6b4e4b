using System.Text;
using Gatehouse.Clients.Overlays;
using Gatehouse.Clients.Setups;
using Gatehouse.Storage;

namespace Gatehouse.Runs;

/// <summary>
/// The folder of one run: the settings that the harness is started with and the id of its token, for their owner alone. It is removed with
/// the run; what a run left that was killed is found by the next one, because the system frees the lock of a process that dies.
/// </summary>
internal sealed class RunFolder : IDisposable
{
    private const string LockFile = "lock";
    private const string TokenFile = "token-id";
    private const string LoginFile = "login-of";
    private const string PlaceFile = "place";
    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // A folder on its way has no lock for an instant.
    private static readonly TimeSpan s_making = TimeSpan.FromHours(1);

    private readonly FileStream _lock;

    private RunFolder(string path, FileStream held) => (Path, _lock) = (path, held);

    /// <summary>Its path.</summary>
    public string Path { get; }

    /// <summary>Where the folders of runs lie: in memory where the system offers that, else with other state.</summary>
    public static string Root(Surroundings at) => System.IO.Path.Combine(
        at.Set("XDG_RUNTIME_DIR") is { } runtime && Directory.Exists(runtime) ? runtime : at.StateHome, "gatehouse", "runs");

    /// <summary>Makes the folder of a new run.</summary>
    /// <exception cref="IOException">It can't be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public static RunFolder Make(string root)
    {
        DataDirectory.CreatePrivate(root);
        // Made under another name and moved, so that a sweep never meets it without its lock.
        var name = Guid.NewGuid().ToString("N");
        var making = System.IO.Path.Combine(root, $".{name}");
        DataDirectory.CreatePrivate(making);
        var held = Lock(making)!;
        var path = System.IO.Path.Combine(root, name);
        Directory.Move(making, path);
        return new RunFolder(path, held);
    }

    /// <summary>Gives what runs of a place left that did not end by themselves, each before it is removed.</summary>
    /// <param name="root">Where the folders lie.</param>
    /// <param name="place">A data directory of this machine; or a server elsewhere and a workspace there.</param>
    public static IEnumerable<LeftRun> Sweep(string root, string place)
    {
        if (!Directory.Exists(root)) yield break;
        foreach (var folder in Directory.EnumerateDirectories(root))
        {
            if (System.IO.Path.GetFileName(folder)[0] == '.' && TimeProvider.System.GetUtcNow() - Directory.GetLastWriteTimeUtc(folder) < s_making) continue;
            using var held = Lock(folder);
            if (held is null || Text(System.IO.Path.Combine(folder, PlaceFile)) != place) continue;
            yield return Left(folder);
            Remove(folder);
        }
    }

    /// <summary>Writes down whose run this is: a data directory's, or a server's elsewhere and a workspace's there.</summary>
    public void NotePlace(string place) => Write(System.IO.Path.Combine(Path, PlaceFile), place);

    /// <summary>Writes down which tokens the run has, so that they can be revoked when the run does not come to it.</summary>
    public void Note(params IEnumerable<Guid> tokens) => Write(System.IO.Path.Combine(Path, TokenFile), string.Join('\n', tokens));

    /// <summary>Writes down whose login lies in a file of the folder, so that it is taken back when the run does not come to it.</summary>
    public void NoteLogin(string workspaceId, string harness, string file) =>
        Write(System.IO.Path.Combine(Path, LoginFile), string.Join('\n', workspaceId, harness, System.IO.Path.GetRelativePath(Path, file)));

    /// <summary>Writes the overlay's files and links.</summary>
    public static void Write(ClientOverlay overlay)
    {
        foreach (var file in overlay.Files)
        {
            DataDirectory.CreatePrivate(System.IO.Path.GetDirectoryName(file.Path)!);
            Write(file.Path, file.Content);
        }

        foreach (var (path, target) in overlay.Links) File.CreateSymbolicLink(path, target);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Remove(Path);
        _lock.Dispose();
    }

    private static FileStream? Lock(string folder)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnersFile;
        try
        {
            return new FileStream(System.IO.Path.Combine(folder, LockFile), options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static LeftRun Left(string folder)
    {
        Guid[] tokens = [.. (Text(System.IO.Path.Combine(folder, TokenFile)) ?? "").Split('\n').Select(static text => Guid.TryParse(text, out var id) ? id : Guid.Empty)
            .Where(static id => id != Guid.Empty)];
        return Text(System.IO.Path.Combine(folder, LoginFile))?.Split('\n') is [var workspace, var harness, var file]
            ? new LeftRun(tokens, workspace, harness, System.IO.Path.Combine(folder, file))
            : new LeftRun(tokens, null, null, null);
    }

    private static string? Text(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // The harness may leave a process behind that still writes; what stays is found by the next run.
    private static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            File.Delete(System.IO.Path.Combine(folder, "token"));
            File.Delete(System.IO.Path.Combine(folder, "settings.json"));
        }
    }

    private static void Write(string file, string content)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnersFile;
        using var stream = new FileStream(file, options);
        stream.Write(Encoding.UTF8.GetBytes(content));
    }
}

/// <summary>What a run left that did not end by itself.</summary>
/// <param name="Tokens">Its tokens' ids.</param>
/// <param name="WorkspaceId">The workspace whose login it had; null when it had none.</param>
/// <param name="Harness">The harness that the login is of.</param>
/// <param name="Login">Where the login lies.</param>
internal sealed record LeftRun(IReadOnlyList<Guid> Tokens, string? WorkspaceId, string? Harness, string? Login);
