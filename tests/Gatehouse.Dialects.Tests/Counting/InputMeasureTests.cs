using System.Buffers.Binary;
using System.Text;
using Gatehouse.Dialects.Counting;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Tests.Json;

namespace Gatehouse.Dialects.Tests.Counting;

public sealed class InputMeasureTests
{
    public static TheoryData<string, string> Bodies { get; } = new()
    {
        { "anthropic", """{"model":"m","max_tokens":9,"system":[{"type":"text","text":"SYSTEM","cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":"QUESTION"},{"role":"assistant","content":[{"type":"thinking","thinking":"HM","signature":"not text"},{"type":"tool_use","id":"toolu_1","name":"t","input":{"a":1}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":[{"type":"text","text":"RESULT"}]}]}]}""" },
        { "chat", """{"model":"m","messages":[{"role":"system","content":"SYSTEM"},{"role":"user","content":[{"type":"text","text":"QUESTION"}]},{"role":"assistant","content":"HM","tool_calls":[{"id":"c","type":"function","function":{"name":"t","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"RESULT"}]}""" },
        { "responses", """{"model":"m","instructions":"SYSTEM","input":[{"role":"user","content":[{"type":"input_text","text":"QUESTION"}]},{"type":"reasoning","summary":[{"type":"summary_text","text":"HM"}],"encrypted_content":"not text"},{"type":"function_call_output","call_id":"c","output":"RESULT"}]}""" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public void Text_is_found_wherever_a_dialect_puts_it(string name, string body)
    {
        // Besides the four words: the names of tools and their inputs, which the model reads too, with the JSON around them.
        InputMeasure.Of(Encoding.UTF8.GetBytes(body)).Words.ShouldBeInRange(4, 7, name);
        InputMeasure.Of(Encoding.UTF8.GetBytes(body.Replace("SYSTEM", "TWO WORDS").Replace("RESULT", "THREE MORE WORDS").Replace("HM", "A THOUGHT"))).Words
            .ShouldBe(InputMeasure.Of(Encoding.UTF8.GetBytes(body)).Words + 4, name);
    }

    [Theory]
    [InlineData("""{"max_tokens":128000,"messages":[]}""", 128000L)]
    [InlineData("""{"messages":[],"max_completion_tokens": 5 }""", 5L)]
    [InlineData("""{"input":"x","max_output_tokens":17}""", 17L)]
    [InlineData("""{"input":"x","max_output_tokens":null}""", null)]
    [InlineData("""{"input":"x","max_output_tokens":1.5}""", null)]
    [InlineData("""{"input":[{"max_tokens":3}]}""", null)]
    public void The_most_output_that_is_asked_for_is_read_in_every_dialect(string body, long? most) =>
        InputMeasure.Of(Encoding.UTF8.GetBytes(body)).MaxOutput.ShouldBe(most);

    [Fact]
    public void Tools_count_with_their_JSON_and_escapes_as_what_they_stand_for()
    {
        var size = InputMeasure.Of(
            """{"messages":[{"role":"user","content":"a\nb\"é日"}],"tools":[{"name":"t","input_schema":{"type":"object"}}]}"""u8);
        (size.Lines, size.ShortCharacters, size.LongCharacters).ShouldBe((1, 1, 1));
        size.Words.ShouldBe(2 + 6);
        size.Marks.ShouldBe(1 + """{"":"","_":{"":""}}""".Length);
    }

    [Fact]
    public void Ids_signatures_and_sealed_state_are_no_text()
    {
        var plain =
            InputMeasure.Of("""{"messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"x","signature":""}]}]}"""u8);
        var signed = InputMeasure.Of(Encoding.UTF8.GetBytes(
            $$"""{"messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"x","signature":"{{new string('A', 5000)}}"}]}]}"""));
        signed.ShouldBe(plain);
    }

    [Theory]
    [InlineData(1092, 1092, 1590)]
    [InlineData(200, 200, 54)]
    [InlineData(8000, 1000, 410)]
    public void An_image_counts_by_its_area(int width, int height, long tokens)
    {
        foreach (var image in new[] { Png(width, height), Jpeg(width, height), Gif(width, height) })
        {
            var data = Convert.ToBase64String(image);
            string[] blocks =
            [
                $$$"""{"type":"image","source":{"type":"base64","media_type":"image/png","data":"{{{data}}}"}}""",
                $$$"""{"type":"image_url","image_url":{"url":"data:image/png;base64,{{{data}}}"}}""",
                $$"""{"type":"input_image","image_url":"data:image/png;base64,{{data}}"}""",
            ];
            foreach (var block in blocks)
                InputMeasure.Of(Encoding.UTF8.GetBytes($$"""{"messages":[{"role":"user","content":[{{block}}]}]}""")).ImageTokens.ShouldBe(
                    tokens, block);
        }
    }

    [Theory]
    [InlineData("""{"type":"image","source":{"type":"url","url":"https://x.example/a.png"}}""")]
    [InlineData("""{"type":"image","source":{"type":"base64","data":"!!!"}}""")]
    [InlineData("""{"type":"image_url","image_url":{"url":"https://x.example/a.png"}}""")]
    [InlineData("""{"type":"image","source":7}""")]
    public void An_image_that_cannot_be_measured_counts_as_an_average_one(string block) =>
        InputMeasure.Of(Encoding.UTF8.GetBytes($$"""{"messages":[{"role":"user","content":[{{block}}]}]}""")).ImageTokens.ShouldBe(1000);

    [Fact]
    public void What_is_not_JSON_counts_as_text_and_what_is_no_request_not_at_all()
    {
        InputMeasure.Of("{\"messages\":nonsense"u8).ShouldBe(new InputSize { Words = 2, Marks = 4 });
        InputMeasure.Of("[]"u8).ShouldBe(default);
        // Too many values for an index.
        InputMeasure.Of(Encoding.UTF8.GetBytes($"[{string.Join(',', new int[1_100_000])}]")).ShouldBe(new InputSize { Digits = 1_100_000, Marks = 1_100_001 });
    }

    /// <summary>Requests cut, with bytes changed, doubled and taken out: whether they are JSON still or not, they are measured, in no more parts and bytes than they have.</summary>
    [Theory]
    [MemberData(nameof(Bodies))]
    public void Anything_is_measured_within_its_length(string name, string body)
    {
        var random = new Random(5);
        var whole = Encoding.UTF8.GetBytes(body);
        var images = Encoding.UTF8.GetBytes("""{"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","data":"/9j/2gAA"}},{"type":"document","source":[{}]}]}]}""");
        var (good, bad) = (0, 0);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = JsonMutations.Of(random.Next(4) == 0 ? images : whole, random);
            var size = InputMeasure.Of(bytes);
            (size.Words + size.LateLetters + size.Digits + size.Marks + size.Lines + size.ShortCharacters + size.LongCharacters + size.Symbols).ShouldBeInRange(0, bytes.Length, name);
            size.Parts.ShouldBeInRange(0, bytes.Length, name);
            if (JsonView.TryParse(bytes, out _)) good++;
            else bad++;
        }

        good.ShouldBeGreaterThan(500);
        bad.ShouldBeGreaterThan(500);
    }

    [Fact]
    public void Bytes_of_any_kind_are_measured_within_their_length()
    {
        var random = new Random(6);
        var buffer = new byte[400];
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = buffer.AsSpan(0, random.Next(buffer.Length));
            for (var i = 0; i < bytes.Length; i++) bytes[i] = random.Next(3) == 0 ? (byte)random.Next(256) : (byte)"{}[]\",: 1"[random.Next(9)];
            "{\"messages\":["u8[..Math.Min(random.Next(14), bytes.Length)].CopyTo(bytes);
            var size = InputMeasure.Of(bytes);
            (size.Words + size.LateLetters + size.Digits + size.Marks + size.Lines + size.ShortCharacters + size.LongCharacters + size.Symbols).ShouldBeInRange(0, bytes.Length);
        }
    }

