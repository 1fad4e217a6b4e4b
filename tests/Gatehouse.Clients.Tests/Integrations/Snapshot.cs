using System.Text;

namespace Gatehouse.Clients.Tests.Integrations;

/// <summary>Every file below a home's root with its bytes, but for Gatehouse's own state.</summary>
internal sealed class Snapshot : IEquatable<Snapshot>
{
    private readonly SortedDictionary<string, string> _files = new(StringComparer.Ordinal);

    public string? this[string path] => _files.GetValueOrDefault(path);

    public static Snapshot Of(ClientHome home) => Of(home, _ => true);

    /// <summary>Without the backups, which a restore leaves to the person.</summary>
    public static Snapshot WithoutBackups(ClientHome home) => Of(home, path => !path.Contains(".backup.", StringComparison.Ordinal));

    public bool Equals(Snapshot? other) => other is not null && ToString() == other.ToString();

    public override bool Equals(object? obj) => Equals(obj as Snapshot);

    public override int GetHashCode() => _files.Count;

    public override string ToString() => string.Concat(_files.Select(file => $"== {file.Key}\n{file.Value}\n"));

    private static Snapshot Of(ClientHome home, Func<string, bool> counts)
    {
        var snapshot = new Snapshot();
        var state = Path.Combine(home.Home, ".local");
        foreach (var path in Directory.EnumerateFileSystemEntries(home.Root, "*", SearchOption.AllDirectories).Where(path => !path.StartsWith(state, StringComparison.Ordinal) && counts(path)))
            snapshot._files[path] = Directory.Exists(path) ? "(folder)" : (new FileInfo(path).LinkTarget is { } link ? $"(link to {link}) " : "") + Encoding.Latin1.GetString(File.ReadAllBytes(path));
        return snapshot;
    }
}
