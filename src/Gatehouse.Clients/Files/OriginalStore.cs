using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gatehouse.Clients.Files;

/// <summary>A file as it was before we first changed it.</summary>
/// <param name="Path">The file as it was named.</param>
/// <param name="Bytes">Its content; null when it was missing.</param>
/// <param name="Mode">Its permission bits; null when it was missing, and on Windows.</param>
/// <param name="TakenAt">When the snapshot was taken.</param>
internal sealed record OriginalFile(string Path, byte[]? Bytes, UnixFileMode? Mode, DateTimeOffset TakenAt);

/// <summary>What became of taking a snapshot.</summary>
internal enum OriginalOutcome
{
    /// <summary>It was taken.</summary>
    Taken,

    /// <summary>There is one already that is the same.</summary>
    AlreadyThere,

    /// <summary>The file carries our marks, so it is no original.</summary>
    CarriesOurMarks,
}

/// <summary>
/// Snapshots of files as they were before we came, one for each file, in the state folder. Never of a file that carries our
/// marks already; forgotten when the file was given back. Each appears whole, by one rename. Used under the state folder's lock.
/// </summary>
internal sealed class OriginalStore(StateFolder state, TimeProvider clock)
{
    private const string Content = "content", About = "about.json";

    /// <summary>
    /// Takes the snapshot of a file that was read, unless the file is marked as ours. A snapshot that is there stays while it is right; when the
    /// file was written since by its owner, without our marks in it, the old snapshot is kept aside and a new one taken: giving the old one
    /// back would lose what was written. Throws IOException or UnauthorizedAccessException.
    /// </summary>
    public OriginalOutcome Take(FileState file, Func<FileState, bool> carriesOurMarks)
    {
        if (file.Exists && carriesOurMarks(file)) return OriginalOutcome.CarriesOurMarks;
        if (Directory.Exists(FolderOf(file.Path)))
        {
            if (Find(file.Path) is { } present && present.Bytes.AsSpan().SequenceEqual(file.Bytes) && (present.Bytes is null) == !file.Exists) return OriginalOutcome.AlreadyThere;
            Forget(file.Path);
        }
        StateFolder.Make(state.Originals);
        var made = StateFolder.Make(Path.Combine(state.Originals, $".new-{Guid.NewGuid():N}"));
        if (file.Bytes is not null) StateFolder.WriteNew(Path.Combine(made, Content), file.Bytes);
        var about = new AboutOriginal(file.Path, file.Hash, (int?)file.Mode, clock.GetUtcNow());
        StateFolder.WriteNew(Path.Combine(made, About), JsonSerializer.SerializeToUtf8Bytes(about, FileJson.Default.AboutOriginal));
        PosixFiles.FlushFolder(made);
        Directory.Move(made, FolderOf(file.Path));
        PosixFiles.FlushFolder(state.Originals);
        return OriginalOutcome.Taken;
    }

    /// <summary>The snapshot of a file; null when none was taken or its content is damaged. Throws IOException or UnauthorizedAccessException.</summary>
    public OriginalFile? Find(string path)
    {
        var folder = FolderOf(Path.GetFullPath(path));
        if (!File.Exists(Path.Combine(folder, About))) return null;
        var about = JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(folder, About)), FileJson.Default.AboutOriginal)!;
        if (about.Hash is null) return new OriginalFile(about.Path, null, null, about.TakenAt);
        var bytes = File.Exists(Path.Combine(folder, Content)) ? File.ReadAllBytes(Path.Combine(folder, Content)) : [];
        return FileState.HashOf(bytes) == about.Hash ? new OriginalFile(about.Path, bytes, (UnixFileMode?)about.Mode, about.TakenAt) : null;
    }

    /// <summary>Forgets the snapshot of a file that was given back, so that the next change takes a new one. It is kept aside, under the time of this.</summary>
    public void Forget(string path)
    {
        var folder = FolderOf(Path.GetFullPath(path));
        if (!Directory.Exists(folder)) return;
        var aside = folder + "." + clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        while (Directory.Exists(aside)) aside += "+";
        Directory.Move(folder, aside);
        PosixFiles.FlushFolder(state.Originals);
    }

    private string FolderOf(string path) => Path.Combine(state.Originals, FileState.HashOf(Encoding.UTF8.GetBytes(path))[..32]);
}

/// <summary>What the snapshot's own file tells of it.</summary>
internal sealed record AboutOriginal(string Path, string? Hash, int? Mode, DateTimeOffset TakenAt);

/// <summary>How the files of the state folder are written.</summary>
[JsonSerializable(typeof(AboutOriginal))]
[JsonSerializable(typeof(OperationPlan))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
internal sealed partial class FileJson : JsonSerializerContext;
