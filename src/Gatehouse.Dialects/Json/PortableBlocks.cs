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

    public static void Brackets(ref byte block, out ulong open, out ulong close, out ulong curly)
    {
        open = close = curly = 0;
        for (var i = 0; i < 64; i++)
        {
            var value = Unsafe.Add(ref block, i);
            open |= Bit(value is (byte)'{' or (byte)'[') << i;
            close |= Bit(value is (byte)'}' or (byte)']') << i;
            curly |= Bit(value is (byte)'{' or (byte)'}') << i;
        }
    }

    public static void Marks(ref byte block, out ulong mark, out ulong white)
    {
        mark = white = 0;
        for (var i = 0; i < 64; i++)
        {
            var value = Unsafe.Add(ref block, i);
            mark |= Bit((value | 0x20) is '{' or '}' or ',' or ':') << i;
            white |= Bit(value is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r') << i;
        }
    }

    public static void Content(ref byte block, out ulong control, out ulong common)
    {
        control = common = 0;
        for (var i = 0; i < 64; i++)
        {
            var value = Unsafe.Add(ref block, i);
            control |= Bit(value < 0x20) << i;
            common |= Bit(value is (byte)'n' or (byte)'t' or (byte)'r' or (byte)'f' or (byte)'/' or (byte)'\\') << i;
        }
    }

    public static ulong PrefixXor(ulong bits) => Parity.PrefixByShifts(bits);

    public static void Put(ulong bits, int at, ref int places) => Places.Put(bits, at, ref places);

    private static ulong Bit(bool set) => set ? 1ul : 0ul;
}
