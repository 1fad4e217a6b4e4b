namespace Gatehouse.Clients.Files;

/// <summary>A symbolic link that leads nowhere.</summary>
internal sealed class FileLoopException(string message) : IOException(message);

/// <summary>Follows the symbolic links of a file, so that the file is replaced and the link stays.</summary>
internal static class FileLinks
{
    // Linux gives up after 40 links, and so do we.
    private const int Most = 40;

    /// <summary>The file that a path leads to in the end, whether it exists or not. Only the last name is followed: folders are the system's to follow.</summary>
    public static string Target(string path)
    {
        for (var links = 0; links <= Most; links++)
        {
            if (new FileInfo(path).LinkTarget is not { } next) return path;
            path = Path.GetFullPath(next, Path.GetDirectoryName(path)!);
        }
        throw new FileLoopException("its symbolic links lead in a circle");
    }
}
