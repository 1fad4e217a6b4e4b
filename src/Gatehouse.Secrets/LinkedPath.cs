namespace Gatehouse.Secrets;

/// <summary>Compares places in the file system as they really are, symbolic links followed.</summary>
internal static class LinkedPath
{
    /// <summary>Whether a file lies in a directory or below it, through whatever links either is reached.</summary>
    public static bool Contains(string directory, string file)
    {
        var root = Path.TrimEndingDirectorySeparator(Resolve(directory)) + Path.DirectorySeparatorChar;
        return Resolve(file).StartsWith(root, StringComparison.Ordinal);
    }

    // Link by link from the root, because a link may stand anywhere in the path or in another link's target; names that do not exist
    // (yet) stay as they are. Linux gives up after 40 links, and so do we.
    private static string Resolve(string path, int links = 0)
    {
        var full = Path.GetFullPath(path);
        var resolved = Path.GetPathRoot(full)!;
        foreach (var name in full[resolved.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            resolved = Path.Combine(resolved, name);
            if (links < 40 && TargetOf(resolved) is { } target)
            {
                resolved = Resolve(target, links + 1);
            }
        }
        return resolved;
    }

    private static string? TargetOf(string path)
    {
        try
        {
            return new DirectoryInfo(path).ResolveLinkTarget(returnFinalTarget: false)?.FullName;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
