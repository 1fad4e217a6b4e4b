using System.Buffers;
using System.Text;
using Gatehouse.Dialects.Tap;

namespace Gatehouse.Dialects.Tests.Tap;

public sealed class UsageChunkFilterTests
{
    private const string Text = "data: {\"id\":\"c\",\"choices\":[{\"delta\":{\"content\":\"choices\\\":[],\"}}],\"usage\":null}\n\n";
    private const string UsageChunk = "data: {\"id\":\"c\",\"choices\":[],\"usage\":{\"prompt_tokens\":1}}\n\n";
    private const string Done = "data: [DONE]\n\n";

    [Theory]
    [InlineData(Text + UsageChunk + Done, Text + Done)]
    [InlineData(": hello\n\n" + UsageChunk + ": bye\n\n" + Done, ": hello\n\n: bye\n\n" + Done)]
    [InlineData("data: {\"usage\":{\"a\":[1]} , \"choices\" : [ ] }\n\n" + Done, Done)]
    [InlineData("data: {\"usage\":{},\ndata: \"choices\":[]}\n\n" + Done, Done)]
    [InlineData("event: x\nid: 1\ndata:{\"\\u0075sage\":{},\"choices\":[]}\n\n" + Done, Done)]
    [InlineData("data: {\"choices\":[],\"usage\":null}\n\n" + Done, "data: {\"choices\":[],\"usage\":null}\n\n" + Done)]
    [InlineData(
        "data: {\"choices\":[],\"prompt_filter_results\":[]}\n\n" + Done, "data: {\"choices\":[],\"prompt_filter_results\":[]}\n\n" + Done)]
    [InlineData("data: {\"choices\":[{}],\"usage\":{}}\n\n" + Done, "data: {\"choices\":[{}],\"usage\":{}}\n\n" + Done)]
    [InlineData("data: {\"choices\":[null],\"usage\":{}}\n\n" + Done, "data: {\"choices\":[null],\"usage\":{}}\n\n" + Done)]
    [InlineData("data: {\"usage\":{}}\n\n" + Done, "data: {\"usage\":{}}\n\n" + Done)]
    [InlineData("data: {\"x\":{\"choices\":[],\"usage\":{}}}\n\n", "data: {\"x\":{\"choices\":[],\"usage\":{}}}\n\n")]
    [InlineData("data: {\"choices\":[],\"usage\":{}\n\n", "data: {\"choices\":[],\"usage\":{}\n\n")]
    [InlineData(Text + "data: {\"choices\":[],\"usage\":{}}\n", Text)]
    [InlineData(Text + "data: {\"choices\":[],\"usage\":{\"prompt_tok", Text)]
    [InlineData(Text + "data: {\"id\":\"c\",\"cho", Text)]
    [InlineData(Text + "data: ", Text)]
    [InlineData(Text + "da", Text)]
    [InlineData(Text + "data: {\"error\":{}}", Text + "data: {\"error\":{}}")]
    [InlineData(Text + "data: {\"choices\":[{\"del", Text + "data: {\"choices\":[{\"del")]
    [InlineData("data: {\"error\":{}}\n\nnonsense", "data: {\"error\":{}}\n\nnonsense")]
    public void Only_the_usage_chunk_is_kept_back_however_the_stream_is_cut(string stream, string expected)
    {
        foreach (var end in (string[])["\n", "\r", "\r\n"])
        {
            var bytes = Encoding.UTF8.GetBytes(stream.Replace("\n", end, StringComparison.Ordinal));
            var wanted = expected.Replace("\n", end, StringComparison.Ordinal);
            var filter = new UsageChunkFilter();
            for (var first = 0; first <= bytes.Length; first++)
            {
                for (var second = first; second <= bytes.Length; second += 5)
                    Run(filter, bytes, first, second).ShouldBe(wanted, $"cut at {first} and {second}");
            }

            Run(filter, bytes, [.. Enumerable.Range(0, bytes.Length)]).ShouldBe(wanted);
            filter.Dropped.ShouldBe(stream.Length == expected.Length ? 0 : 1);
        }
    }

    [Fact]
    public void A_recording_loses_its_usage_chunk_and_nothing_else()
    {
        var bytes = TapReplay.Recording("chat-tools-with-usage.sse");
        var text = Encoding.UTF8.GetString(bytes);
        var start = text.LastIndexOf("data: {", StringComparison.Ordinal);
        var wanted = text[..start] + text[text.LastIndexOf("data: [DONE]", StringComparison.Ordinal)..];
        var filter = new UsageChunkFilter();
        for (var cut = 0; cut <= bytes.Length; cut++)
            Run(filter, bytes, cut).ShouldBe(wanted, $"cut at {cut}");
    }

