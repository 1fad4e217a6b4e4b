using Gatehouse.Clients.Edits;

namespace Gatehouse.Clients.Toml;

/// <summary>Plans to take steps back in a TOML document, which may have changed since.</summary>
internal sealed class TomlUndo(TomlDocument document)
{
    private readonly SourceText _text = document.Text;

    /// <summary>Takes away what was made: the entry and, when nothing else is in it, the table that was made for it.</summary>
    public StepPlan Created(Reversal reversal)
    {
        var keys = reversal.Path.Steps.Select(step => step.Name).ToList();
        if (TomlPlaces.Find(document, keys) is not { } place)
            return StepPlan.Refused(new EditRefusal($"{reversal.Path} is a table now, not the value that was written", reversal.Path));
        if (place.Chain.Count > 1) return InInlineTable(reversal, place);
        var section = place.Section;
        var cut = TomlCuts.Line(_text, place.Entry.Key.Start, place.Entry.Node.End);
        var isMade = section is { Header: not null, IsArray: false, Entries.Count: 1 } && (reversal.Created > 1 || reversal.Header) && section.Path.SequenceEqual(keys.Take(keys.Count - 1));
        var intended = document.Root.Without(TomlCuts.Vanishing(document, reversal.Path, isMade));
        // Blank lines that were put around a table's header stay with it when something else keeps the table.
        var headed = reversal.Created > 1 || reversal.Header;
        if (!isMade) return new StepPlan([headed ? cut : Padded(cut, reversal)], intended);
        var header = TomlCuts.Line(_text, section.Start, section.End);
        // One cut when nothing stands between the two, so that the blank lines put around them go as well.
        if (string.IsNullOrWhiteSpace(_text.Slice(section.End, place.Entry.Key.Start)))
            return new StepPlan([Padded(TomlCuts.Line(_text, section.Start, place.Entry.Node.End), reversal)], intended);
        return new StepPlan([header, cut], intended);
    }

    /// <summary>Puts back what was removed: exactly, when its neighbours are as the removal left them, else as a new entry.</summary>
    public StepPlan Removed(Reversal reversal)
    {
        var keys = reversal.Path.Steps.Select(step => step.Name).ToList();
        var parent = TomlPlaces.Find(document, [.. keys.Take(keys.Count - 1)])?.Entry.Node;
        var previous = reversal.Previous ?? "{}";
        if (document.ReadValue(previous) is { } value && new TomlGaps(document).Back(reversal, parent) is { } back)
            return new StepPlan([back], document.Root.With(reversal.Path, value));
        return document.PlanSet(reversal.Path, ConfigValue.Raw(previous));
    }

    private StepPlan InInlineTable(Reversal reversal, TomlPlace place)
    {
        var gone = 1;
        while (gone < reversal.Created && place.Chain.Count - gone > 1 && place.Chain[^(gone + 1)] is { Node.Entries.Count: 1, Key.Parts.Count: 1 }) gone++;
        var outer = new TomlPlace(place.Section, [.. place.Chain.Take(place.Chain.Count - gone + 1)]);
        var intended = document.Root.Without(reversal.Path.Up(gone - 1));
        var table = outer.Chain[^2].Node;
        if (table.Entries!.Count == 1 && reversal.Around is { } around) return new StepPlan([Splice.Replace(table.Start + 1, table.End - 1, around)], intended);
        return new StepPlan([TomlCuts.Of(document, outer)], intended);
    }

    /// <summary>A cut with the blank lines that were put around what it takes away, where they still are.</summary>
    private Splice Padded(Splice cut, Reversal reversal)
    {
        var (start, end) = (cut.Start, cut.Start + cut.Length);
        var lead = reversal.Lead;
        // The last line of a file, when it has no line end, took the one before with it; that one is the last of the lead.
        if (lead.Length > 0 && _text.Slice(start, end).StartsWith(_text.NewLine, StringComparison.Ordinal)) lead = lead[_text.NewLine.Length..];
        if (lead.Length > 0 && _text.Slice(_text.Start, start).EndsWith(lead, StringComparison.Ordinal)) start -= lead.Length;
        if (reversal.Trail.Length > 0 && _text.Slice(end, _text.Length).StartsWith(reversal.Trail, StringComparison.Ordinal)) end += reversal.Trail.Length;
        // What was the last of the file when it was written may have something behind it now, which needs a line of its own.
        if (start > _text.Start && _text[start - 1] != '\n' && end < _text.Length && _text[end] is not ((byte)'\n' or (byte)'\r')) start += _text.NewLine.Length;
        return Splice.Cut(start, end);
    }
}
