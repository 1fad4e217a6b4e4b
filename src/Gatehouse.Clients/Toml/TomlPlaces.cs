using Gatehouse.Clients.Edits;

namespace Gatehouse.Clients.Toml;

/// <summary>Where a value stands: the entry in its section, then the entries in the inline tables on the way to it.</summary>
internal sealed record TomlPlace(TomlSection Section, IReadOnlyList<TomlEntry> Chain)
{
    /// <summary>The entry itself.</summary>
    public TomlEntry Entry => Chain[^1];
}

/// <summary>Finds what stands at a path of a TOML document. Nothing in an array of tables is found: such a path is refused before.</summary>
internal static class TomlPlaces
{
    /// <summary>The entry whose value is at a path of keys; null when nothing, or a table with headers or dotted keys, is there.</summary>
    public static TomlPlace? Find(TomlDocument document, IReadOnlyList<string> path)
    {
        foreach (var section in document.Sections.Where(section => !section.IsInArray && StartsWith(path, section.Path)))
        {
            if (Search(section.Entries, [.. path.Skip(section.Path.Count)]) is { } chain) return new TomlPlace(section, chain);
        }
        return null;
    }

    /// <summary>Whether a path begins with another.</summary>
    public static bool StartsWith(IReadOnlyList<string> path, IReadOnlyList<string> beginning) =>
        path.Count >= beginning.Count && path.Take(beginning.Count).SequenceEqual(beginning);

    /// <summary>Where a path begins in the text: its key, its header, or the first thing that makes its table.</summary>
    public static int? OffsetOf(TomlDocument document, KeyPath path)
    {
        if (path.IsRoot) return document.Text.Start;
        if (path.Steps.Any(step => step.IsItem)) return null;
        var keys = path.Steps.Select(step => step.Name).ToList();
        if (Find(document, keys) is { } place) return place.Entry.Key.Start;
        var found = document.Sections.Where(section => section.Header is not null && StartsWith(section.Path, keys)).Select(section => section.Start)
            .Concat(document.Sections.SelectMany(section => section.Entries.Where(entry => StartsWith([.. section.Path, .. entry.Key.Parts], keys)).Select(entry => entry.Key.Start)));
        return found.Cast<int?>().Min();
    }

    private static List<TomlEntry>? Search(IReadOnlyList<TomlEntry> entries, IReadOnlyList<string> path)
    {
        foreach (var entry in entries.Where(entry => StartsWith(path, entry.Key.Parts)))
        {
            if (entry.Key.Parts.Count == path.Count) return [entry];
            if (entry.Node.Entries is { } inner && Search(inner, [.. path.Skip(entry.Key.Parts.Count)]) is { } rest) return [entry, .. rest];
        }
        return null;
    }
}
