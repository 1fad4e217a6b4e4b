using System.Buffers;
using System.Text;
using System.Text.Json;
using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Tests.Json;

public sealed class JsonWriterTests
{
    [Fact]
    public void Puts_commas_where_they_belong_and_strings_together_from_pieces()
    {
        using var buffer = new PooledBuffer();
        var writer = new JsonWriter(buffer);
        writer.BeginObject();
        writer.String("a"u8, "x\"y");
        writer.BeginArray("b"u8);
        writer.Number(-7);
        writer.BeginObject();
        writer.EndObject();
        writer.Bool(true);
        writer.BeginString();
        writer.AppendEscaped("1\\n"u8);
        writer.AppendPlain("2\n"u8);
        writer.EndString();
        writer.EndArray();
        writer.Null("c"u8);
        writer.Raw("d"u8, "{\"k\": 1}"u8);
        writer.EndObject();
        Encoding.UTF8.GetString(buffer.Written).ShouldBe("""{"a":"x\"y","b":[-7,{},true,"1\n2\n"],"c":null,"d":{"k": 1}}""");
    }

    /// <summary>Texts of all lengths around what is escaped at once, from nothing to escape to nothing else, read back by the platform.</summary>
    [Fact]
    public void Escapes_whatever_stands_wherever()
    {
        var random = new Random(5);
        using var buffer = new PooledBuffer();
        for (var length = 0; length < 1_100; length++)
        {
            var share = random.Next(5);
            var text = new string([.. Enumerable.Range(0, length).Select(_ => random.Next(4) < share ? (char)"\"\\\n\t\r\0\u001f\u0007"[random.Next(8)] : (char)random.Next(0x20, 0x250))]);
            buffer.Clear();
            new JsonWriter(buffer).String(Encoding.UTF8.GetBytes(text));
            JsonSerializer.Deserialize<string>(buffer.Written).ShouldBe(text);
            var other = new ArrayBufferWriter<byte>();
            JsonText.WriteEscaped(other, Encoding.UTF8.GetBytes(text));
            Encoding.UTF8.GetString(buffer.Written[1..^1]).ShouldBe(Encoding.UTF8.GetString(other.WrittenSpan));
            var runs = new byte[Escaping.RoomFor(other.WrittenCount)];
            Encoding.UTF8.GetString(runs, 0, Escaping.WriteInRuns(Encoding.UTF8.GetBytes(text), runs)).ShouldBe(Encoding.UTF8.GetString(other.WrittenSpan));
        }
    }

    /// <summary>Printable text with quotes and backslashes anywhere, as arguments are: what is escaped in pairs, wherever that is done.</summary>
    [Fact]
    public void Escapes_quotes_and_backslashes_wherever_they_stand()
    {
        var random = new Random(6);
        for (var round = 0; round < 4_000; round++)
        {
            var (length, share) = (random.Next(150), random.Next(5));
            var text = new string([.. Enumerable.Range(0, length).Select(_ => random.Next(4) < share ? "\"\\"[random.Next(2)] : (char)random.Next(0x20, 0x250))]);
            var room = new byte[Escaping.RoomFor(Encoding.UTF8.GetByteCount(text))];
            Encoding.UTF8.GetString(room, 0, Escaping.Write(Encoding.UTF8.GetBytes(text), room))
                .ShouldBe(text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void An_object_may_begin_with_members_that_stand_there_already()
    {
        using var buffer = new PooledBuffer();
        var writer = new JsonWriter(buffer);
        writer.BeginArray();
        foreach (var value in (string[])["x", "y"])
        {
            writer.BeginObjectUpTo("\"a\":1,\"b\":"u8);
            writer.String(value);
            writer.EscapedString("c"u8, "\\n"u8);
            writer.EndObject();
        }

        writer.BeginObject();
        writer.EscapedString("d"u8, ""u8);
        writer.EndObject();
        writer.EndArray();
        Encoding.UTF8.GetString(buffer.Written).ShouldBe("""[{"a":1,"b":"x","c":"\n"},{"a":1,"b":"y","c":"\n"},{"d":""}]""");
    }

    [Fact]
    public void Members_that_end_in_a_name_are_followed_by_its_value()
    {
        using var buffer = new PooledBuffer();
        var writer = new JsonWriter(buffer);
        writer.BeginObject();
        writer.RawUpTo("\"a\":1,\"b\":"u8);
        writer.EscapedString("x\\n"u8);
        writer.RawUpTo("\"c\":"u8);
        writer.BeginArray();
        writer.EscapedString(""u8);
        writer.EscapedString("y"u8);
        writer.EndArray();
        writer.EndObject();
        Encoding.UTF8.GetString(buffer.Written).ShouldBe("""{"a":1,"b":"x\n","c":["","y"]}""");
    }

    [Fact]
    public void Grows_and_is_used_again()
    {
        using var buffer = new PooledBuffer();
        var writer = new JsonWriter(buffer);
        for (var round = 0; round < 3; round++)
        {
            buffer.Clear();
            writer.Reset();
            writer.String(new string('é', 10_000));
            buffer.Length.ShouldBe(20_002);
        }

        buffer.DropFirst(20_000);
        buffer.Length.ShouldBe(2);
    }
}
