using System.Text;
using System.Text.Json;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation;

/// <summary>
/// Between a replay, an edge's map and a collector events go from hand to hand. Here a stream is put between them, written and read again: nothing may differ,
/// for any fixture.
/// </summary>
public sealed class HandOverTests
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    public static TheoryData<string, string> Streams => GoldenTests.Streams;

    [Theory]
    [MemberData(nameof(Streams))]
    public void A_collector_is_told_what_it_would_have_read(string edge, string scenario)
    {
        var run = GoldenTests.Open(edge, scenario).Run;
        var stream = run.Stream()!;
        foreach (var end in (List<int>)[.. GoldenTests.EventEnds(stream), stream.Length])
        {
            var read = Framed(edge, run, map => Feed(map, stream.AsSpan(0, end)));
            Direct(edge, run, map => Feed(map, stream.AsSpan(0, end))).ShouldBe(read, $"cut behind {end}");
        }
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void Who_overhears_a_stream_is_told_what_it_would_have_read(string edge, string scenario)
    {
        var run = GoldenTests.Open(edge, scenario).Run;
        var stream = run.Stream()!;
        using var request = run.TranslateForDocument(new PlainMemory());
        using var document = new PooledBuffer();
        var collector = AnswerForms.Collector(GoldenTests.Find(edge).Client, document);
        using var output = new PooledBuffer();
        var map = request.BeginAnswer(output, collector);
        Feed(map, stream);
        collector.Finish();

        using var again = run.TranslateForDocument(new PlainMemory());
        using var alone = new PooledBuffer();
        Feed(again.BeginAnswer(alone), stream);
        output.Written.SequenceEqual(alone.Written).ShouldBeTrue("who listens changes nothing in the stream");
        using var collected = new PooledBuffer();
        var reader = AnswerForms.Collector(GoldenTests.Find(edge).Client, collected);
        Feed(reader, alone.Written);
        Encoding.UTF8.GetString(document.Written).ShouldBe(Encoding.UTF8.GetString(collected.Written));
        (collector.Failure is null).ShouldBe(reader.Failure is null);
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void A_document_is_told_as_its_replay_would_be_read(string edge, string scenario)
    {
        var run = GoldenTests.Open(edge, scenario).Run;
        var upstream = GoldenTests.Find(edge).Upstream;
        using var document = new PooledBuffer();
        var collector = AnswerForms.Collector(upstream, document);
        Feed(collector, run.Stream()!);
        if (collector.Failure is not null) return;
        using var parsed = JsonDocument.Parse(document.WrittenMemory);
        // In lines as well: they must not end an event.
        foreach (var text in (byte[][])[document.Written.ToArray(), JsonSerializer.SerializeToUtf8Bytes(parsed.RootElement, s_indented)])
        {
            using var replayed = new PooledBuffer();
            // Some hosts' documents say too little to be replayed.
            if (!AnswerForms.TryReplay(upstream, text, replayed))
            {
                AnswerForms.TryReplay(upstream, text, new ListingMap()).ShouldBeFalse();
                continue;
            }

            var read = Framed(edge, run, map => Feed(map, replayed.Written));
            Direct(edge, run, map =>
            {
                AnswerForms.TryReplay(upstream, text, map).ShouldBeTrue();
                map.Finish();
            }).ShouldBe(read);
        }
    }

    private static string Framed(string edge, GoldenRun run, Action<StreamMap> answer)
    {
        var memory = new PlainMemory();
        using var request = run.TranslateForDocument(memory);
        using var events = new PooledBuffer();
        using var document = new PooledBuffer();
        var map = request.BeginAnswer(events);
        answer(map);
        var collector = AnswerForms.Collector(GoldenTests.Find(edge).Client, document);
        Feed(collector, events.Written);
        return Describe(map, collector, document, request, memory);
    }

    private static string Direct(string edge, GoldenRun run, Action<StreamMap> answer)
    {
        var memory = new PlainMemory();
        using var request = run.TranslateForDocument(memory);
        using var document = new PooledBuffer();
        var collector = AnswerForms.Collector(GoldenTests.Find(edge).Client, document);
        var map = request.BeginAnswer(collector);
        answer(map);
        collector.Finish();
        return Describe(map, collector, document, request, memory);
    }

    private static void Feed(StreamMap map, ReadOnlySpan<byte> stream)
    {
        using var feed = new EventFeed(map);
        feed.Read(stream);
        feed.End();
    }

    /// <summary>Everything that the answer left behind: how it ended, what the client gets, what was lost, what is remembered.</summary>
    private static string Describe(StreamMap map, StreamMap collector, PooledBuffer document, EdgeRequest request, PlainMemory memory) => string.Join(
        '\n',
        [
            $"{map.Ended} {collector.Ended}",
            (map.Failure ?? collector.Failure)?.ToString() ?? Encoding.UTF8.GetString(document.Written),
            string.Join(',', request.Losses.All.Select(static loss => loss.Id)),
            .. memory.Kept.Select(static kept => $"{kept.Key}: {kept.Value}"),
        ]);
}
