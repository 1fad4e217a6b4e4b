using Gatehouse.Clients.Edits;

namespace Gatehouse.Clients.Toml;

/// <summary>Where new lines go in a TOML document, and the blank lines that they need around them.</summary>
internal sealed class TomlInsertion(TomlDocument document)
{
    private readonly SourceText _text = document.Text;

    /// <summary>A line behind the one on which something ends; a file without a last line end stays without one.</summary>
    public static Splice Line(SourceText text, int end, string line)
    {
        var next = text.NextLine(end);
        return next > text.Start && text[next - 1] == '\n' ? Splice.Insert(next, line + text.NewLine) : Splice.Insert(next, text.NewLine + line);
    }

    /// <summary>An entry of a table that has its header, or of the root.</summary>
    public (IReadOnlyList<Splice>, Reversal) Entry(List<string> keys, ConfigValue value, Reversal created)
    {
        var section = document.Sections.First(section => !section.IsInArray && section.Path.SequenceEqual(keys.Take(keys.Count - 1)));
        var style = TomlStyle.Of(document, section.Entries, section.Start);
        var line = style.Indent + style.Entry([keys[^1]], value);
        if (section.Header is not null || section.Entries.Count > 0) return ([Line(_text, section.ContentEnd, line)], created);
        return FirstOfRoot(line, created);
    }

    /// <summary>A header with its first entry: behind the last table of the nearest relatives, else at the end.</summary>
    public (IReadOnlyList<Splice>, Reversal) Section(List<string> keys, ConfigValue value, Reversal created)
    {
        var table = keys.Take(keys.Count - 1).ToList();
        var (place, relative) = PlaceOf(table);
        var style = TomlStyle.Of(document, relative?.Entries ?? [], relative?.Start ?? _text.Start);
        var indent = relative is null ? "" : _text.Indent(relative.Start);
        var newLine = _text.NewLine;
        var text = $"{indent}[{TomlKeys.Write(table)}]{newLine}{(relative is { Entries.Count: > 0 } ? style.Indent : indent)}{style.Entry([keys[^1]], value)}";
        var open = place > _text.Start && _text[place - 1] != '\n';
        var lead = open ? newLine + newLine : IsBlankBefore(place) ? "" : newLine;
        var trail = place < _text.Length ? newLine : "";
        return ([Splice.Insert(place, lead + text + (open ? "" : newLine) + trail)], created with { Lead = lead, Trail = trail });
    }

    private (int Place, TomlSection? Relative) PlaceOf(List<string> table)
    {
        for (var length = table.Count; length > 0; length--)
        {
            var family = table.Take(length).ToList();
            var last = Enumerable.Range(1, document.Sections.Count - 1).LastOrDefault(index => TomlPlaces.StartsWith(document.Sections[index].Path, family));
            if (last > 0) return (last + 1 < document.Sections.Count ? BlockStart(document.Sections[last + 1]) : _text.Length, document.Sections[last]);
        }
        return (_text.Length, null);
    }

    /// <summary>The first entry of a document goes before its first header and the comment above that, but behind editor directives (<c>#:schema …</c>).</summary>
    private (IReadOnlyList<Splice>, Reversal) FirstOfRoot(string line, Reversal created)
    {
        if (document.Sections.Count == 1)
        {
            var empty = _text.Length == _text.Start;
            return ([empty ? Splice.Insert(_text.Start, line + _text.NewLine) : Line(_text, _text.Length, line)], created);
        }
        var place = BlockStart(document.Sections[1]);
        while (_text.Bytes[place..].StartsWith("#:"u8)) place = _text.NextLine(place);
        return ([Splice.Insert(place, line + _text.NewLine + _text.NewLine)], created with { Trail = _text.NewLine });
    }

    /// <summary>Where the comment lines right above a header begin, or its own line.</summary>
    private int BlockStart(TomlSection section)
    {
        var start = _text.LineStart(section.Start);
        while (start > _text.Start && _text.LineStart(start - 1) is var above && _text.Slice(above, start).TrimStart(' ', '\t').StartsWith('#')) start = above;
        return start;
    }

    private bool IsBlankBefore(int place) => place == _text.Start || string.IsNullOrWhiteSpace(_text.Slice(_text.LineStart(place - 1), place));
}