    [Theory]
    [InlineData(Dialect.Anthropic, """{"model":"m","messages":[1],"system":"s","tools":[2]}""")]
    [InlineData(Dialect.OpenAiResponses, """{"model":"m","tools":[2],"input":"i"}""")]
    public void A_counting_call_leaves_out_what_counters_refuse(Dialect dialect, string expected)
    {
        using var output = new PooledBuffer();
        CountRequest.TryWrite(
            dialect, """{"model":"m","max_tokens":5,"messages":[1],"system":"s","stream":true,"tools":[2],"temperature":0,"store":false,"input":"i"}"""u8, output).ShouldBeTrue();
        Encoding.UTF8.GetString(output.Written).ShouldBe(expected);
        CountRequest.TryWrite(Dialect.OpenAiChat, "{}"u8, output).ShouldBeFalse();
    }

    private static byte[] Png(int width, int height)
    {
        byte[] bytes = [0x89, .. "PNG\r\n"u8, 0x1a, 0x0a, 0, 0, 0, 13, .. "IHDR"u8, .. new byte[60]];
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(20), height);
        return bytes;
    }

    private static byte[] Gif(int width, int height)
    {
        byte[] bytes = [.. "GIF89a"u8, .. new byte[60]];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(6), (ushort)width);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), (ushort)height);
        return bytes;
    }

    private static byte[] Jpeg(int width, int height)
    {
        byte[] bytes = [0xFF, 0xD8, 0xFF, 0xE0, 0, 6, 1, 2, 3, 4, 0xFF, 0xC2, 0, 17, 8, 0, 0, 0, 0, .. new byte[60]];
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(15), (ushort)height);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(17), (ushort)width);
        return bytes;
    }
}
