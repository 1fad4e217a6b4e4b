namespace Gatehouse.Doctor;

/// <summary>Takes the rights of group and others away from a file or folder, and leaves the owner's as they are.</summary>
internal sealed class ModeRepair(string path) : Repair
{
    /// <inheritdoc/>
    public override string File => path;

    /// <inheritdoc/>
    public override string Describe()
    {
        var mode = FileRights.Of(path);
        return $"mode of {path}: {FileRights.Octal(mode)} → {FileRights.Octal(mode & ~FileRights.Others)}";
    }

    /// <inheritdoc/>
    public override Task<string?> ApplyAsync(CancellationToken cancellation) => Task.FromResult(Apply());

    private string? Apply()
    {
        try
        {
            if (!OperatingSystem.IsWindows()) System.IO.File.SetUnixFileMode(path, FileRights.Of(path) & ~FileRights.Others);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"The mode of {path} can't be changed: {e.Message}";
        }
    }
}
