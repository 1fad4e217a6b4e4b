namespace Gatehouse.Doctor;

/// <summary>Takes the rights of group and others away from a file or folder, and leaves the owner's as they are.</summary>
internal sealed class ModeRepair(string path) : Repair
{
    /// <summary>The rights of group and others.</summary>
    public const UnixFileMode Others = (UnixFileMode)0b000_111_111;

    /// <inheritdoc/>
    public override string File => path;

    /// <summary>A mode as <c>chmod</c> takes it: four octal digits.</summary>
    public static string Octal(UnixFileMode mode) => "0" + Convert.ToString((int)mode & 0b111_111_111, 8).PadLeft(3, '0');

    /// <inheritdoc/>
    public override string Describe()
    {
        var mode = System.IO.File.GetUnixFileMode(path);
        return $"mode of {path}: {Octal(mode)} → {Octal(mode & ~Others)}";
    }

    /// <inheritdoc/>
    public override Task<string?> ApplyAsync(CancellationToken cancellation) => Task.FromResult(Apply());

    private string? Apply()
    {
        try
        {
            if (!OperatingSystem.IsWindows()) System.IO.File.SetUnixFileMode(path, System.IO.File.GetUnixFileMode(path) & ~Others);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"The mode of {path} can't be changed: {e.Message}";
        }
    }
}
