using Gatehouse.Clients.Edits;

namespace Gatehouse.Clients.Toml;

/// <summary>What to cut so that an entry or a header is gone. A comment on its line stays, as a line of its own.</summary>
internal static class TomlCuts
{
    /// <summary>The cut for an entry, in its section or in its inline table.</summary>
    public static Splice Of(TomlDocument document, TomlPlace place)
    {
        if (place.Chain.Count == 1) return Line(document.Text, place.Entry.Key.Start, place.Entry.Node.End);
        var table = place.Chain[^2].Node;
        var index = table.Entries!.ToList().IndexOf(place.Entry);
        if (table.Entries!.Count == 1) return Splice.Cut(table.Start + 1, table.End - 1);
        return index == table.Entries.Count - 1
            ? Splice.Cut(table.Entries[index - 1].Node.End, place.Entry.Node.End)
            : Splice.Cut(place.Entry.Key.Start, table.Entries[index + 1].Key.Start);
    }

    /// <summary>The cut for a header.</summary>
    public static Splice Of(TomlDocument document, TomlSection section) => Line(document.Text, section.Start, section.End);

    /// <summary>The lines from one offset to another, with their line end, or with the one before when they are the last and have none.</summary>
    public static Splice Line(SourceText text, int start, int end)
    {
        var next = text.NextLine(end);
        var rest = text.Slice(end, next);
        if (rest.IndexOf('#', StringComparison.Ordinal) is >= 0 and var comment) return Splice.Cut(start, end + comment);
        var from = text.LineStart(start);
        if (text[next - 1] == '\n' || from == text.Start) return Splice.Cut(from, next);
        from--;
        return Splice.Cut(from > text.Start && text[from - 1] == '\r' ? from - 1 : from, next);
    }

    /// <summary>
    /// What is gone when an entry or header goes: also the tables above it that nothing else makes. <paramref name="withHeader"/>: the header
    /// of the table that holds it goes as well.
    /// </summary>
    public static KeyPath Vanishing(TomlDocument document, KeyPath path, bool withHeader = false)
    {
        var keys = path.Steps.Select(step => step.Name).ToList();
        for (var length = keys.Count - 1; length > 0; length--)
        {
            var table = document.Table.Find(keys.Take(length));
            var made = withHeader && length == keys.Count - 1 ? TomlTableKind.Implied : table?.Kind;
            if (made is not (TomlTableKind.Implied or TomlTableKind.Dotted) || !table!.HoldsOnly(keys[length])) return path.Up(keys.Count - 1 - length);
        }
        return path.Up(keys.Count - 1);
    }
}
