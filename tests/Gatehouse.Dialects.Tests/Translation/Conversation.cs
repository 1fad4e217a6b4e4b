using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Dialects.Tests.Translation;

/// <summary>A client, an edge and a scripted upstream, with what outlives a call.</summary>
internal sealed class Conversation
{
    private readonly Dialect _client;
    private readonly Dialect _upstream;
    private readonly RandomConversations _random;
    private readonly JsonObject _request;
    private readonly PlainMemory _memory = new();
    private readonly Dictionary<string, string> _sentNames = [];
    private readonly bool _escapesAll;
    private int _turn;

    public Conversation(Dialect client, Dialect upstream, int seed, int length = 1)
        : this(client, upstream, new RandomConversations(seed, length), seed % 2 == 0)
    {
    }

    public Conversation(Dialect client, Dialect upstream, RandomConversations random, bool escapesAll)
    {
        (_client, _upstream, _random, _escapesAll) = (client, upstream, random, escapesAll);
        _request = _random.Request(client);
        foreach (var (sent, tool) in SentNames().Zip(_random.Tools)) _sentNames[tool] = sent;
    }

    /// <summary>What the upstream calls a tool.</summary>
    public string SentName(string tool) => _sentNames[tool];

    /// <summary>The client's request as it is now.</summary>
    public byte[] Body => RandomConversations.Bytes(_request, _escapesAll);

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
        var request = EdgeSet.Find(_client, _upstream)!.Translate(Body, Context());
        request.Refusal.ShouldBeNull();
        return request;
    }

    /// <summary>What the edge is told of the call at hand.</summary>
    public EdgeContext Context(ReasoningMemory? memory = null) => new()
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
            ReasoningDetails = true,
        },
        Seal = new PlainSeal(),
        Memory = memory ?? _memory,
    };

    private List<string> SentNames()
    {
        var tools = JsonNode.Parse(Next())!["tools"]!.AsArray();
        return [.. tools.Select(static tool => (string?)tool!["name"] ?? (string)tool["function"]!["name"]!)];
    }
}
