using System.Text;
using Gatehouse.Gateway.Upstream.Http1;

namespace Gatehouse.Gateway.Tests.Upstream.Http1;

public sealed class ChunkReaderTests
{
    private const string Framed = "5\r\nhello\r\n6;name=\"value\"\r\n world\r\n00A \t;x\r\n, and more\r\n0\r\nx-sum: 1\r\n\r\n";
    private const string Plain = "hello world, and more";

    [Fact]
    public void The_framing_comes_off_wherever_the_pieces_are_cut_and_however_little_room_there_is()
    {
        var bytes = Encoding.ASCII.GetBytes(Framed);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            foreach (var room in (int[])[1, 3, 64])
            {
                var reader = default(ChunkReader);
                var data = new List<byte>();
                var used = Drain(ref reader, bytes.AsSpan(0, cut), room, data);
                reader.IsDone.ShouldBe(cut == bytes.Length);
                used += Drain(ref reader, bytes.AsSpan(used), room, data);

                reader.IsDone.ShouldBeTrue($"cut at {cut}, room for {room}");
                used.ShouldBe(bytes.Length);
                Encoding.ASCII.GetString([.. data]).ShouldBe(Plain);
            }
        }
    }

    [Fact]
    public void The_framing_comes_off_in_place()
    {
        var bytes = Encoding.ASCII.GetBytes(Framed);
        var reader = default(ChunkReader);

        reader.Read(bytes, bytes, out var written).ShouldBe(bytes.Length);

        reader.IsDone.ShouldBeTrue();
        Encoding.ASCII.GetString(bytes, 0, written).ShouldBe(Plain);
    }

    [Fact]
    public void What_follows_the_end_is_left_alone()
    {
        var reader = default(ChunkReader);
        var bytes = Encoding.ASCII.GetBytes("1\r\na\r\n0\r\n\r\nHTTP/1.1 200 OK");

        var used = reader.Read(bytes, new byte[8], out var written);

        reader.IsDone.ShouldBeTrue();
        written.ShouldBe(1);
        Encoding.ASCII.GetString(bytes[used..]).ShouldBe("HTTP/1.1 200 OK");
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("x\r\n")]
    [InlineData("-1\r\n")]
    [InlineData("+1\r\n")]
    [InlineData("0x1\r\n")]
    [InlineData(" 1\r\n")]
    [InlineData("1 2\r\n")]
    [InlineData("1\n")]
    [InlineData("1\r\r\n")]
    [InlineData("1;a\rb\r\n")]
    [InlineData("1000000000000000\r\n")]
    [InlineData("1\r\nab\r\n")]
    [InlineData("1\r\na\n")]
    [InlineData("1\r\na\rb")]
    [InlineData("1\r\naX")]
    [InlineData("0\r\nx: 1\n\n")]
    [InlineData("0\r\n\n")]
    public void Broken_framing_is_refused(string text)
    {
        var reader = default(ChunkReader);

        Drain(ref reader, Encoding.ASCII.GetBytes(text), 64, []);

        reader.IsWrong.ShouldBeTrue();
        reader.IsDone.ShouldBeFalse();
    }

    [Theory]
    [InlineData("1;", 5_000)]
    [InlineData("0\r\nx: ", 5_000)]
    public void A_line_without_end_is_refused(string start, int length)
    {
        var reader = default(ChunkReader);

        Drain(ref reader, Encoding.ASCII.GetBytes(start + new string('a', length)), 64, []);

        reader.IsWrong.ShouldBeTrue();
    }

    [Fact]
    public void Trailers_without_end_are_refused()
    {
        var reader = default(ChunkReader);

        Drain(ref reader, Encoding.ASCII.GetBytes("0\r\n" + string.Concat(Enumerable.Repeat("x: " + new string('a', 1000) + "\r\n", 40))), 64, []);

        reader.IsWrong.ShouldBeTrue();
    }

    private static int Drain(ref ChunkReader reader, ReadOnlySpan<byte> source, int room, List<byte> data)
    {
        Span<byte> target = stackalloc byte[room];
        var all = 0;
        while (true)
        {
            var used = reader.Read(source[all..], target, out var written);
            data.AddRange(target[..written]);
            all += used;
            if (used == 0 && written == 0) return all;
        }
    }
}