    [Fact]
    public void The_client_is_between_two_events_while_all_of_one_is_held()
    {
        var (filter, output) = (new UsageChunkFilter(), new ArrayBufferWriter<byte>());
        filter.IsAtBoundary.ShouldBeTrue();
        filter.Write("data: {\"id\":\"c\",\"choices\":["u8, output);
        filter.IsAtBoundary.ShouldBeTrue();
        filter.Write("{"u8, output);
        filter.IsAtBoundary.ShouldBeFalse();
        filter.Write("}]}\n\ndata: {\"choices\":[],\"us"u8, output);
        filter.IsAtBoundary.ShouldBeTrue();
        filter.End(output);
        filter.IsAtBoundary.ShouldBeTrue();
        Encoding.UTF8.GetString(output.WrittenSpan).ShouldEndWith("}]}\n\n");
    }

    [Fact]
    public void Bytes_go_out_as_soon_as_the_event_is_known_to_be_another()
    {
        var (filter, output) = (new UsageChunkFilter(), new ArrayBufferWriter<byte>());
        filter.Write("data: {\"id\":\"c\",\"choices\":["u8, output);
        output.WrittenCount.ShouldBe(0);
        filter.Write("{"u8, output);
        Encoding.UTF8.GetString(output.WrittenSpan).ShouldBe("data: {\"id\":\"c\",\"choices\":[{");
        filter.Write("\"delta\""u8, output);
        Encoding.UTF8.GetString(output.WrittenSpan).ShouldEndWith("{\"delta\"");
    }

    [Fact]
    public void The_line_feed_of_an_events_end_is_not_held_with_the_next()
    {
        var (filter, output) = (new UsageChunkFilter(), new ArrayBufferWriter<byte>());
        filter.Write("data: [DONE]\r\n\r"u8, output);
        filter.Write("\n"u8, output);
        Encoding.UTF8.GetString(output.WrittenSpan).ShouldBe("data: [DONE]\r\n\r\n");
    }

    [Fact]
    public void An_event_too_large_to_hold_passes()
    {
        var big = "data: {\"choices\":[],\"usage\":{\"x\":\"" + new string('x', 70_000) + "\"}}\n\n";
        var (filter, output) = (new UsageChunkFilter(), new ArrayBufferWriter<byte>());
        var bytes = Encoding.UTF8.GetBytes(big);
        filter.Write(bytes.AsSpan(0, 40_000), output);
        output.WrittenCount.ShouldBe(0);
        filter.Write(bytes.AsSpan(40_000, 28_000), output);
        output.WrittenCount.ShouldBe(68_000);
        filter.Write(bytes.AsSpan(68_000), output);
        filter.Write(Encoding.UTF8.GetBytes(UsageChunk + Done), output);
        Encoding.UTF8.GetString(output.WrittenSpan).ShouldBe(big + Done);
    }

    [Fact]
    public void Random_bytes_pass_the_same_however_they_are_cut()
    {
        const string Alphabet = "{}[]:,\"\\ \r\n\r\ndata: usage choices";
        for (var seed = 0; seed < 3_000; seed++)
        {
            var random = new Random(seed);
            var bytes = new byte[random.Next(200)];
            for (var i = 0; i < bytes.Length; i++)
                bytes[i] = (byte)Alphabet[random.Next(Alphabet.Length)];
            byte[] stream = [.. Encoding.UTF8.GetBytes(Text), .. bytes, .. Encoding.UTF8.GetBytes("\n\n" + UsageChunk)];
            var filter = new UsageChunkFilter();
            var whole = Run(filter, stream);
            whole.ShouldBe(Encoding.UTF8.GetString(stream.AsSpan(0, stream.Length - UsageChunk.Length)));
            Run(filter, stream, [.. Enumerable.Range(0, stream.Length)]).ShouldBe(whole);
        }
    }

    private static string Run(UsageChunkFilter filter, byte[] bytes, params int[] cuts)
    {
        filter.Reset();
        var output = new ArrayBufferWriter<byte>();
        var start = 0;
        foreach (var cut in cuts)
        {
            filter.Write(bytes.AsSpan(start, cut - start), output);
            start = cut;
        }

        filter.Write(bytes.AsSpan(start), output);
        filter.End(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
