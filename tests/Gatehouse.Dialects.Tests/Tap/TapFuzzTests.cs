using Gatehouse.Dialects.Tap;

namespace Gatehouse.Dialects.Tests.Tap;

public sealed class TapFuzzTests
{
    [Fact]
    public void Damaged_recordings_never_throw_and_read_the_same_however_they_are_cut()
    {
        (Dialect Dialect, string Name)[] recordings =
        [
            (Dialect.Anthropic, "anthropic-thinking-and-tool.sse"),
            (Dialect.OpenAiChat, "chat-tools-with-usage.sse"),
            (Dialect.OpenAiResponses, "responses-completed.sse"),
        ];
        foreach (var (dialect, name) in recordings)
        {
            var original = TapReplay.Recording(name);
            for (var seed = 0; seed < 700; seed++)
            {
                var random = new Random(seed);
                var bytes = original.ToArray();
                for (var n = random.Next(1, 12); n > 0; n--)
                    bytes[random.Next(bytes.Length)] = random.Next(3) == 0
                        ? (byte)random.Next(256) : (byte)"\r\n\"\\{}[]:,"[random.Next(10)];
                SameHoweverCut(dialect, BodyFraming.EventStream, bytes, random);
            }
        }
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        const string Alphabet = "{}[]:,\"\\ tfn0-1\r\n\r\ndata: event: usage";
        for (var seed = 0; seed < 6_000; seed++)
        {
            var random = new Random(seed);
            var bytes = new byte[random.Next(300)];
            for (var i = 0; i < bytes.Length; i++)
                bytes[i] = random.Next(20) == 0 ? (byte)random.Next(256) : (byte)Alphabet[random.Next(Alphabet.Length)];
            byte[] likely = [.. "data: {\"usage\":{\"server_tool_use\":{"u8, .. bytes];
            var dialect = (Dialect)(seed % 3);
            SameHoweverCut(dialect, BodyFraming.EventStream, bytes, random);
            SameHoweverCut(dialect, BodyFraming.EventStream, likely, random);
            SameHoweverCut(dialect, BodyFraming.Json, likely.AsSpan(6).ToArray(), random);
        }
    }

    private static void SameHoweverCut(Dialect dialect, BodyFraming framing, byte[] bytes, Random random)
    {
        var whole = TapReplay.Describe(TapReplay.Play(dialect, framing, bytes));
        int[] cuts = [.. Enumerable.Range(0, random.Next(20)).Select(_ => random.Next(bytes.Length + 1)).Order()];
        TapReplay.Describe(TapReplay.Play(dialect, framing, bytes, cuts)).ShouldBe(whole);
        TapReplay.Describe(TapReplay.Play(dialect, framing, bytes, [.. Enumerable.Range(0, bytes.Length)])).ShouldBe(whole);
    }
}
