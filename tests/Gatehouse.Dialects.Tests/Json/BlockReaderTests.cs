using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Tests.Json;

public sealed class BlockReaderTests
{
    [Fact]
    public void Every_vector_width_gives_the_masks_of_the_portable_reader()
    {
        var random = new Random(7);
        var block = new byte[64];
        for (var round = 0; round < 5_000; round++)
        {
            for (var i = 0; i < block.Length; i++)
                block[i] = random.Next(2) == 0 ? (byte)random.Next(256) : (byte)"\"\\{}[],: \t\r\nntrf/b\u001f\u001a\f"[random.Next(21)];
            var expected = Masks<PortableBlocks>(block);
            Masks<Blocks128>(block).ShouldBe(expected);
            if (Blocks256.IsSupported)
                Masks<Blocks256>(block).ShouldBe(expected);
            if (Blocks512.IsSupported)
                Masks<Blocks512>(block).ShouldBe(expected);
            Parity.Prefix(expected.Quote).ShouldBe(Parity.PrefixByShifts(expected.Quote));
        }
    }

    [Fact]
    public void Escapes_are_carried_from_block_to_block()
    {
        var random = new Random(11);
        for (var round = 0; round < 5_000; round++)
        {
            ulong carry = 0;
            var escaped = false;
            for (var block = 0; block < 3; block++)
            {
                var backslash = random.Next(4) == 0 ? ulong.MaxValue : (ulong)random.NextInt64() | ((ulong)random.NextInt64() << 1);
                var mask = EscapeCarry.Escaped(backslash, ref carry);
                for (var bit = 0; bit < 64; bit++)
                {
                    ((mask >> bit) & 1).ShouldBe(escaped ? 1ul : 0ul);
                    escaped = !escaped && ((backslash >> bit) & 1) != 0;
                }
            }
        }
    }

    [Fact]
    public void Every_vector_width_puts_down_the_places_of_a_masks_bits_and_spills_no_further_than_it_may()
    {
        var random = new Random(13);
        for (var round = 0; round < 5_000; round++)
        {
            // From masks without any bit to masks with all of them.
            var bits = (round % 65) switch { 0 => 0ul, 64 => ulong.MaxValue, var often => Bits(random, often) };
            var expected = Enumerable.Range(0, 64).Where(bit => ((bits >> bit) & 1) != 0).Select(bit => 1_000 + bit).ToArray();
            Put<PortableBlocks>(bits, expected.Length).ShouldBe(expected);
            Put<Blocks128>(bits, expected.Length).ShouldBe(expected);
            Put<Blocks256>(bits, expected.Length).ShouldBe(expected);
            if (Blocks512.IsSupported)
                Put<Blocks512>(bits, expected.Length).ShouldBe(expected);
        }
    }

    private static ulong Bits(Random random, int often) =>
        Enumerable.Range(0, 64).Aggregate(0ul, (bits, bit) => bits | (random.Next(64) < often ? 1ul << bit : 0));

    private static int[] Put<TBlocks>(ulong bits, int count)
        where TBlocks : struct, IBlockReader
    {
        var places = new int[64 + IBlockReader.Spill + 1];
        Array.Fill(places, -1);
        TBlocks.Put(bits, 1_000, ref places[0]);
        places.Skip(count + IBlockReader.Spill).ShouldAllBe(static place => place == -1);
        return places[..count];
    }

    private static (ulong Quote, ulong Backslash, ulong Open, ulong Close, ulong Curly, ulong Mark, ulong White, ulong Control, ulong Common) Masks<TBlocks>(byte[] block)
        where TBlocks : struct, IBlockReader
    {
        TBlocks.Quotes(ref block[0], out var quote, out var backslash);
        TBlocks.Brackets(ref block[0], out var open, out var close, out var curly);
        TBlocks.Marks(ref block[0], out var mark, out var white);
        TBlocks.Content(ref block[0], out var control, out var common);
        return (quote, backslash, open, close, curly & (open | close), mark, white, control, common);
    }
}
