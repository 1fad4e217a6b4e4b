using System.Globalization;
using Gatehouse.Clients.Edits;

namespace Gatehouse.Clients.Json;

/// <summary>Plans to take steps back in a JSON document, which may have changed since.</summary>
internal sealed class JsoncUndo(JsoncDocument document)
{
    private readonly SourceText _text = document.Text;

    /// <summary>Takes away what was made: the member and, from the inside out, the objects made for it that hold nothing else.</summary>
    public StepPlan Created(Reversal reversal)
    {
        var steps = reversal.Path.Steps;
        var way = document.Way(reversal.Path);
        var most = Math.Min(reversal.Created, steps.Count);
        var gone = 1;
        while (gone < most && IsOnlyFilledBy(way[^(gone + 1)], steps[^gone], steps[^(gone + 1)])) gone++;
        var target = reversal.Path.Up(gone - 1);
        var container = way[^(gone + 1)];
        return new StepPlan(Cuts(reversal, container, target.Last, gone == most), document.Root.Without(target));
    }

    /// <summary>The slot behind which the removed one stood: -1 when it was the first, beyond the last when that slot is gone.</summary>
    private static int Before(JsoncNode container, Reversal reversal)
    {
        if (reversal.Path.Last.IsItem) return int.Parse(reversal.After!, CultureInfo.InvariantCulture) - 1;
        if (reversal.After is null) return -1;
        return container.IndexOf(new PathStep(reversal.After)) is >= 0 and var index ? index : int.MaxValue;
    }

    private ConfigObject With(KeyPath path, ConfigValue value, int index)
    {
        if (!path.Last.IsItem) return document.Root.With(path, value);
        var items = ((ConfigArray)document.Find(path.Parent)!).Items.ToList();
        items.Insert(index, value);
        return document.Root.With(path.Parent, new ConfigArray(items));
    }

    private IReadOnlyList<Splice> Cuts(Reversal reversal, JsoncNode container, PathStep step, bool all)
    {
        if (all && IsOnlyFilledBy(container, step, null))
        {
            if (reversal.Created > reversal.Path.Steps.Count) return [RootCut(container, reversal)];
            if (reversal.Around is { } around && string.IsNullOrWhiteSpace(around)) return [Splice.Replace(container.Start + 1, container.End - 1, around)];
        }
        return JsoncCuts.Of(_text, container, container.IndexOf(step));
    }

    /// <summary>Puts back what was removed: exactly, when its neighbours are as the removal left them, else as a new member.</summary>
    public StepPlan Removed(Reversal reversal)
    {
        var path = reversal.Path;
        var way = document.Way(path.Parent);
        if (way.Count == path.Steps.Count && way[^1].Slots is not null && reversal is { Around: { } around, Left: { } left, Previous: { } previous } && document.ReadValue(previous) is { } value)
        {
            var before = Before(way[^1], reversal);
            if (before < way[^1].Slots!.Count && Gap(way[^1], before) is var (start, end) && _text.Slice(start, end) == left)
                return new StepPlan([Splice.Replace(start, end, around)], With(path, value, before + 1));
        }
        return document.PlanSet(path, ConfigValue.Raw(reversal.Previous ?? "null"));
    }

    /// <summary>Whether nothing but one slot is in a container: no other slot but the one that an item is found by, and no comment.</summary>
    private bool IsOnlyFilledBy(JsoncNode container, PathStep step, PathStep? itself)
    {
        var index = container.IndexOf(step);
        var at = container.Start + 1;
        for (var other = 0; other < container.Slots!.Count; other++)
        {
            var slot = container.Slots[other];
            if (other != index && (itself is not { IsItem: true } item || slot.Key != item.Name)) return false;
            if (HasComment(at, slot.Start)) return false;
            at = slot.Node.End;
        }
        return !HasComment(at, container.End);
    }

    private bool HasComment(int start, int end) => _text.Bytes[start..end].Contains((byte)'/');

    private static (int Start, int End) Gap(JsoncNode container, int before)
    {
        var slots = container.Slots!;
        var start = before >= 0 ? slots[before].Node.End : container.Start + 1;
        return (start, before + 1 < slots.Count ? slots[before + 1].Start : container.End - 1);
    }

    /// <summary>The root that was made in a file without one goes with the line end that was written for it.</summary>
    private Splice RootCut(JsoncNode root, Reversal reversal)
    {
        var start = _text.Slice(_text.Start, root.Start).EndsWith(reversal.Lead, StringComparison.Ordinal) ? root.Start - reversal.Lead.Length : root.Start;
        var end = _text.Slice(root.End, _text.Length).StartsWith(reversal.Trail, StringComparison.Ordinal) ? root.End + reversal.Trail.Length : root.End;
        return Splice.Cut(start, end);
    }
}
