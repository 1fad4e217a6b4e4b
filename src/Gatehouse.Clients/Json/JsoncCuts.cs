using Gatehouse.Clients.Edits;

namespace Gatehouse.Clients.Json;

/// <summary>What to cut so that a member or item is gone and the text around it is as if it had never been there. Comments always stay.</summary>
internal static class JsoncCuts
{
    /// <summary>The cuts for one slot of a container.</summary>
    public static IReadOnlyList<Splice> Of(SourceText text, JsoncNode container, int index)
    {
        var slots = container.Slots!;
        var slot = slots[index];
        if (slots.Count == 1 && JsoncTrivia.LastCommentEnd(text, container.Start + 1, slot.Start) < 0
            && JsoncTrivia.LastCommentEnd(text, slot.Comma < 0 ? slot.Node.End : slot.Comma + 1, container.End - 1) < 0 && !HasCommentBeforeComma(text, slot))
            return [Splice.Cut(container.Start + 1, container.End - 1)];
        var cuts = new List<Splice>();
        // The last slot of a container without a trailing comma owns the comma before it.
        if (slot.Comma < 0 && index > 0) cuts.Add(Splice.Cut(slots[index - 1].Comma, slots[index - 1].Comma + 1));
        var end = slot.Node.End;
        if (slot.Comma >= 0 && HasCommentBeforeComma(text, slot)) cuts.Add(Splice.Cut(slot.Comma, slot.Comma + 1));
        else if (slot.Comma >= 0) end = slot.Comma + 1;
        var before = index > 0 ? slots[index - 1].Comma + 1 : container.Start + 1;
        var (from, to) = WithBlanks(text, slot, end, isLast: index == slots.Count - 1, isAfterLineComment: JsoncTrivia.EndsInLineComment(text, before, slot.Start));
        cuts.Add(Splice.Cut(from, to));
        return cuts;
    }

    private static bool HasCommentBeforeComma(SourceText text, JsoncSlot slot) =>
        slot.Comma >= 0 && JsoncTrivia.LastCommentEnd(text, slot.Node.End, slot.Comma) >= 0;

    private static (int From, int To) WithBlanks(SourceText text, JsoncSlot slot, int end, bool isLast, bool isAfterLineComment)
    {
        var blanks = JsoncTrivia.BlanksBefore(text, slot.Start);
        var lineEnd = text.Bytes[blanks..slot.Start].LastIndexOf((byte)'\n');
        var after = JsoncTrivia.Spaces(text, end);
        // A bracket right behind would move up to the line before, into the comment that may end it.
        var isAlone = text[after] is (byte)'\n' or (byte)'\r' || (text[after] is (byte)'}' or (byte)']' && !isAfterLineComment);
        if (lineEnd >= 0 && isAlone)
        {
            // The line goes with the line end before it.
            var from = blanks + lineEnd;
            return (from > blanks && text[from - 1] == '\r' ? from - 1 : from, end);
        }
        if (lineEnd >= 0 || (!isLast && text[after] is not ((byte)'\n' or (byte)'\r'))) return (slot.Start, after);
        return (blanks, end);
    }
}
