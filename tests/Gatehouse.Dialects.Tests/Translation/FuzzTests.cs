using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation;

/// <summary>
/// Damaged requests and answers through every edge: nothing throws, what goes out is JSON, and the client's stream ends legally. Seeds are fixed; GATEHOUSE_FUZZ_SECONDS
/// says how long each edge is tried (half a second when it is not set).
/// </summary>
public sealed class FuzzTests
{
    private static readonly TimeSpan s_time = TimeSpan.FromSeconds(
        double.TryParse(Environment.GetEnvironmentVariable("GATEHOUSE_FUZZ_SECONDS"), CultureInfo.InvariantCulture, out var seconds) ? seconds : 0.5);

    public static TheoryData<Dialect, Dialect> Edges => ConversationTests.Edges;

    [Theory]
    [MemberData(nameof(Edges))]
    public void Damaged_requests_are_translated_or_refused(Dialect client, Dialect upstream)
    {
        var edge = EdgeSet.Find(client, upstream)!;
        Try(seed =>
        {
            var random = new Random(seed);
            var conversation = new RandomConversations(seed);
            var body = RandomConversations.Bytes(conversation.Request(client), seed % 2 == 0);
            body = random.Next(6) == 0 ? Noise(random, 400) : Damage(body, random);
            using var request = edge.Translate(body, Context(random));
            if (request.Refusal is not null) return;
            using var document = JsonDocument.Parse(request.Body.WrittenMemory, new JsonDocumentOptions { MaxDepth = 512 });
            document.RootElement.GetProperty("model").GetString().ShouldBe("sent");
        });
    }

    [Theory]
    [MemberData(nameof(Edges))]
    public void Damaged_answers_end_legally(Dialect client, Dialect upstream)
    {
        var edge = EdgeSet.Find(client, upstream)!;
        Try(seed =>
        {
            var random = new Random(seed);
            var conversation = new RandomConversations(seed);
            using var request = edge.Translate(RandomConversations.Bytes(conversation.Request(client), false), Context(random));
            request.Refusal.ShouldBeNull();
            var answer = new UpstreamScript(upstream, random).Answer(conversation.Turn(1, isLast: random.Next(3) == 0), static name => name);
            var bytes = random.Next(8) == 0 ? Noise(random, 600) : random.Next(2) == 0 ? Shuffle(answer, random) : Damage(Encoding.UTF8.GetBytes(answer), random);
            CheckAnswer(request, client, bytes, random.Next(bytes.Length + 1));
        });
    }

    [Fact]
    public void Collectors_and_replays_take_anything()
    {
        Try(seed =>
        {
            var random = new Random(seed);
            var dialect = (Dialect)random.Next(3);
            var answer = new UpstreamScript(dialect, random).Answer(new RandomConversations(seed).Turn(1, isLast: false), static name => name);
            var bytes = random.Next(2) == 0 ? Shuffle(answer, random) : Damage(Encoding.UTF8.GetBytes(answer), random);
            using var document = new PooledBuffer();
            var collector = AnswerForms.Collector(dialect, document);
            Feed(collector, bytes, bytes.Length);
            collector.Ended.ShouldBeTrue();
            if (collector.Failure is not null) return;
            using var parsed = JsonDocument.Parse(document.WrittenMemory);
            using var events = new PooledBuffer();
            _ = AnswerForms.TryReplay(dialect, Damage(document.Written.ToArray(), random), events);
        });
    }

    private static void CheckAnswer(EdgeRequest request, Dialect client, byte[] bytes, int cut)
    {
        using var output = new PooledBuffer();
        var map = request.BeginAnswer(output);
        Feed(map, bytes, cut);
        map.Ended.ShouldBeTrue();
        LegalStream.Check(client, Encoding.UTF8.GetString(output.Written), map.Failure);
    }

    private static void Feed(StreamMap map, byte[] bytes, int cut)
    {
        using var feed = new EventFeed(map);
        feed.Read(bytes.AsSpan(0, cut));
        feed.Read(bytes.AsSpan(cut));
        feed.End();
    }

    /// <summary>Runs seed after seed until the time is over, but each edge at least a few.</summary>
    private static void Try(Action<int> one)
    {
        var clock = Stopwatch.StartNew();
        for (var seed = 0; seed < 50 || clock.Elapsed < s_time; seed++)
        {
            try
            {
                one(seed);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"seed {seed}: {error.Message}", error);
            }
        }
    }

    private static EdgeContext Context(Random random) => new()
    {
        ExchangeId = new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
        Created = 1_790_000_000,
        ModelAsked = "asked",
        ModelSent = "sent",
        ClientStreams = true,
        UpstreamStreams = true,
        Traits = ModelTraits.Default with
        {
            Reasoning = (ReasoningControl)random.Next(8),
            StructuredOutput = random.Next(2) == 0,
            CustomTools = random.Next(2) == 0,
            WebSearch = random.Next(2) == 0,
            ReasoningContentEcho = random.Next(2) == 0,
            RefusedSchemaKeywords = random.Next(2) == 0 ? [] : ["type", "properties"],
        },
        Seal = new PlainSeal(),
        Memory = new PlainMemory(),
    };

    private static byte[] Noise(Random random, int longest)
    {
        const string Alphabet = "{}[]:,\"\\ tfn0-1\r\n\r\ndata: event: type";
        var bytes = new byte[random.Next(longest)];
        for (var i = 0; i < bytes.Length; i++) bytes[i] = random.Next(20) == 0 ? (byte)random.Next(256) : (byte)Alphabet[random.Next(Alphabet.Length)];
        return bytes;
    }

    /// <summary>Changes JSON values for others of another kind, and a few bytes for any.</summary>
    private static byte[] Damage(byte[] original, Random random)
    {
        string[] values = ["null", "true", "7", "-1e9", "\"\"", "\"x\"", "{}", "[]", "[{}]", "{\"type\":\"text\"}", "[null,1,\"a\"]"];
        var text = Encoding.Latin1.GetString(original);
        for (var n = random.Next(1, 5); n > 0; n--)
        {
            var at = text.IndexOf(':', random.Next(text.Length));
            if (at < 0) continue;
            var end = at + 1;
            var depth = 0;
            for (var inString = false; end < text.Length && (depth > 0 || inString || text[end] is not (',' or '}' or ']')); end++)
            {
                if (text[end] == '"' && text[end - 1] != '\\') inString = !inString;
                else if (!inString && text[end] is '{' or '[') depth++;
                else if (!inString && text[end] is '}' or ']') depth--;
            }

            if (random.Next(5) > 0) text = text[..(at + 1)] + values[random.Next(values.Length)] + text[end..];
        }

        var bytes = Encoding.Latin1.GetBytes(text);
        for (var n = random.Next(8) == 0 ? random.Next(1, 6) : 0; n > 0; n--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return bytes;
    }

    /// <summary>Events left out, doubled and moved.</summary>
    private static byte[] Shuffle(string stream, Random random)
    {
        var events = stream.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).ToList();
        for (var n = random.Next(1, 6); n > 0 && events.Count > 1; n--)
        {
            var (from, to) = (random.Next(events.Count), random.Next(events.Count));
            if (random.Next(3) == 0) events.RemoveAt(from);
            else if (random.Next(2) == 0) events.Insert(to, events[from]);
            else (events[from], events[to]) = (events[to], events[from]);
        }

        return Encoding.UTF8.GetBytes(string.Join("\n\n", events) + "\n\n");
    }
}
