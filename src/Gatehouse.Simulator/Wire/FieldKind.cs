using System.Text.Json;

namespace Gatehouse.Simulator.Wire;

/// <summary>What a vendor accepts as the value of a field. Null always passes: the vendors take it as absent.</summary>
[Flags]
internal enum FieldKind
{
    Text = 1, Whole = 2, Number = 4, Flag = 8, List = 16, Object = 32, Any = Text | Number | Flag | List | Object,
}

/// <summary>Decides whether a value is of a kind.</summary>
internal static class FieldKinds
{
    /// <summary>Whether the value passes.</summary>
    public static bool Allows(this FieldKind kind, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => (kind & FieldKind.Text) != 0,
        JsonValueKind.Number => (kind & FieldKind.Number) != 0 || ((kind & FieldKind.Whole) != 0 && value.TryGetInt64(out _)),
        JsonValueKind.True or JsonValueKind.False => (kind & FieldKind.Flag) != 0,
        JsonValueKind.Array => (kind & FieldKind.List) != 0,
        JsonValueKind.Object => (kind & FieldKind.Object) != 0,
        _ => true,
    };
}
