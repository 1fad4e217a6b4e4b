using System.Collections.Immutable;
using System.Text;
using Gatehouse.Clients.Edits;
using Gatehouse.Clients.Files;
using Gatehouse.Clients.Reports;
using Gatehouse.Clients.Setups;

namespace Gatehouse.Clients.Integrations;

/// <summary>
/// Sets clients up and takes it back: plans what is to be written on the files as they are, and commits a plan. What it must know to take
/// a change back lies in a folder of its own, apart from the data directory, so that it is found whichever that is. Thread-safe.
/// </summary>
public sealed class Integrator
{
    private readonly Surroundings _at;
    private readonly SafeFiles _files;
    private readonly RecordStore _records;

    /// <summary>Makes one.</summary>
    /// <param name="at">Where clients' files lie; its <see cref="Surroundings.StateHome"/> is where the notes are kept.</param>
    /// <param name="clock">The time.</param>
    public Integrator(Surroundings at, TimeProvider clock)
    {
        var state = new StateFolder(Path.Combine(at.StateHome, "gatehouse", "clients"));
        (_at, _files, _records) = (at, new SafeFiles(state, clock), new RecordStore(state));
    }

    /// <summary>The settings file of a client: one that is named, the project's, or the person's.</summary>
    /// <param name="client">A client that is written.</param>
    /// <param name="target">A file of the person's choice; null for the usual one.</param>
    /// <param name="project">Whether the project's settings are meant.</param>
    public string SettingsPath(Client client, string? target, bool project)
    {
        if (target is not null) return Path.GetFullPath(target, _at.Folder);
        var role = project ? SettingsRole.Project : SettingsRole.Person;
        var files = client.Files(_at).Where(file => file.Role == role).ToList();
        // What was written once is what is given back, also when another of several has appeared since.
        return files.Find(file => _records.Of(client.Id).Any(record => record.Path == Path.GetFullPath(file.Path)))?.Path
            ?? files.Find(file => File.Exists(file.Path))?.Path
            ?? files[^1].Path;
    }

    /// <summary>A settings file as it is now.</summary>
    public FoundFile Look(Client client, string path)
    {
        var full = Path.GetFullPath(path);
        var known = client.Files(_at).FirstOrDefault(file => Path.GetFullPath(file.Path) == full);
        return FoundFile.Read(client, known ?? client.Files(_at).First(file => file.Role == SettingsRole.Person) with { Path = full }, _at);
    }

    /// <summary>
    /// The file for a client's token where it is to have one of its own: beside the person's settings, so that it never lies in a project's
    /// folder; another one for each settings file.
    /// </summary>
    public string TokenPath(Client client, string path)
    {
        var own = SettingsPath(client, null, project: false);
        var folder = Path.GetDirectoryName(own)!;
        if (Path.GetFullPath(path) == Path.GetFullPath(own)) return Path.Combine(folder, "gatehouse-token");
        return Path.Combine(folder, $"gatehouse-token-{FileState.HashOf(Encoding.UTF8.GetBytes(Path.GetFullPath(path)))[..8]}");
    }

    /// <summary>Plans to set a client up.</summary>
    /// <param name="client">A client that is written.</param>
    /// <param name="setup">How.</param>
    /// <param name="path">Its settings file, from <see cref="SettingsPath"/>.</param>
    /// <param name="tokenId">The access token that was made for it; null when it got one that was there.</param>
    public IntegrationPlan PlanApply(Client client, ClientSetup setup, string path, Guid? tokenId = null) =>
        Guarded(client, path, () => new ApplyPlanner(_at, _records, client, setup, path, tokenId).Plan());

    /// <summary>Plans to give a client's settings back as they were, leaving what the person changed since.</summary>
    /// <param name="client">A client that is written.</param>
    /// <param name="path">Its settings file.</param>
    /// <param name="all">Takes out also what something of the client's own refers to by now.</param>
    public IntegrationPlan PlanRestore(Client client, string path, bool all) =>
        Guarded(client, path, () => new RestorePlanner(_at, _files.Originals, _records, client, path).Plan(all));

