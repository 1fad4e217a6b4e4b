using Gatehouse.Clients.Edits;

namespace Gatehouse.Clients.Toml;

/// <summary>
/// Plans changes of a TOML document as splices. A new entry goes behind the last one of its table, written the way that table is: below its
/// header, with dotted keys, or in braces. A table that is not there gets a header behind its nearest relatives.
/// </summary>
internal sealed class TomlEditor(TomlDocument document)
{
    private readonly SourceText _text = document.Text;

    /// <summary>Writes a value where another, or nothing, stands.</summary>
    public StepPlan Set(KeyPath path, ConfigValue value)
    {
        if (path.Steps.Any(step => step.IsItem)) return Refused("items of arrays are not edited in TOML", path);
        var plain = value is ConfigRaw raw ? document.ReadValue(raw.Source)! : value;
        if (!TomlStyle.CanWrite(plain)) return Refused($"TOML has no way to write this value ({plain.Kind})", path);
        var keys = path.Steps.Select(step => step.Name).ToList();
        var intended = document.Root.With(path, plain);
        var written = new Reversal { Path = path, Written = ValueHash.Of(plain) };
        if (TomlPlaces.Find(document, keys) is { } place)
        {
            var node = place.Entry.Node;
            var style = TomlStyle.Of(document, place.Section.Entries, place.Section.Start) with { Literal = _text[node.Start] == '\'' };
            var replaced = written with { Found = ValueHash.Of(node.Value), Previous = _text.Slice(node.Start, node.End) };
            return new StepPlan([Splice.Replace(node.Start, node.End, style.Write(value))], intended, replaced);
        }
        if (document.Find(path) is { } present)
            return Refused($"{(present is ConfigArray ? "an array of tables" : "a table")} stands at {path}; it is not replaced as a whole", path);
        var (splices, reversal) = Insert(keys, value, written);
        return new StepPlan(splices, intended, reversal);
    }

    /// <summary>Takes an entry away, or the header of a table that is empty.</summary>
    public StepPlan Remove(KeyPath path)
    {
        if (path.Steps.Any(step => step.IsItem)) return Refused("items of arrays are not edited in TOML", path);
        var keys = path.Steps.Select(step => step.Name).ToList();
        var gaps = new TomlGaps(document);
        var reversal = new Reversal { Path = path, Found = ValueHash.Of(document.Find(path)!) };
        if (TomlPlaces.Find(document, keys) is { } place)
        {
            var cut = TomlCuts.Of(document, place);
            reversal = gaps.Around(place, cut, reversal with { Previous = _text.Slice(place.Entry.Node.Start, place.Entry.Node.End) });
            return new StepPlan([cut], document.Root.Without(TomlCuts.Vanishing(document, path)), reversal);
        }
        var header = document.Sections.FirstOrDefault(section => section is { IsInArray: false, Header: not null } && section.Path.SequenceEqual(keys));
        if (header is null || header.IsArray || header.Entries.Count > 0) return Refused($"{path} is an array of tables, or lies in one; it is not removed", path);
        var headerCut = TomlCuts.Of(document, header);
        return new StepPlan([headerCut], document.Root.Without(TomlCuts.Vanishing(document, path)), gaps.Around(header, headerCut, reversal with { Header = true, Previous = "{}" }));
    }

    private (IReadOnlyList<Splice>, Reversal) Insert(List<string> keys, ConfigValue value, Reversal written)
    {
        for (var length = keys.Count - 1; length > 0; length--)
        {
            if (TomlPlaces.Find(document, [.. keys.Take(length)]) is { Entry.Node: { Entries: { } } node }) return InsertInline(node, [.. keys.Skip(length)], value, written);
        }
        var present = Enumerable.Range(0, keys.Count).Last(length => document.Table.Find(keys.Take(length)) is not null);
        var table = document.Table.Find(keys.Take(present))!;
        var created = written with { Created = keys.Count - present };
        if (table.Kind == TomlTableKind.Dotted) return ([InsertDotted(keys, present, value)], created);
        var isParent = present == keys.Count - 1;
        if (isParent && table.Kind == TomlTableKind.Header) return new TomlInsertion(document).Entry(keys, value, created);
        return new TomlInsertion(document).Section(keys, value, created with { Header = isParent });
    }

    private (IReadOnlyList<Splice>, Reversal) InsertInline(TomlNode table, List<string> keys, ConfigValue value, Reversal written)
    {
        var entries = table.Entries!;
        var style = TomlStyle.Of(document, entries, table.Start);
        for (var index = keys.Count - 1; index > 0; index--) value = ConfigValue.Raw($"{{ {style.Entry([keys[index]], value)} }}");
        var entry = style.Entry([keys[0]], value);
        var created = written with { Created = keys.Count };
        if (entries.Count > 0) return ([Splice.Insert(entries[^1].Node.End, ", " + entry)], created);
        var around = _text.Slice(table.Start + 1, table.End - 1);
        return ([Splice.Replace(table.Start + 1, table.End - 1, $" {entry} ")], created with { Around = around });
    }

    /// <summary>Behind the last entry whose dotted key leads through the same table.</summary>
    private Splice InsertDotted(List<string> keys, int present, ConfigValue value)
    {
        var table = keys.Take(present).ToList();
        var section = document.Sections.Last(section => !section.IsInArray && section.Entries.Any(entry => Leads(section, entry, table)));
        var last = section.Entries.Last(entry => Leads(section, entry, table));
        var style = TomlStyle.Of(document, [last], section.Start);
        return TomlInsertion.Line(_text, last.Node.End, style.Indent + style.Entry(keys.Skip(section.Path.Count), value));
    }

    private static bool Leads(TomlSection section, TomlEntry entry, List<string> table) =>
        section.Path.Count < table.Count && TomlPlaces.StartsWith([.. section.Path, .. entry.Key.Parts], table);

    private static StepPlan Refused(string reason, KeyPath path) => StepPlan.Refused(new EditRefusal(reason, path));
}
