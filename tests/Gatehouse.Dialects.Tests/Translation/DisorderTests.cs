using System.Text;
using System.Text.RegularExpressions;
using Gatehouse.Dialects.Facts;
using Gatehouse.Dialects.Tap;
using Gatehouse.Dialects.Tests.Tap;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation;

/// <summary>Every fixture's stream in disorder, in each of the ways in which upstreams go wrong; and in order, what it cost.</summary>
public sealed partial class DisorderTests
{
    public static TheoryData<Dialect, Dialect, string> Disorders()
    {
        var data = new TheoryData<Dialect, Dialect, string>();
        foreach (var edge in EdgeSet.All)
        {
            foreach (var disorder in s_disorders.Keys) data.Add(edge.Client, edge.Upstream, disorder);
        }

        return data;
    }

    public static TheoryData<Dialect, Dialect> Edges => ConversationTests.Edges;

    private static readonly Dictionary<string, Func<List<string>, IEnumerable<string>>> s_disorders = new()
    {
        ["backwards"] = static events => Enumerable.Reverse(events),
        ["each event twice"] = static events => events.SelectMany(static text => new[] { text, text }),
        ["starts missing"] = static events => events.Where(static text => !IsStart().IsMatch(text)),
        ["starts repeated"] = static events => events.SelectMany(static text => IsStart().IsMatch(text) ? new[] { text, text } : [text]),
        ["stops missing"] = static events => events.Where(static text => !IsStop().IsMatch(text)),
        ["stops repeated"] = static events => events.SelectMany(static text => IsStop().IsMatch(text) ? new[] { text, text } : [text]),
        ["stops first"] = static events => events.OrderBy(static text => IsStop().IsMatch(text) ? 0 : 1),
        ["unknown events between"] = static events =>
            events.SelectMany(static text => new[] { "event: novelty\ndata: {\"type\":\"novelty\",\"index\":0,\"choices\":[{\"index\":0,\"delta\":{\"novelty\":{}}}]}", text }),
        ["pieces of what never began"] = static events => events.Select(static text => Index().Replace(text, "\"$1\":77")),
        ["everything in one place"] = static events => events.Select(static text => Index().Replace(text, "\"$1\":0")),
        ["two answers in one stream"] = static events => events.Concat(events),
        ["an answer inside another"] = static events => events.Take(events.Count / 2).Concat(events).Concat(events.Skip(events.Count / 2)),
    };

    [Theory]
    [MemberData(nameof(Disorders))]
    public void A_stream_in_disorder_ends_legally(Dialect client, Dialect upstream, string disorder)
    {
        foreach (var (name, _, run) in Runs(client, upstream))
        {
            var events = Encoding.UTF8.GetString(run.Stream()!).Split("\n\n", StringSplitOptions.RemoveEmptyEntries).ToList();
            var stream = Encoding.UTF8.GetBytes(string.Concat(s_disorders[disorder](events).Select(static text => text + "\n\n")));
            var answer = run.Play(stream, stream.Length);
            answer.Ended.ShouldBeTrue(name);
            try
            {
                LegalStream.Check(client, answer.Text, answer.Failure);
            }
            catch (Exception error)
            {
                throw new InvalidDataException($"{name}: {error.Message}\n{answer.Text}", error);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Edges))]
    public void A_client_is_told_the_usage_that_is_read_off_the_upstreams_bytes(Dialect client, Dialect upstream)
    {
        var compared = 0;
        foreach (var (name, file, run) in Runs(client, upstream))
        {
            // An answer that was ended here at a stop string has figures that are estimated, and told as a loss.
            if (file["answer losses"]?.Split(", ").Contains("usage") == true) continue;
            var stream = run.Stream()!;
            var answer = run.Play(stream, stream.Length);
            var (reported, told) = (Read(upstream, stream), Read(client, Encoding.UTF8.GetBytes(answer.Text)));
            // A chat client may not have asked for usage, and an upstream may not have told any.
            if (answer.Failure is not null || told.Output is null || reported.Output is null || reported.Input is null) continue;
            compared++;
            (told.InputTotal, told.Output, told.CacheRead ?? 0).ShouldBe((reported.InputTotal, reported.Output, reported.CacheRead ?? 0), name);
        }

        compared.ShouldBeGreaterThanOrEqualTo(5);
    }

    private static Usage Read(Dialect dialect, byte[] stream) => TapReplay.Play(dialect, BodyFraming.EventStream, stream).Facts.Usage;

    private static IEnumerable<(string Name, GoldenFile File, GoldenRun Run)> Runs(Dialect client, Dialect upstream)
    {
        var edge = EdgeSet.Find(client, upstream)!;
        foreach (var path in Directory.EnumerateFiles(GoldenFile.Folder, "*.txt", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (GoldenTests.Find(Path.GetFileName(Path.GetDirectoryName(path)!)) != edge) continue;
            var file = GoldenFile.Read(path);
            if (file["answer"] is not null && file["refusal"] is null) yield return (Path.GetFileName(path), file, new GoldenRun(edge, file));
        }
    }

    [GeneratedRegex("\"type\":\"(message_start|content_block_start|response\\.created|response\\.output_item\\.added|response\\.content_part\\.added)\"|\"role\":\"assistant\"")]
    private static partial Regex IsStart();

    [GeneratedRegex("\"type\":\"(message_delta|message_stop|content_block_stop|response\\.completed|response\\.output_item\\.done)\"|\"finish_reason\":\"|\\[DONE\\]")]
    private static partial Regex IsStop();

    [GeneratedRegex("\"(index|output_index|content_index|summary_index)\":\\d+")]
    private static partial Regex Index();
}
