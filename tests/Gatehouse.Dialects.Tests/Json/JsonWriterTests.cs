using System.Text;
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
