using System.Globalization;

namespace Gatehouse.Doctor.Checks;

/// <summary>The disk of the data directory has room for the journal and the database.</summary>
internal sealed class DiskCheck : Check
{
    // Two journal segments of the default size and a database that is written anew by a migration must fit.
    private const long Least = 200L << 20;
    private const long Comfortable = 1L << 30;

    /// <inheritdoc/>
    public override string Id => "disk";

    /// <inheritdoc/>
    public override Task<IReadOnlyList<CheckResult>> RunAsync(Scene scene, CancellationToken cancellation)
    {
        var folder = scene.Directory;
        while (!Directory.Exists(folder)) folder = Path.GetDirectoryName(folder)!;
        try
        {
            var free = scene.FreeBytes(folder);
            var evidence = string.Create(CultureInfo.InvariantCulture, $"{free / 1048576.0:#,0} MB are free for {scene.Directory}.");
            return Found(free < Least ? CheckResult.Failed(evidence, "Make room: exchanges go on without a disk, but their rows are lost when memory is full too.")
                : free < Comfortable ? CheckResult.Warning(evidence, "Make room before it is full.")
                : CheckResult.Ok(evidence));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Found(CheckResult.NotApplicable($"The disk of {folder} can't be asked: {e.Message}"));
        }
    }
}
