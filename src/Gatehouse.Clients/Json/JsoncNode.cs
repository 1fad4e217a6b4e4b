using Gatehouse.Clients.Edits;

namespace Gatehouse.Clients.Json;

/// <summary>A value in a JSON text and where it stands: from the first byte of its first token to behind its last. Offsets are in bytes.</summary>
/// <param name="Start">Its first byte.</param>
/// <param name="End">Behind its last byte.</param>
/// <param name="Value">What it says.</param>
/// <param name="Slots">Members of an object, items of an array; null for anything else.</param>
internal sealed record JsoncNode(int Start, int End, ConfigValue Value, IReadOnlyList<JsoncSlot>? Slots = null)
{
    /// <summary>The slot of a member, or of the item that a step selects; -1 when there is none.</summary>
    public int IndexOf(PathStep step)
    {
        for (var index = 0; index < (Slots?.Count ?? 0); index++)
        {
            var slot = Slots![index];
            if (step.IsItem ? Value is ConfigArray && slot.Node.Value.Matches(step) : slot.Key == step.Name) return index;
        }
        return -1;
    }
}

/// <summary>A member of an object or an item of an array, with the comma behind it.</summary>
/// <param name="Key">The member's key, unescaped; null in an array.</param>
/// <param name="Start">Where the key begins, or the item.</param>
/// <param name="KeyEnd">Behind the key; the start in an array.</param>
/// <param name="Node">The value.</param>
/// <param name="Comma">Where the comma behind it stands; -1 when there is none.</param>
internal sealed record JsoncSlot(string? Key, int Start, int KeyEnd, JsoncNode Node, int Comma);
