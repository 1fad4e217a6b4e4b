using Gatehouse.Dialects.Tap;

namespace Gatehouse.Dialects.Tests.Tap;

public sealed class StreamGoldenTests
{
    public static TheoryData<string, Dialect, string> Goldens => new()
    {
        {
            "anthropic-thinking-and-tool.sse", Dialect.Anthropic,
            "id=msg_01XFDUDYJgAACzvnptvVoYEL model=claude-opus-5-5 stop=tool_use tier=standard error= in=472 out=89 read=30500 write=1200 5m=1000 1h=200 "
            + "think=33 incl=False tools=web_fetch_requests:0,web_search_requests:2 boundary=True terminal=True failed=False content=True events=13 seq=-1"
        },
        {
            "anthropic-overloaded.sse", Dialect.Anthropic,
            "id=msg_02 model=claude-sonnet-4-5 stop= tier= error=overloaded_error in=11 out=1 read= write= 5m= 1h= "
            + "think= incl=False tools=- boundary=True terminal=False failed=True content=False events=2 seq=-1"
        },
        {
            "chat-tools-with-usage.sse", Dialect.OpenAiChat,
            "id=chatcmpl-B9MBs model=gpt-4o-2024-08-06 stop=tool_calls tier=default error= in=2006 out=300 read=1920 write=12 5m= 1h= "
            + "think=64 incl=True tools=- boundary=True terminal=True failed=False content=True events=6 seq=-1"
        },
        {
            "chat-error.sse", Dialect.OpenAiChat,
            "id=gen-1 model=deepseek-chat stop= tier= error=server_error in= out= read= write= 5m= 1h= "
            + "think= incl=True tools=- boundary=True terminal=False failed=True content=True events=2 seq=-1"
        },
        {
            "responses-completed.sse", Dialect.OpenAiResponses,
            "id=resp_67c9fdcecf48 model=gpt-5.5-2026-03-01 stop=completed tier=default error= in=37 out=11 read=30 write=4 5m= 1h= "
            + "think=5 incl=True tools=- boundary=True terminal=True failed=False content=True events=7 seq=6"
        },
        {
            "responses-failed.sse", Dialect.OpenAiResponses,
            "id=resp_2 model=gpt-5.5 stop=failed tier= error=server_error in= out= read= write= 5m= 1h= "
            + "think= incl=True tools=- boundary=True terminal=True failed=True content=False events=2 seq=1"
        },
        {
            "responses-incomplete.sse", Dialect.OpenAiResponses,
            "id=resp_3 model=gpt-5.5 stop=max_output_tokens tier= error= in=5 out=6 read= write= 5m= 1h= "
            + "think= incl=True tools=- boundary=True terminal=True failed=False content=False events=2 seq=1"
        },
    };

    [Theory]
    [MemberData(nameof(Goldens))]
    public void A_recording_cut_anywhere_gives_the_same_facts(string recording, Dialect dialect, string expected)
    {
        var bytes = TapReplay.Recording(recording);
        TapReplay.Describe(TapReplay.Play(dialect, BodyFraming.EventStream, bytes)).ShouldBe(expected);
        var tap = new ResponseTap();
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            TapReplay.Play(tap, dialect, BodyFraming.EventStream, bytes, cut);
            TapReplay.Describe(tap).ShouldBe(expected, $"cut at {cut}");
        }
    }

    [Theory]
    [MemberData(nameof(Goldens))]
    public void A_recording_fed_byte_by_byte_or_in_random_pieces_gives_the_same_facts(string recording, Dialect dialect, string expected)
    {
        var bytes = TapReplay.Recording(recording);
        TapReplay.Describe(TapReplay.Play(dialect, BodyFraming.EventStream, bytes, [.. Enumerable.Range(0, bytes.Length)]))
            .ShouldBe(expected);
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            int[] cuts = [.. Enumerable.Range(0, random.Next(30)).Select(_ => random.Next(bytes.Length)).Order()];
            TapReplay.Describe(TapReplay.Play(dialect, BodyFraming.EventStream, bytes, cuts)).ShouldBe(expected, $"seed {seed}");
        }
    }

    [Theory]
    [MemberData(nameof(Goldens))]
    public void Line_ends_and_a_byte_order_mark_change_nothing(string recording, Dialect dialect, string expected)
    {
        foreach (var end in (string[])["\r", "\r\n"])
        {
            byte[] bytes = [0xEF, 0xBB, 0xBF, .. TapReplay.WithLineEnds(TapReplay.Recording(recording), end)];
            var tap = new ResponseTap();
            for (var cut = 0; cut <= bytes.Length; cut += cut < 300 ? 1 : 7)
            {
                TapReplay.Play(tap, dialect, BodyFraming.EventStream, bytes, cut);
                TapReplay.Describe(tap).ShouldBe(expected, $"{end.Length} bytes, cut at {cut}");
            }
        }
    }

    [Theory]
    [InlineData("anthropic-overloaded.sse", Dialect.Anthropic)]
    [InlineData("responses-incomplete.sse", Dialect.OpenAiResponses)]
    [InlineData("chat-error.sse", Dialect.OpenAiChat)]
    public void A_small_recording_cut_at_every_pair_of_places_gives_the_same_facts(string recording, Dialect dialect)
    {
        var bytes = TapReplay.Recording(recording);
        var tap = TapReplay.Play(dialect, BodyFraming.EventStream, bytes);
        var expected = (TapReplay.Describe(tap), tap.Facts.Usage);
        for (var first = 0; first < bytes.Length; first++)
        {
            for (var second = first + 1; second < bytes.Length; second++)
            {
                TapReplay.Play(tap, dialect, BodyFraming.EventStream, bytes, first, second);
                if (tap.Facts.Usage != expected.Usage || !tap.AtEventBoundary || tap.Events != 2)
                    TapReplay.Describe(tap).ShouldBe(expected.Item1, $"cut at {first} and {second}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Goldens))]
    public void The_boundary_is_known_after_every_byte(string recording, Dialect dialect, string expected)
    {
        expected.ShouldNotBeEmpty();
        foreach (var end in (string[])["\n", "\r", "\r\n"])
        {
            var bytes = TapReplay.WithLineEnds(TapReplay.Recording(recording), end);
            var tap = new ResponseTap();
            tap.Reset(dialect, BodyFraming.EventStream);
            tap.AtEventBoundary.ShouldBeTrue();
            for (var i = 0; i < bytes.Length; i++)
            {
                tap.Read(bytes.AsSpan(i, 1));
                tap.AtEventBoundary.ShouldBe(IsBoundary(bytes.AsSpan(0, i + 1)), $"{end.Length} bytes, after {i + 1}");
            }
        }
    }

    /// <summary>The same said plainly: a line has just ended, and no line with a field in it stands after the last blank line.</summary>
    private static bool IsBoundary(ReadOnlySpan<byte> bytes)
    {
        var text = System.Text.Encoding.UTF8.GetString(bytes).Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        return text.EndsWith('\n') && !text.Split("\n\n")[^1].Split('\n').Any(static line => line.Length > 0 && line[0] != ':');
    }
}
