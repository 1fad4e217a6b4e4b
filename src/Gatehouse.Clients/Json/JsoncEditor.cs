using System.Globalization;
using Gatehouse.Clients.Edits;

namespace Gatehouse.Clients.Json;

/// <summary>
/// Plans changes of a JSON document as splices. A new member goes behind the last one, in its style; taking it away again cuts exactly what
/// was put there, the comma that had to be added included.
/// </summary>
internal sealed class JsoncEditor(JsoncDocument document)
{
    private readonly SourceText _text = document.Text;
    private readonly JsoncStyle _style = new(document);

    /// <summary>Writes a value where another, or nothing, stands.</summary>
    public StepPlan Set(KeyPath path, ConfigValue value)
    {
        var way = document.Way(path);
        var plain = value is ConfigRaw raw ? document.ReadValue(raw.Source)! : value;
        var intended = document.Root.With(path, plain);
        if (way.Count == path.Steps.Count + 1)
        {
            var node = way[^1];
            var indent = _style.IsMultiLine ? _text.Indent(node.Start) : null;
            var reversal = new Reversal { Path = path, Written = ValueHash.Of(plain), Found = ValueHash.Of(node.Value), Previous = _text.Slice(node.Start, node.End) };
            return new StepPlan([Splice.Replace(node.Start, node.End, _style.Write(value, indent))], intended, reversal);
        }
        var missing = path.Steps.Skip(Math.Max(way.Count - 1, 0)).ToList();
        var created = new Reversal { Path = path, Written = ValueHash.Of(plain), Created = missing.Count };
        if (way.Count == 0) return NewRoot(missing, value, intended, created with { Created = missing.Count + 1 });
        var container = way[^1];
        if (container.Slots!.Count > 0) return new StepPlan(InsertLast(container, missing, value), intended, created);
        var around = _text.Slice(container.Start + 1, container.End - 1);
        return new StepPlan([InsertFirst(container, missing, value)], intended, created with { Around = around });
    }

    /// <summary>Takes a member or item away.</summary>
    public StepPlan Remove(KeyPath path)
    {
        var container = document.Way(path.Parent)[^1];
        var index = container.IndexOf(path.Last);
        var slot = container.Slots![index];
        var cuts = JsoncCuts.Of(_text, container, index);
        var (start, end) = Neighbourhood(container, index);
        var around = _text.Slice(start, end);
        var left = Splice.Apply(_text.Bytes, cuts).AsSpan()[start..(end - cuts.Where(cut => cut.Start >= start).Sum(cut => cut.Length))];
        var reversal = new Reversal
        {
            Path = path,
            Found = ValueHash.Of(slot.Node.Value),
            Previous = _text.Slice(slot.Node.Start, slot.Node.End),
            Around = around,
            Left = System.Text.Encoding.UTF8.GetString(left),
            After = path.Last.IsItem ? index.ToString(CultureInfo.InvariantCulture) : index > 0 ? container.Slots[index - 1].Key : null,
        };
        return new StepPlan(cuts, document.Root.Without(path), reversal);
    }

    /// <summary>From behind the value before a slot (or the opening bracket) to the slot after it (or the closing bracket).</summary>
    public static (int Start, int End) Neighbourhood(JsoncNode container, int index)
    {
        var start = index > 0 ? container.Slots![index - 1].Node.End : container.Start + 1;
        var end = index + 1 < container.Slots!.Count ? container.Slots[index + 1].Start : container.End - 1;
        return (start, end);
    }

    private List<Splice> InsertLast(JsoncNode container, List<PathStep> missing, ConfigValue value)
    {
        var last = container.Slots![^1];
        var trailing = last.Comma >= 0;
        var end = trailing ? last.Comma + 1 : last.Node.End;
        var place = JsoncTrivia.CommentsOnLine(_text, end);
        var hasOwnLine = _style.IsOnOwnLine(container, container.Slots.Count - 1);
        var ownLine = hasOwnLine || JsoncTrivia.EndsInLineComment(_text, end, place);
        var indent = hasOwnLine ? _text.Indent(last.Start) : _style.Indent(container) + _style.Unit;
        var lead = ownLine ? _text.NewLine + indent : _style.Gap(container);
        var entry = lead + Entry(missing, value, ownLine ? indent : null, _style.Colon(container)) + (trailing ? "," : "");
        return trailing ? [Splice.Insert(place, entry)] : [Splice.Insert(end, ","), Splice.Insert(place, entry)];
    }

    private Splice InsertFirst(JsoncNode container, List<PathStep> missing, ConfigValue value)
    {
        var (open, close) = (container.Start + 1, container.End - 1);
        var outer = _style.Indent(container);
        var inner = outer + _style.Unit;
        var colon = _style.Colon(container);
        var comment = JsoncTrivia.LastCommentEnd(_text, open, close);
        if (comment < 0)
        {
            var spread = _style.IsMultiLine;
            var entry = Entry(missing, value, spread ? inner : null, colon);
            return Splice.Replace(open, close, spread ? _text.NewLine + inner + entry + _text.NewLine + outer : entry);
        }
        if (JsoncTrivia.HasLineEnd(_text, open, close))
            return Splice.Insert(comment, _text.NewLine + inner + Entry(missing, value, inner, colon));
        return Splice.Insert(comment, " " + Entry(missing, value, null, colon));
    }

    /// <summary>The root object of a file that has none: behind its comments, with a line end of its own when the file has one or is empty.</summary>
    private StepPlan NewRoot(List<PathStep> missing, ConfigValue value, ConfigObject intended, Reversal created)
    {
        var newLine = _text.NewLine;
        var isOpen = _text.Length > _text.Start && _text[_text.Length - 1] != '\n';
        var reversal = created with { Lead = isOpen ? newLine : "", Trail = isOpen ? "" : newLine };
        var root = "{" + newLine + _style.Unit + Entry(missing, value, _style.Unit, ": ") + newLine + "}";
        return new StepPlan([Splice.Insert(_text.Length, reversal.Lead + root + reversal.Trail)], intended, reversal);
    }

    /// <summary>The text of a new member or item: the first missing step, with all below it inside.</summary>
    private string Entry(List<PathStep> missing, ConfigValue value, string? indent, string colon)
    {
        for (var index = missing.Count - 1; index > 0; index--) value = Inside(missing[index], value);
        var first = missing[0];
        return first.IsItem ? _style.Write(Identified(first, value), indent, colon) : JsoncStrings.Write(first.Name) + colon + _style.Write(value, indent, colon);
    }

    private static ConfigValue Inside(PathStep step, ConfigValue value) => step.IsItem
        ? new ConfigArray([Identified(step, value)])
        : ConfigValue.Object((step.Name, value));

    /// <summary>A new item carries the member that it is found by.</summary>
    private static ConfigValue Identified(PathStep step, ConfigValue value) =>
        value is ConfigObject item && !item.Matches(step) ? new ConfigObject([new ConfigMember(step.Name, ConfigValue.From(step.Value!)), .. item.Members]) : value;
}
