using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.ClaudeCli.Protocol;
using Gatehouse.ClaudeCli.Requests;
using Gatehouse.Dialects.Json;

namespace Gatehouse.ClaudeCli.Tests.Requests;

/// <summary>Which results may go to the process that waits, because it leaves them as they are.</summary>
public sealed class ToolResultsTests
{
    [Theory]
    [InlineData("png", 2000, 2000, false, true)]
    [InlineData("png", 2001, 10, false, false)]
    [InlineData("png", 10, 2001, false, false)]
    [InlineData("gif", 2000, 1, false, true)]
    [InlineData("gif", 2001, 1, false, false)]
    [InlineData("jpeg", 640, 480, false, true)]
    [InlineData("jpeg", 640, 4800, false, false)]
    [InlineData("vp8", 640, 480, false, true)]
    [InlineData("vp8", 6400, 480, false, false)]
    [InlineData("vp8l", 2000, 2000, false, true)]
    [InlineData("vp8l", 2001, 2000, false, false)]
    [InlineData("vp8x", 2000, 2000, false, true)]
    [InlineData("vp8x", 2000, 2001, false, false)]
    // What is no image here may be one that the program makes something else of.
    [InlineData("nothing known", 1, 1, false, false)]
    // It drops the images of tools that failed.
    [InlineData("png", 10, 10, true, false)]
    public void An_image_may_when_it_is_small_and_its_tool_did_not_fail(string format, int width, int height, bool isError, bool may) =>
        (Read(new JsonArray(Image(Convert.ToBase64String(File(format, width, height)))), isError) is not null).ShouldBe(may);

    [Fact]
    public void Long_texts_and_heavy_images_may_not()
    {
        Read(JsonValue.Create(new string('x', 50_000)), false).ShouldNotBeNull();
        Read(JsonValue.Create(new string('x', 60_001)), false).ShouldBeNull();
        Read(new JsonArray([.. Enumerable.Range(0, 2).Select(_ => new JsonObject { ["type"] = "text", ["text"] = new string('x', 40_000) })]), false).ShouldBeNull();
        var heavy = new byte[400_000];
        File("png", 10, 10).CopyTo(heavy, 0);
        Read(new JsonArray(Image(Convert.ToBase64String(heavy))), false).ShouldBeNull();
        Read(new JsonArray(new JsonObject { ["type"] = "document" }), false).ShouldBeNull();
        Read(new JsonArray(new JsonObject { ["type"] = "image", ["source"] = new JsonObject { ["type"] = "url", ["url"] = "https://example.com/a.png" } }), false).ShouldBeNull();
    }

    [Fact]
    public void An_image_goes_to_the_process_in_the_tool_servers_form_where_it_stood()
    {
        var server = new ToolServer("[]"u8.ToArray());
        using var line = new PooledBuffer();
        server.Take("r", JsonView.Trusted("""{"id":7,"method":"tools/call","params":{"_meta":{"claudecode/toolUseId":"t"}}}"""u8), line).ShouldBeFalse();
        server.TryAnswer("t", JsonView.Trusted("""[{"type":"text","text":"a"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"QUJD"}},{"type":"text","text":"b"}]"""u8), false, line)
            .ShouldBeTrue();
        Encoding.UTF8.GetString(line.Written).ShouldContain(
            """{"jsonrpc":"2.0","id":7,"result":{"content":[{"type":"text","text":"a"},{"type":"image","data":"QUJD","mimeType":"image/png"},{"type":"text","text":"b"}],"isError":false}}""");
    }

    private static ToolResults? Read(JsonNode content, bool isError) => ToolResults.Read(JsonView.Trusted(Encoding.UTF8.GetBytes(new JsonArray(
        new JsonObject { ["type"] = "tool_result", ["tool_use_id"] = "t", ["content"] = content, ["is_error"] = isError }).ToJsonString())));

    private static JsonObject Image(string data) =>
        new() { ["type"] = "image", ["source"] = new JsonObject { ["type"] = "base64", ["media_type"] = "image/png", ["data"] = data } };

    // The first bytes of a file of each format, as their specifications say.
    private static byte[] File(string format, int width, int height)
    {
        var file = new byte[48];
        void Big(int at, int value) => BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(at), (ushort)value);
        void Little(int at, int value) => BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at), (ushort)value);
        void Put(int at, string text) => Encoding.Latin1.GetBytes(text).CopyTo(file, at);
        switch (format)
        {
            case "png":
                Put(0, "\u0089PNG\r\n\u001a\n\0\0\0\rIHDR");
                Big(18, width);
                Big(22, height);
                break;
            case "gif":
                Put(0, "GIF89a");
                Little(6, width);
                Little(8, height);
                break;
            case "jpeg":
                // A segment of the application's, then the frame.
                Put(0, "\u00ff\u00d8\u00ff\u00e0\0\u0006JFIF\u00ff\u00c2\0\u0011\u0008");
                Big(15, height);
                Big(17, width);
                break;
            case "vp8":
                Put(0, "RIFF....WEBPVP8 ....\0\0\0\u009d\u0001*");
                Little(26, width);
                Little(28, height);
                break;
            case "vp8l":
                Put(0, "RIFF....WEBPVP8L..../");
                BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(21), (uint)(width - 1) | (uint)(height - 1) << 14);
                break;
            case "vp8x":
                Put(0, "RIFF....WEBPVP8X");
                Little(24, width - 1);
                Little(27, height - 1);
                break;
            default:
                Put(0, format);
                break;
        }

        return file;
    }
}
