using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation;

/// <summary>Properties that every edge has, over conversations made up from fixed seeds: a scripted upstream answers, the client sends back what it got.</summary>
public sealed class ConversationTests
{
    private const int Turns = 5;

    public static TheoryData<Dialect, Dialect> Edges
    {
        get
        {
            var rows = new TheoryData<Dialect, Dialect>();
            foreach (var edge in EdgeSet.All) rows.Add(edge.Client, edge.Upstream);
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Edges))]
    public void What_the_upstream_said_comes_back_to_it_with_ids_and_opaque_state(Dialect client, Dialect upstream)
    {
        for (var seed = 0; seed < 12; seed++)
        {
            var conversation = new Conversation(client, upstream, seed);
            for (var turn = 0; turn < Turns; turn++)
            {
                var said = conversation.Go(isLast: turn == Turns - 1);
                var next = conversation.Next();
                // A turn without calls is over: its thinking need not come back, and chat clients have no place for it.
                UpstreamHistory.ShouldHold(upstream, next, said, conversation.SentName, echoesThinking: said.Calls.Count > 0);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Edges))]
    public void The_same_request_gives_the_same_bytes_and_a_longer_one_extends_it(Dialect client, Dialect upstream)
    {
        for (var seed = 0; seed < 12; seed++)
        {
            var conversation = new Conversation(client, upstream, seed);
            var before = conversation.Next();
            for (var turn = 0; turn < Turns; turn++)
            {
                _ = conversation.Go(isLast: turn == Turns - 1);
                var next = conversation.Next();
                conversation.Next().ShouldBe(next, $"seed {seed}");
                UpstreamHistory.Head(upstream, next).ShouldBe(UpstreamHistory.Head(upstream, before), $"seed {seed}");
                var (old, grown) = (UpstreamHistory.Units(upstream, before), UpstreamHistory.Units(upstream, next));
                grown.Count.ShouldBeGreaterThan(old.Count);
                grown.Take(old.Count).ShouldBe(old, $"seed {seed}, turn {turn}");
                before = next;
            }
        }
    }

    /// <summary>A client, an edge and a scripted upstream, with what outlives a call.</summary>
    private sealed class Conversation
    {
        private readonly Dialect _client;
        private readonly Dialect _upstream;
        private readonly RandomConversations _random;
        private readonly JsonObject _request;
        private readonly PlainMemory _memory = new();
        private readonly Dictionary<string, string> _sentNames = [];
        private readonly bool _escapesAll;
        private int _turn;

        public Conversation(Dialect client, Dialect upstream, int seed)
        {
            (_client, _upstream, _random) = (client, upstream, new RandomConversations(seed));
            _escapesAll = seed % 2 == 0;
            _request = _random.Request(client);
            foreach (var (sent, tool) in SentNames().Zip(_random.Tools)) _sentNames[tool] = sent;
        }

        public string SentName(string tool) => _sentNames[tool];

        /// <summary>The upstream's body for the request as it is now.</summary>
        public byte[] Next()
        {
            using var request = Translate();
            return request.Body.Written.ToArray();
        }

        /// <summary>Sends the request, has it answered, and makes the next one of what the client got.</summary>
        public SaidTurn Go(bool isLast)
        {
            var said = _random.Turn(_turn++, isLast);
            using var request = Translate();
            using var events = new PooledBuffer();
            Feed(request.BeginAnswer(events), Encoding.UTF8.GetBytes(new UpstreamScript(_upstream, _random.Random).Answer(said, SentName)));
            LegalStream.Check(_client, Encoding.UTF8.GetString(events.Written), failure: null);
            using var document = new PooledBuffer();
            Feed(AnswerForms.Collector(_client, document), events.Written);
            _random.Continue(_client, _request, JsonNode.Parse(document.Written)!.AsObject());
            return said;
        }

        private static void Feed(StreamMap map, ReadOnlySpan<byte> stream)
        {
            using var feed = new EventFeed(map);
            feed.Read(stream);
            feed.End();
            map.Failure.ShouldBeNull();
        }

        private EdgeRequest Translate()
        {
            var request = EdgeSet.Find(_client, _upstream)!.Translate(RandomConversations.Bytes(_request, _escapesAll), Context());
            request.Refusal.ShouldBeNull();
            return request;
        }

        private EdgeContext Context() => new()
        {
            ExchangeId = new Guid(_turn, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
            Created = 1_790_000_000,
            ModelAsked = "asked",
            ModelSent = "sent",
            ClientStreams = true,
            UpstreamStreams = true,
            Traits = ModelTraits.Default with
            {
                Reasoning = _upstream == Dialect.Anthropic ? ReasoningControl.Budget : ReasoningControl.Effort,
                MaxOutput = 64_000,
                ReasoningContentEcho = true,
            },
            Seal = new PlainSeal(),
            Memory = _memory,
        };

        private List<string> SentNames()
        {
            var tools = JsonNode.Parse(Next())!["tools"]!.AsArray();
            return [.. tools.Select(static tool => (string?)tool!["name"] ?? (string)tool["function"]!["name"]!)];
        }
    }
}
