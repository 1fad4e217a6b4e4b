using System.Globalization;

namespace Gatehouse.Clients.Files;

/// <summary>A backup of a file and when it was made.</summary>
/// <param name="Path">The backup.</param>
/// <param name="MadeAt">The time in its name.</param>
internal sealed record BackupFile(string Path, DateTimeOffset MadeAt);

/// <summary>
/// Copies <c>&lt;file&gt;.backup.&lt;epoch seconds&gt;</c> beside a file, as it was named: beside the link when it is one, so that copies do
/// not turn up in the repository where somebody keeps the file. Never overwritten, readable by the owner alone.
/// </summary>
internal static class BackupFiles
{
    private const string Mark = ".backup.";

    /// <summary>Copies the content of a file that exists, and returns where. The number goes up until the name is free. Throws IOException or UnauthorizedAccessException.</summary>
    public static string Make(FileState file, DateTimeOffset now)
    {
        for (var number = now.ToUnixTimeSeconds(); ; number++)
        {
            var path = file.Path + Mark + number.ToString(CultureInfo.InvariantCulture);
            if (Path.Exists(path)) continue;
            try
            {
                StateFolder.WriteNew(path, file.Bytes);
                return path;
            }
            catch (IOException) when (Path.Exists(path) && new FileInfo(path).Length != file.Bytes!.Length)
            {
                // Somebody else took the name between the look and the write.
            }
        }
    }

    /// <summary>The backups of a file, the newest first.</summary>
    public static IReadOnlyList<BackupFile> Of(string path)
    {
        path = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder)) return [];
        var beginning = Path.GetFileName(path) + Mark;
        return [.. Directory.EnumerateFiles(folder)
            .Where(file => Path.GetFileName(file).StartsWith(beginning, StringComparison.Ordinal))
            .Select(file => (File: file, IsNumber: long.TryParse(Path.GetFileName(file)[beginning.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var number), Number: number))
            .Where(at => at.IsNumber && at.Number <= DateTimeOffset.MaxValue.ToUnixTimeSeconds())
            .OrderByDescending(at => at.Number)
            .Select(at => new BackupFile(at.File, DateTimeOffset.FromUnixTimeSeconds(at.Number)))];
    }
}
