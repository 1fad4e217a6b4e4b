namespace Gatehouse.Doctor.Checks;

/// <summary>Nobody but the owner can read what Gatehouse keeps: the data directory, the master key, the tokens in files.</summary>
internal sealed class FileModesCheck : Check
{
    /// <inheritdoc/>
    public override string Id => "file-modes";

    /// <inheritdoc/>
    public override bool IsFixable => true;

    /// <inheritdoc/>
    public override Task<IReadOnlyList<CheckResult>> RunAsync(Scene scene, CancellationToken cancellation)
    {
        if (OperatingSystem.IsWindows()) return Found(CheckResult.NotApplicable("Windows keeps rights otherwise."));
        var kept = Kept(scene).Where(Path.Exists).ToList();
        if (kept.Count == 0) return Found(CheckResult.NotApplicable("There is nothing yet."));
        var open = kept.Where(FileRights.AreOpen).Select(Open).ToList();
        return Found(open.Count > 0 ? open : [CheckResult.Ok($"{kept.Count} files and folders are their owner's alone.")]);
    }

    private static IEnumerable<string> Kept(Scene scene)
    {
        yield return scene.KeyFile;
        // Within a folder that is closed, modes do not matter; they are told all the same, for a copy of the files keeps them.
        yield return scene.Directory;
        foreach (var name in (string[])["gatehouse.db", "gatehouse.db-wal", "gatehouse.db-shm", "journal", "tokens"])
            yield return Path.Combine(scene.Directory, name);
        foreach (var folder in (string[])[Path.Combine(scene.Directory, "journal"), Path.Combine(scene.Directory, "tokens")])
            if (Directory.Exists(folder))
                foreach (var file in Directory.EnumerateFiles(folder)) yield return file;
    }

    private static CheckResult Open(string path) => CheckResult.Failed(
        $"{path} has mode {FileRights.Octal(FileRights.Of(path))}: other users of this machine can look into it.",
        $"chmod go= '{path}', or gatehouse doctor --fix",
        path,
        new ModeRepair(path));
}
