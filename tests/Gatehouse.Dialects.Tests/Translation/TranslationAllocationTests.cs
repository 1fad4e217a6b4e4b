using System.Text;
using System.Text.Json;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation;

/// <summary>Holds translations to the committed budgets: bytes allocated per call. The bodies are those of an agent after many tool turns.</summary>
public sealed class TranslationAllocationTests
{
    private const int BodySize = 150 * 1024;

    public static TheoryData<Dialect, Dialect> Edges => ConversationTests.Edges;

    [Theory]
    [MemberData(nameof(Edges))]
    public void An_agents_request_stays_in_its_budget(Dialect client, Dialect upstream)
    {
        var conversation = new Conversation(client, upstream, seed: 1, length: 12);
        while (conversation.Body.Length < BodySize) _ = conversation.Go(isLast: false);
        var (edge, body, context) = (EdgeSet.Find(client, upstream)!, conversation.Body, conversation.Context(new NoMemory()));
        long length = 0;
        Check($"translate_{Name(client)}_to_{Name(upstream)}_request", 20, 30, () =>
        {
            using var request = edge.Translate(body, context);
            length += request.Body.Length;
        });
        length.ShouldBeGreaterThan(30L * BodySize / 2);
    }

    [Theory]
    [MemberData(nameof(Edges))]
    public void A_text_delta_stays_in_its_budget(Dialect client, Dialect upstream)
    {
        var conversation = new Conversation(client, upstream, seed: 1);
        using var request = EdgeSet.Find(client, upstream)!.Translate(conversation.Body, conversation.Context());
        using var output = new PooledBuffer();
        var map = request.BeginAnswer(output);
        var (start, name, delta) = Stream(upstream);
        foreach (var (startName, data) in start) map.Event(Encoding.UTF8.GetBytes(startName), Encoding.UTF8.GetBytes(data));
        var (nameBytes, deltaBytes) = (Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(delta));
        output.Clear();
        long written = 0;
        Check($"translate_{Name(client)}_to_{Name(upstream)}_delta", 2_500, 1_000, () =>
        {
            map.Event(nameBytes, deltaBytes);
            written += output.Length;
            output.Clear();
        });
        map.Ended.ShouldBeFalse();
        written.ShouldBeGreaterThan(1_000 * 20);
    }

    /// <summary>The collector looks into an event while the map still looks into the one that it came from.</summary>
    [Theory]
    [MemberData(nameof(Edges))]
    public void A_text_delta_of_a_document_stays_in_its_budget(Dialect client, Dialect upstream)
    {
        var conversation = new Conversation(client, upstream, seed: 1);
        using var request = EdgeSet.Find(client, upstream)!.Translate(conversation.Body, conversation.Context());
        using var document = new PooledBuffer();
        var collector = AnswerForms.Collector(client, document);
        using var feed = new EventFeed(request.BeginAnswer(collector));
        var (start, name, delta) = Stream(upstream);
        foreach (var (startName, data) in start) feed.Read(Framed(startName, data));
        var piece = Framed(name, delta);
        Check($"collect_{Name(client)}_of_{Name(upstream)}_delta", 2_500, 1_000, () => feed.Read(piece));
        collector.Ended.ShouldBeFalse();
    }

    private static byte[] Framed(string name, string data) => Encoding.UTF8.GetBytes((name.Length > 0 ? $"event: {name}\n" : "") + $"data: {data}\n\n");

    private static ((string Name, string Data)[] Start, string Name, string Delta) Stream(Dialect upstream) => upstream switch
    {
        Dialect.Anthropic => (
            [
                ("message_start", """{"type":"message_start","message":{"id":"m","usage":{"input_tokens":1}}}"""),
                ("content_block_start", """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"""),
            ],
            "content_block_delta",
            """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" quick \"brown\""}}"""),
        Dialect.OpenAiChat => (
            [("", """{"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}""")],
            "",
            """{"id":"c","choices":[{"index":0,"delta":{"content":" quick \"brown\""},"finish_reason":null}]}"""),
        _ => (
            [
                ("response.created", """{"type":"response.created","response":{"id":"r","status":"in_progress","output":[]}}"""),
                ("response.output_item.added", """{"type":"response.output_item.added","output_index":0,"item":{"id":"m","type":"message","role":"assistant","content":[]}}"""),
            ],
            "response.output_text.delta",
            """{"type":"response.output_text.delta","item_id":"m","output_index":0,"content_index":0,"delta":" quick \"brown\""}"""),
    };

    private static string Name(Dialect dialect) => dialect switch { Dialect.Anthropic => "anthropic", Dialect.OpenAiChat => "chat", _ => "responses" };

    /// <summary>Text that is kept for later grows in memory from the pool: the rounds lie between two doublings.</summary>
    private static void Check(string budget, int warmUp, int rounds, Action call)
    {
        for (var i = 0; i < warmUp; i++) call();
        var allocated = Allocated.By(() =>
        {
            for (var i = 0; i < rounds; i++) call();
        });
        using var budgets = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "budgets.json")));
        allocated.ShouldBeLessThanOrEqualTo(budgets.RootElement.GetProperty(budget).GetInt64() * rounds, budget);
    }

    /// <summary>Knows nothing, and allocates nothing: what a memory costs is not the translation's.</summary>
    private sealed class NoMemory : ReasoningMemory
    {
        public override void Remember(ReadOnlySpan<byte> toolCallId, ReadOnlySpan<byte> state)
        {
        }

        public override bool TryRecall(ReadOnlySpan<byte> toolCallId, PooledBuffer state) => false;
    }
}
