using System.Runtime.CompilerServices;

namespace Gatehouse.Dialects.Json;

/// <summary>Blocks read byte by byte: for processors without vectors, and as the yardstick of the vector versions in tests.</summary>
internal readonly struct PortableBlocks : IBlockReader
{
    public static void Quotes(ref byte block, out ulong quote, out ulong backslash)
    {
        quote = backslash = 0;
        for (var i = 0; i < 64; i++)
        {
            var value = Unsafe.Add(ref block, i);
            quote |= Bit(value == '"') << i;
            backslash |= Bit(value == '\\') << i;
        }
    }

    public static void Structure(
        ref byte block, out ulong quote, out ulong backslash, out ulong open, out ulong close, out ulong curly)
    {
        Quotes(ref block, out quote, out backslash);
        open = close = curly = 0;
        for (var i = 0; i < 64; i++)
        {
            var value = Unsafe.Add(ref block, i);
            open |= Bit(value is (byte)'{' or (byte)'[') << i;
            close |= Bit(value is (byte)'}' or (byte)']') << i;
            curly |= Bit(value is (byte)'{' or (byte)'}') << i;
        }
    }

    public static ulong PrefixXor(ulong bits) => Parity.PrefixByShifts(bits);

    private static ulong Bit(bool set) => set ? 1ul : 0ul;
}
