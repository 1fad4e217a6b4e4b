using System.Runtime.InteropServices;
using System.Text;

namespace Gatehouse.Gateway.Upstream.Http1;

/// <summary>
/// The strings of header values that come again with every answer, such as media types and the server's name. What is not found is made
/// and takes its place. One per provider; thread-safe and bounded.
/// </summary>
internal sealed class HeaderTexts
{
    private const int TableSize = 256;
    private const int LongestKept = 64;
    private readonly string?[] _table = new string?[TableSize];

    /// <summary>The value as a string, one character per byte.</summary>
    public string Of(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty) return "";
        if (value.Length is < sizeof(ulong) or > LongestKept) return Encoding.Latin1.GetString(value);
        ref var slot = ref _table[Slot(value)];
        var known = Volatile.Read(ref slot);

        // Never equal when one of them holds a byte beyond ASCII: such values are made anew each time.
        if (known is not null && Ascii.Equals(value, known)) return known;
        known = Encoding.Latin1.GetString(value);
        Volatile.Write(ref slot, known);
        return known;
    }

    private static int Slot(ReadOnlySpan<byte> value)
    {
        var first = MemoryMarshal.Read<ulong>(value);
        var last = MemoryMarshal.Read<ulong>(value[^sizeof(ulong)..]);
        return (int)(((first ^ (last * 3) ^ (ulong)value.Length) * 0x9E3779B97F4A7C15) >> 56);
    }
}
