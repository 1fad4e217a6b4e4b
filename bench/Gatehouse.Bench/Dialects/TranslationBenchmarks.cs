using BenchmarkDotNet.Attributes;
using Gatehouse.Dialects;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation;

namespace Gatehouse.Bench.Dialects;

/// <summary>What translating a Messages client's calls costs: an agent's request, and a text delta of the answer. To reach: 0.5 ms per 150 KB, 1 µs per delta.</summary>
[MemoryDiagnoser]
public class TranslationBenchmarks : IDisposable
{
    private readonly PooledBuffer _output = new();
    private byte[] _body = [];
    private byte[] _delta = [];
    private Edge? _edge;
    private EdgeRequest? _request;
    private EventFeed? _feed;

    /// <summary>The upstream's dialect.</summary>
    [Params(Dialect.OpenAiChat, Dialect.OpenAiResponses)]
    public Dialect Upstream { get; set; }

    /// <summary>Whether results hold code, full of escapes, or prose.</summary>
    [Params(false, true)]
    public bool Code { get; set; }

    /// <summary>Makes the request and the event.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _edge = EdgeSet.Find(Dialect.Anthropic, Upstream)!;
        _body = AgentConversation.Messages(150 * 1_024, Code);
        _delta = BenchBodies.Delta(Upstream);
        _request = _edge.Translate(_body, Context());
        _feed = new EventFeed(_request.BeginAnswer(_output));
        _feed.Read(_delta);
    }

    /// <summary>A request of 150 KB.</summary>
    [Benchmark]
    public int Request()
    {
        using var request = _edge!.Translate(_body, Context());
        return request.Body.Length;
    }

    /// <summary>A text delta.</summary>
    [Benchmark]
    public int Delta()
    {
        _output.Clear();
        _feed!.Read(_delta);
        return _output.Length;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _feed?.Dispose();
        _request?.Dispose();
        _output.Dispose();
        GC.SuppressFinalize(this);
    }

    private static EdgeContext Context() => new()
    {
        ExchangeId = Guid.Empty,
        Created = 0,
        ModelAsked = "claude-opus-5-5",
        ModelSent = "other",
        ClientStreams = true,
        UpstreamStreams = true,
        Seal = new NoSeal(),
        Memory = new NoMemory(),
        Session = "session",
    };

    private sealed class NoSeal : StateSeal
    {
        public override void Seal(ReadOnlySpan<byte> state, PooledBuffer output) => output.Append(MarkBytes);

        public override bool TryOpen(ReadOnlySpan<byte> text, PooledBuffer state) => false;
    }

    private sealed class NoMemory : ReasoningMemory
    {
        public override void Remember(ReadOnlySpan<byte> toolCallId, ReadOnlySpan<byte> state)
        {
        }

        public override bool TryRecall(ReadOnlySpan<byte> toolCallId, PooledBuffer state) => false;
    }
}
