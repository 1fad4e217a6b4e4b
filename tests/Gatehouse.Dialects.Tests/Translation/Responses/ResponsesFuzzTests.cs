using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation.Responses;

/// <summary>Neither side is trusted: damaged requests and answers give a refusal or a legal stream, never an exception.</summary>
public sealed class ResponsesFuzzTests
{
    public static TheoryData<Dialect> Upstreams => [Dialect.Anthropic, Dialect.OpenAiChat];

    private static int Rounds => int.TryParse(Environment.GetEnvironmentVariable("GATEHOUSE_FUZZ_ROUNDS"), out var rounds) ? rounds : 1_500;

    [Theory]
    [MemberData(nameof(Upstreams))]
    public void Damaged_requests_are_refused_or_translated(Dialect upstream)
    {
        var edge = EdgeSet.Find(Dialect.OpenAiResponses, upstream)!;
        var fixtures = Fixtures(upstream).Select(static file => JsonNode.Parse(file["request"]!)!).ToArray();
        var random = new Random(3);
        for (var round = 0; round < Rounds; round++)
        {
            var body = fixtures[random.Next(fixtures.Length)].DeepClone();
            for (var damage = 1 + random.Next(3); damage > 0; damage--) Damage(body, random);
            var bytes = Encoding.UTF8.GetBytes(body.ToJsonString());
            using var request = edge.Translate(bytes, new GoldenContext { Traits = Traits(random) }.ToContext(new PlainMemory()));
            if (request.Refusal is { } refusal) refusal.Message.ShouldNotBeNullOrEmpty();
            else Should.NotThrow(() => JsonDocument.Parse(request.Body.WrittenMemory).Dispose(), body.ToJsonString());
        }
    }

    [Theory]
    [MemberData(nameof(Upstreams))]
    public void Damaged_answers_give_a_legal_stream(Dialect upstream)
    {
        var edge = EdgeSet.Find(Dialect.OpenAiResponses, upstream)!;
        var fixtures = Fixtures(upstream).Where(static file => file["answer"] is { } answer && !answer.StartsWith('{')).ToArray();
        var random = new Random(5);
        for (var round = 0; round < Rounds; round++)
        {
            var (file, other) = (fixtures[random.Next(fixtures.Length)], fixtures[random.Next(fixtures.Length)]);
            var events = Events(file).Concat(random.Next(4) == 0 ? Events(other) : []).ToList();
            for (var damage = random.Next(4); damage > 0 && events.Count > 0; damage--) DamageEvents(events, random);
            using var request = edge.Translate(Encoding.UTF8.GetBytes(JsonLayout.Pack(file["request"]!)), new GoldenContext { Traits = GoldenContext.Read(file["context"]).Traits }.ToContext(new PlainMemory()));
            if (request.Refusal is not null) continue;
            using var output = new PooledBuffer();
            var map = request.BeginAnswer(output);
            using var feed = new EventFeed(map);
            foreach (var text in events) feed.Read(Encoding.UTF8.GetBytes(text + "\n\n"));
            feed.End();
            map.Ended.ShouldBeTrue();
            LegalStream.Check(Dialect.OpenAiResponses, Encoding.UTF8.GetString(output.Written), map.Failure);
        }
    }

    [Theory]
    [MemberData(nameof(Upstreams))]
    public void Any_bytes_give_a_refusal_and_a_bad_end(Dialect upstream)
    {
        var edge = EdgeSet.Find(Dialect.OpenAiResponses, upstream)!;
        var random = new Random(7);
        var bytes = new byte[200];
        for (var round = 0; round < Rounds; round++)
        {
            random.NextBytes(bytes);
            var length = random.Next(bytes.Length);
            using var refused = edge.Translate(bytes.AsSpan(0, length), new GoldenContext().ToContext(new PlainMemory()));
            refused.Refusal.ShouldNotBeNull();
            using var request = edge.Translate("{\"input\":\"x\"}"u8, new GoldenContext().ToContext(new PlainMemory()));
            using var output = new PooledBuffer();
            var map = request.BeginAnswer(output);
            using var feed = new EventFeed(map);
            feed.Read("data: "u8);
            feed.Read(bytes.AsSpan(0, length));
            feed.Read("\n\n"u8);
            feed.End();
            map.Failure.ShouldNotBeNull();
            LegalStream.Check(Dialect.OpenAiResponses, Encoding.UTF8.GetString(output.Written), map.Failure);
        }
    }

    private static GoldenFile[] Fixtures(Dialect upstream)
    {
        var folder = Path.Combine(GoldenFile.Folder, upstream == Dialect.Anthropic ? "responses-to-anthropic" : "responses-to-chat");
        return [.. Directory.EnumerateFiles(folder, "*.txt").Order(StringComparer.Ordinal).Select(GoldenFile.Read)];
    }

    private static string[] Events(GoldenFile file) => file["answer"]!.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);

    private static ModelTraits Traits(Random random) => new()
    {
        Images = random.Next(2) == 0,
        CustomTools = random.Next(2) == 0,
        StructuredOutput = random.Next(2) == 0,
        WebSearch = random.Next(2) == 0,
        ReasoningContentEcho = random.Next(2) == 0,
        Reasoning = (ReasoningControl)random.Next(8),
        MaxOutput = random.Next(2) == 0 ? null : 1 + random.Next(70_000),
    };

    /// <summary>Takes a value away, or puts another one in its place, somewhere.</summary>
    private static void Damage(JsonNode node, Random random)
    {
        while (true)
        {
            var children = node switch
            {
                JsonObject body => body.Select(static member => (Key: (object)member.Key, member.Value)).ToArray(),
                JsonArray list => list.Select(static (value, at) => (Key: (object)at, Value: value)).ToArray(),
                _ => [],
            };
            if (children.Length == 0) return;
            var (key, value) = children[random.Next(children.Length)];
            if (value is JsonObject or JsonArray && random.Next(5) > 0)
            {
                node = value;
                continue;
            }

            JsonNode? other = random.Next(7) switch
            {
                0 => null,
                1 => 7,
                2 => "text",
                3 => true,
                4 => new JsonArray(),
                5 => new JsonObject(),
                _ => JsonNode.Parse("[{\"type\":\"input_text\"}]"),
            };
            if (node is JsonObject parent) parent[(string)key] = other;
            else ((JsonArray)node)[(int)key] = other;
            return;
        }
    }

    private static void DamageEvents(List<string> events, Random random)
    {
        var at = random.Next(events.Count);
        switch (random.Next(5))
        {
            case 0: events.RemoveAt(at); break;
            case 1: events.Insert(at, events[random.Next(events.Count)]); break;
            case 2: (events[at], events[0]) = (events[0], events[at]); break;
            case 3: events[at] = events[at].Replace(random.Next(2) == 0 ? "\"index\":0" : "\"index\":1", "\"index\":2", StringComparison.Ordinal); break;
            default:
                var data = events[at].LastIndexOf("data: ", StringComparison.Ordinal);
                if (data < 0 || events[at].EndsWith("[DONE]", StringComparison.Ordinal)) break;
                try
                {
                    var node = JsonNode.Parse(events[at][(data + 6)..])!;
                    Damage(node, random);
                    events[at] = events[at][..(data + 6)] + node.ToJsonString();
                }
                catch (JsonException)
                {
                    // The fixture's event is damaged already.
                }

                break;
        }
    }
}