    /// <summary>Plans to put a backup, byte for byte, in the place of a client's settings.</summary>
    public IntegrationPlan PlanReturn(Client client, string path, string backup) =>
        Guarded(client, path, () => new RestorePlanner(_at, _files.Originals, _records, client, path).PlanBackup(Path.GetFullPath(backup, _at.Folder)));

    /// <summary>Plans to mend single keys of a client's settings. A later restore takes that back too.</summary>
    public IntegrationPlan PlanMend(Client client, string path, params IReadOnlyList<SettingChange> changes) => Guarded(client, path, () =>
    {
        var edits = changes.Select(change =>
            change.Text is { } text ? Edit.Set(KeyPath.Parse(change.Key), ConfigValue.From(text)) : Edit.Remove(KeyPath.Parse(change.Key)));
        return ApplyPlanner.PlanMend(_at, _records, client, path, [.. edits]);
    });

    /// <summary>The backups of a client's settings, the newest first.</summary>
    public IReadOnlyList<SettingsBackup> Backups(Client client, string? target = null)
    {
        var paths = target is not null
            ? [Path.GetFullPath(target, _at.Folder)]
            : client.Files(_at).Where(file => file.Role is SettingsRole.Person or SettingsRole.Project).Select(file => file.Path)
                .Concat(_records.Of(client.Id).Select(record => record.Path)).Distinct().ToList();
        return [.. paths.SelectMany(path => BackupFiles.Of(path).Select(backup => new SettingsBackup(backup.Path, path, backup.MadeAt)))
            .OrderByDescending(backup => backup.MadeAt)];
    }

    /// <summary>Whether a settings file was written by Gatehouse and not given back since.</summary>
    public bool IsApplied(string path)
    {
        try
        {
            return _records.Find(path) is not null;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>Finishes, or takes back, what a crash had cut off; the notes say what.</summary>
    public async Task<IntegrationOutcome> RecoverAsync(CancellationToken cancellation = default)
    {
        var done = await _files.RecoverAsync(cancellation);
        return new IntegrationOutcome(done.Refusal?.ToString(), [], Notes(done));
    }

    /// <summary>Writes all files of a plan or none, and reads them back.</summary>
    public async Task<IntegrationOutcome> CommitAsync(IntegrationPlan plan, CancellationToken cancellation = default)
    {
        if (plan.Refusal is { } reason) return new IntegrationOutcome(reason, [], []);
        var shown = plan.Files.Select(file => file.Path).ToHashSet();
        var settings = Path.GetFullPath(plan.Path);
        var done = await _files.WriteAsync(plan.Changes, file => plan.WasOurs || file.Path != settings, cancellation);
        if (done.Refusal is { } refusal) return new IntegrationOutcome(refusal.ToString(), [], Notes(done));
        if (Unlike(plan) is { } fault) return new IntegrationOutcome(fault, [], Notes(done));
        if (plan.Mode is { } mode && !OperatingSystem.IsWindows() && File.Exists(settings)) File.SetUnixFileMode(settings, mode);
        if (plan.GivesBack) _files.Originals.Forget(settings);
        return new IntegrationOutcome(
            null, [.. done.Files.Where(file => shown.Contains(file.Path)).Select(file => new SavedFile(file.Path, file.Changed, file.BackupPath))], Notes(done));
    }

    // What was written is read again: a disk, a network folder or a program that watches the file may have made something else of it.
    private static string? Unlike(IntegrationPlan plan)
    {
        foreach (var change in plan.Changes)
        {
            var now = FileState.Read(change.Before.Path, out var refusal);
            if (now is null) return $"It was written, but can't be read back: {refusal}";
            if (now.Exists != change.After is not null || !now.Bytes.AsSpan().SequenceEqual(change.After))
                return $"{change.Before.Path} was written, but reads back differently: another program changed it at once. Look at it before going on.";
        }

        return null;
    }

    private static IntegrationPlan Guarded(Client client, string path, Func<IntegrationPlan> plan)
    {
        try
        {
            return plan();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return IntegrationPlan.Refused(client, path, e.Message);
        }
    }

    private static ImmutableArray<string> Notes(WriteOutcome done) =>
        [.. done.Recovered.Select(operation =>
            $"An operation that was cut off earlier was {(operation.Finished ? "finished" : "taken back")}: {string.Join(", ", operation.Paths)}.")];
}
