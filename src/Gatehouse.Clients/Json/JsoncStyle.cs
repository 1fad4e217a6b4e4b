using Gatehouse.Clients.Edits;

namespace Gatehouse.Clients.Json;

/// <summary>How a JSON document is laid out: what new members copy so that they look like their neighbours.</summary>
internal sealed class JsoncStyle
{
    private readonly JsoncDocument _document;
    private readonly SourceText _text;

    /// <summary>Looks at a document.</summary>
    public JsoncStyle(JsoncDocument document)
    {
        (_document, _text) = (document, document.Text);
        IsMultiLine = document.Node is not { Slots.Count: > 0 } root || JsoncTrivia.HasLineEnd(_text, root.Start, root.End);
        Unit = FindUnit(document.Node, "", 0) ?? "  ";
    }

    /// <summary>Whether the document spreads over lines; one without members will.</summary>
    public bool IsMultiLine { get; }

    /// <summary>What one level of nesting is indented by.</summary>
    public string Unit { get; }

    /// <summary>The indent of the line on which a container begins: what its closing bracket is indented by.</summary>
    public string Indent(JsoncNode container) => _text.Indent(container.Start);

    /// <summary>Whether a slot begins on another line than what is before it, comments aside.</summary>
    public bool IsOnOwnLine(JsoncNode container, int index)
    {
        var slots = container.Slots!;
        return JsoncTrivia.HasLineEnd(_text, index > 0 ? slots[index - 1].Comma : container.Start, slots[index].Start);
    }

    /// <summary>What stands between a key and its value: as the nearest member does it, else ": ".</summary>
    public string Colon(JsoncNode container)
    {
        var slot = container.Slots!.LastOrDefault(slot => slot.Key is not null) ?? (_document.Node is { Slots: [.., var last] } ? last : null);
        if (slot is null) return ": ";
        var between = _text.Slice(slot.KeyEnd, slot.Node.Start);
        return between.All(letter => letter is ' ' or ':') ? between : ": ";
    }

    /// <summary>What stands between a comma and the next slot of one line.</summary>
    public string Gap(JsoncNode container)
    {
        if (container.Slots!.Count < 2) return Colon(container).EndsWith(' ') || container.Value is ConfigArray ? " " : "";
        var (last, before) = (container.Slots[^1], container.Slots[^2]);
        var start = JsoncTrivia.BlanksBefore(_text, last.Start);
        return start > before.Comma ? _text.Slice(start, last.Start) : " ";
    }

    /// <summary>
    /// A value as text. <paramref name="indent"/> is that of the line it begins on; objects and arrays of objects spread over lines when it
    /// is given, and stay on one when it is null. Raw text is taken as it is.
    /// </summary>
    public string Write(ConfigValue value, string? indent, string colon = ": ") => value switch
    {
        ConfigRaw raw => raw.Source,
        ConfigString at => JsoncStrings.Write(at.Text),
        ConfigNumber at => at.Text,
        ConfigBoolean at => at.Value ? "true" : "false",
        ConfigNull => "null",
        ConfigArray at => Spread(at.Items.Select(item => (Func<string?, string>)(inner => Write(item, inner, colon))), '[', ']',
            at.Items.Any(item => item is ConfigObject { Members.Count: > 0 }) ? indent : null, colon),
        ConfigObject at => Spread(at.Members.Select(member => (Func<string?, string>)(inner => JsoncStrings.Write(member.Key) + colon + Write(member.Value, inner, colon))), '{', '}', indent, colon),
        _ => throw new ArgumentException($"JSON has no way to write {value.Kind}", nameof(value)),
    };

    private string Spread(IEnumerable<Func<string?, string>> parts, char open, char close, string? indent, string colon)
    {
        if (indent is null || !parts.Any()) return open + string.Join(colon.EndsWith(' ') ? ", " : ",", parts.Select(part => part(null))) + close;
        var inner = _text.NewLine + indent + Unit;
        return open + inner + string.Join("," + inner, parts.Select(part => part(indent + Unit))) + _text.NewLine + indent + close;
    }

    /// <summary>The first indent below that of its container, of a slot on a line of its own.</summary>
    private string? FindUnit(JsoncNode? node, string outer, int depth)
    {
        for (var index = 0; index < (node?.Slots?.Count ?? 0); index++)
        {
            var slot = node!.Slots![index];
            var indent = _text.Indent(slot.Start);
            if (IsOnOwnLine(node, index) && indent.Length > outer.Length && indent.StartsWith(outer, StringComparison.Ordinal)) return indent[outer.Length..];
            if (depth < 4 && FindUnit(slot.Node, _text.Indent(slot.Node.Start), depth + 1) is { } unit) return unit;
        }
        return null;
    }
}
