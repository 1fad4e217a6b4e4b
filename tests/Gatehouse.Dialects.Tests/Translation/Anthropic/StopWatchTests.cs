using System.Text;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation;
using Gatehouse.Dialects.Translation.Anthropic;

namespace Gatehouse.Dialects.Tests.Translation.Anthropic;

/// <summary>Stop strings that are looked for in the answer's text.</summary>
public sealed class StopWatchTests
{
    [Fact]
    public void What_is_written_does_not_depend_on_how_the_text_is_cut()
    {
        for (var seed = 0; seed < 3_000; seed++)
        {
            var random = new Random(seed);
            var text = Make(random, 40);
            var stops = Enumerable.Range(0, random.Next(1, 4)).Select(_ => Make(random, 4)).Where(static stop => stop.Length > 0).ToList();
            if (stops.Count == 0) continue;
            var first = stops.Select(stop => (Start: text.IndexOf(stop, StringComparison.Ordinal), stop.Length)).Where(static place => place.Start >= 0)
                .OrderBy(static place => place.Start + place.Length).ThenBy(static place => place.Start).Select(static place => ((int, int)?)place).FirstOrDefault();
            var (written, found) = Watch(stops, Cut(text, random));
            found.ShouldBe(first is var (start, length) ? text.Substring(start, length) : null, $"seed {seed}");
            written.ShouldBe(first is var (end, _) ? text[..end] : text, $"seed {seed}");
        }
    }

    [Fact]
    public void Text_that_can_not_begin_a_stop_string_is_not_held_back()
    {
        using var output = new PooledBuffer();
        var stream = new MessagesStream(new EventWriter(output), new GoldenContext().ToContext(new PlainMemory()));
        using var watch = new StopWatch([.. new[] { "END" }.Select(Encoding.UTF8.GetBytes)], stream);
        watch.Read(JsonView.Trusted("\"all of it\""u8)).ShouldBeFalse();
        Encoding.UTF8.GetString(output.Written).ShouldContain("all of it");
        output.Clear();
        watch.Read(JsonView.Trusted("\"EN\""u8)).ShouldBeFalse();
        output.Length.ShouldBe(0);
        watch.Read(JsonView.Trusted("\"T\""u8)).ShouldBeFalse();
        Encoding.UTF8.GetString(output.Written).ShouldContain("ENT");
    }

    private static (string Written, string? Found) Watch(List<string> stops, IEnumerable<string> pieces)
    {
        using var output = new PooledBuffer();
        var stream = new MessagesStream(new EventWriter(output), new GoldenContext().ToContext(new PlainMemory()));
        using var watch = new StopWatch([.. stops.Select(Encoding.UTF8.GetBytes)], stream);
        foreach (var piece in pieces)
        {
            using var json = new PooledBuffer();
            new JsonWriter(json).String(piece);
            if (watch.Read(JsonView.Trusted(json.Written))) break;
        }

        if (watch.Found is null) watch.Flush();
        var written = new StringBuilder();
        foreach (var (name, data) in LegalStream.Events(Encoding.UTF8.GetString(output.Written)))
        {
            if (name == "content_block_delta") written.Append(LegalStream.Json(data).GetProperty("delta").GetProperty("text").GetString());
        }

        return (written.ToString(), watch.Found is null ? null : Encoding.UTF8.GetString(watch.Found));
    }

    /// <summary>Text of few letters, so that beginnings of stop strings are many: one that needs an escape and one of several bytes among them.</summary>
    private static string Make(Random random, int longest) =>
        string.Concat(Enumerable.Range(0, random.Next(longest)).Select(_ => "aab\nü"[random.Next(5)]));

    private static IEnumerable<string> Cut(string text, Random random)
    {
        for (var at = 0; at < text.Length;)
        {
            var length = Math.Min(text.Length - at, random.Next(1, 5));
            yield return text.Substring(at, length);
            at += length;
        }
    }
}
