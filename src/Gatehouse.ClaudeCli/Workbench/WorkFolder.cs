using System.Diagnostics.CodeAnalysis;
using System.IO.Enumeration;

namespace Gatehouse.ClaudeCli.Workbench;

/// <summary>
/// The folder that the model's tools work in. No path leads out of it: not an absolute one, not <c>..</c>, not a link. Links that stay inside are followed. A path is
/// followed to its real place first, and that place is then opened step by step without following any link: one that is put there in between leads nowhere. Only Linux
/// has such steps here; elsewhere the place is looked at again once the file is open, so that somebody who swaps links at the same moment may still win. Thread-safe.
/// </summary>
internal sealed class WorkFolder
{
    // As many as the system itself follows.
    private const int MostLinks = 40;
    private static readonly char[] s_separators = OperatingSystem.IsWindows() ? ['/', '\\'] : ['/'];

    private readonly bool _hasSteps;

    /// <summary>Takes a folder that is there, under whatever name.</summary>
    public WorkFolder(string path) : this(path, OperatingSystem.IsLinux())
    {
    }

    /// <summary>As the other, on a system that has the steps or has them not.</summary>
    internal WorkFolder(string path, bool hasSteps) => (Root, _hasSteps) = (Real(Path.GetFullPath(path)) ?? Path.GetFullPath(path), hasSteps);

    /// <summary>Its real path, without a separator at its end.</summary>
    public string Root { get; }

    /// <summary>The real place that a path leads to, there or not; null when it is none of this folder's.</summary>
    /// <param name="asked">A path, absolute or from the folder.</param>
    public string? Find(string asked) => FindIn(Root, asked);

    /// <summary>As <see cref="Find"/>, for a path that starts in a folder that was found.</summary>
    public string? FindIn(string folder, string asked)
    {
        if (asked.Contains('\0', StringComparison.Ordinal)) return null;
        return Real(Path.Combine(folder, asked)) is { } real && Holds(real) ? real : null;
    }

    /// <summary>A real path as it looks from the folder, with slashes.</summary>
    public string Relative(string real) => Path.GetRelativePath(Root, real).Replace('\\', '/');

    /// <summary>Opens a file that is there for reading.</summary>
    /// <param name="asked">A path, absolute or from the folder.</param>
    /// <param name="file">The open file.</param>
    /// <param name="refusal">Why it can't be opened, for the model.</param>
    public bool TryOpen(string asked, [NotNullWhen(true)] out FileStream? file, [NotNullWhen(false)] out string? refusal) => TryOpen(asked, writes: false, out file, out refusal);

    /// <summary>Opens a file for writing, with the folders on its way, and leaves what is in it. As <see cref="TryOpen(string, out FileStream?, out string?)"/>.</summary>
    public bool TryOpenToWrite(string asked, [NotNullWhen(true)] out FileStream? file, [NotNullWhen(false)] out string? refusal) => TryOpen(asked, writes: true, out file, out refusal);

    /// <summary>Every file beneath a folder that was found, by its path from there, in no order. Links are left out, and so are folders of these names and what can't be opened.</summary>
    /// <param name="from">The real path of the folder.</param>
    /// <param name="leftOut">Names of folders that are not entered.</param>
    /// <param name="cancellation">Ends the search.</param>
    public IEnumerable<string> Files(string from, IReadOnlyCollection<string> leftOut, CancellationToken cancellation)
    {
        var waiting = new Stack<string>([""]);
        while (waiting.TryPop(out var at))
        {
            foreach (var (name, isFolder) in Entries(Path.Combine(from, at)))
            {
                cancellation.ThrowIfCancellationRequested();
                var path = at.Length == 0 ? name : $"{at}/{name}";
                if (!isFolder) yield return path;
                else if (!leftOut.Contains(name)) waiting.Push(path);
            }
        }
    }

    /// <summary>What the model is told of a path that leads out.</summary>
    public static string Outside(string asked) => $"{asked} is outside of the working folder";

    private bool TryOpen(string asked, bool writes, [NotNullWhen(true)] out FileStream? file, [NotNullWhen(false)] out string? refusal)
    {
        (file, refusal) = (null, null);
        if (Find(asked) is not { } real)
        {
            refusal = Outside(asked);
            return false;
        }

        try
        {
            if (Directory.Exists(real))
            {
                refusal = $"{asked} is a folder";
                return false;
            }

            file = _hasSteps ? OpenBySteps(Path.GetRelativePath(Root, real), writes) : OpenAndCheck(asked, real, writes);
            // A pipe or a device would hold the gateway up.
            if (file is { CanSeek: true }) return true;
            refusal = file is null ? Outside(asked) : $"{asked} is no file";
            file?.Dispose();
            file = null;
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            refusal = $"{asked}: {e.Message}";
            return false;
        }
    }

    private List<(string Name, bool IsFolder)> Entries(string real)
    {
        var options = new EnumerationOptions { AttributesToSkip = FileAttributes.ReparsePoint };
        try
        {
            var relative = Path.GetRelativePath(Root, real);
            using var open = _hasSteps ? BeneathFile.OpenFolder(Root, relative == "." ? "" : relative) : null;
            // By the open folder itself, whatever its path leads to by now.
            var path = open is null ? real : $"/proc/self/fd/{open.DangerousGetHandle()}";
            return [.. new FileSystemEnumerable<(string, bool)>(path, static (ref FileSystemEntry entry) => (entry.FileName.ToString(), entry.IsDirectory), options)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private FileStream OpenBySteps(string relative, bool writes) => writes ? BeneathFile.OpenToWrite(Root, relative) : BeneathFile.Open(Root, relative);

    // Without the steps, the path must still lead to the same place once the file is open.
    private FileStream? OpenAndCheck(string asked, string real, bool writes)
    {
        if (writes) Directory.CreateDirectory(Path.GetDirectoryName(real)!);
        var file = new FileStream(real, writes ? FileMode.OpenOrCreate : FileMode.Open, writes ? FileAccess.ReadWrite : FileAccess.Read);
        if (Find(asked) == real && Real(real) == real) return file;
        file.Dispose();
        return null;
    }

    private bool Holds(string real) => real == Root || real.StartsWith(Root.EndsWith(Path.DirectorySeparatorChar) ? Root : Root + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    // Step by step, as the system goes: what follows a link starts where the link leads, and ".." goes up from there.
    private static string? Real(string path)
    {
        var root = Path.GetPathRoot(path)!;
        var rest = new Stack<string>(path[root.Length..].Split(s_separators).Reverse());
        var at = root;
        var links = 0;
        while (rest.TryPop(out var name))
        {
            if (name is "" or ".") continue;
            if (name == "..")
            {
                at = Path.GetDirectoryName(at) ?? at;
                continue;
            }

            var next = Path.Combine(at, name);
            if (Target(next) is not { } target)
            {
                at = next;
                continue;
            }

            if (++links > MostLinks) return null;
            if (Path.IsPathRooted(target)) at = Path.GetPathRoot(target)!;
            foreach (var part in target.Split(s_separators).Reverse()) rest.Push(part);
        }

        return at;
    }

    private static string? Target(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whoever opens it is told the reason.
            return null;
        }
    }
}
