using System.Text;
using Gatehouse.Clients.Edits;

namespace Gatehouse.Clients.Toml;

/// <summary>
/// The text around an entry or header, between its neighbours: kept when something is removed, so that it can be put back exactly while the
/// neighbours are as they were.
/// </summary>
internal sealed class TomlGaps(TomlDocument document)
{
    private readonly SourceText _text = document.Text;

    /// <summary>Completes the reversal of an entry's removal.</summary>
    public Reversal Around(TomlPlace place, Splice cut, Reversal reversal)
    {
        if (place.Chain.Count == 1) return Around(Places().ToList(), place.Entry.Key.Start, cut, reversal);
        return Around([.. Inside(place.Chain[^2].Node)], place.Entry.Key.Start, cut, reversal);
    }

    /// <summary>Completes the reversal of a header's removal.</summary>
    public Reversal Around(TomlSection section, Splice cut, Reversal reversal) => Around(Places().ToList(), section.Start, cut, reversal);

    /// <summary>The splice that puts a removed text back where it was, or null when its neighbours are not as they were left.</summary>
    public Splice? Back(Reversal reversal, TomlNode? inside)
    {
        if (reversal is not { Around: { } around, Left: { } left }) return null;
        var places = (inside is null ? Places() : Inside(inside)).ToList();
        var before = places.FindIndex(place => place.Name == (reversal.After ?? ""));
        if (before < 0 || before + 1 >= places.Count) return null;
        // A header takes the entries behind it into its table, so only another header, or the end, may follow.
        if (reversal.Header && places[before + 1].IsEntry) return null;
        var (start, end) = (places[before].End, places[before + 1].Start);
        return _text.Slice(start, end) == left ? Splice.Replace(start, end, around) : null;
    }

    private Reversal Around(List<Place> places, int start, Splice cut, Reversal reversal)
    {
        var index = places.FindLastIndex(place => place.Start == start);
        var (from, to) = (places[index - 1].End, places[index + 1].Start);
        var left = Splice.Apply(_text.Bytes, [cut]).AsSpan()[from..(to - cut.Length)];
        return reversal with { Around = _text.Slice(from, to), Left = Encoding.UTF8.GetString(left), After = places[index - 1].Name };
    }

    /// <summary>Headers and entries in the order of the text, with the ends of the text around them. A name tells how often it stood before.</summary>
    private IEnumerable<Place> Places()
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        yield return new Place("", _text.Start, _text.Start);
        foreach (var section in document.Sections)
        {
            var header = section.Header is null ? "" : $"[{TomlKeys.Write(section.Path)}]";
            if (section.IsInArray) header += $"#{seen[header] = seen.GetValueOrDefault(header) + 1}";
            if (section.Header is not null) yield return new Place(header, section.Start, section.End);
            foreach (var entry in section.Entries) yield return new Place($"{header} {TomlKeys.Write(entry.Key.Parts)}", entry.Key.Start, entry.Node.End, IsEntry: true);
        }
        yield return new Place("end", _text.Length, _text.Length);
    }

    private static IEnumerable<Place> Inside(TomlNode table)
    {
        yield return new Place("", table.Start, table.Start + 1);
        foreach (var entry in table.Entries!) yield return new Place(TomlKeys.Write(entry.Key.Parts), entry.Key.Start, entry.Node.End, IsEntry: true);
        yield return new Place("end", table.End - 1, table.End);
    }

    /// <summary>A header or entry, or an end of what holds them.</summary>
    private readonly record struct Place(string Name, int Start, int End, bool IsEntry = false);
}
