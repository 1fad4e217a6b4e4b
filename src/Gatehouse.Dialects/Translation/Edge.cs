using Gatehouse.Dialects.Counting;
using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation;

/// <summary>
/// One directed translation, from the dialect that a client speaks to the one that an upstream is spoken to in, with its way back. Edges are
/// never chained, and there is no neutral message format between them. An edge holds no state and is thread-safe; what belongs to one attempt is in
/// the <see cref="EdgeRequest"/> that it makes.
/// </summary>
public abstract class Edge
{
    /// <summary>What the caller speaks.</summary>
    public abstract Dialect Client { get; }

    /// <summary>What the provider is spoken to in.</summary>
    public abstract Dialect Upstream { get; }

    /// <summary>Every way in which this edge may approximate or leave something out, by the id under which it is disclosed. The edge's page in docs/dialects has a row for each.</summary>
    public abstract IReadOnlyList<Loss> Losses { get; }

    /// <summary>
    /// Translates a request. The result holds the upstream's body, or the error to answer the caller with. The same body and context give the
    /// same bytes, and a conversation that grew gives a body that extends the last one, so that the provider's prompt cache holds.
    /// </summary>
    /// <param name="body">The caller's body.</param>
    /// <param name="context">What the edge may know beside the body.</param>
    public abstract EdgeRequest Translate(ReadOnlySpan<byte> body, EdgeContext context);
}

/// <summary>
/// A translated request and what its answer's translation needs of it: one per attempt. Disposing it gives its memory back; the answer's
/// translation must have ended by then.
/// </summary>
public abstract class EdgeRequest(EdgeContext context) : IDisposable
{
    private const int Slack = 4 * 1024;
    private readonly JsonIndex _own = new();
    private JsonIndex? _borrowed;
    private StreamMap? _answer;
    private EventWriter? _events;

    /// <summary>What the edge was told.</summary>
    public EdgeContext Context { get; } = context;

    /// <summary>What to tell the caller instead of sending anything; null when the request can be sent.</summary>
    public DialectError? Refusal { get; protected set; }

    /// <summary>The upstream's body; empty when refused.</summary>
    public PooledBuffer Body { get; } = new();

    /// <summary>What was lost so far: of the request once it is translated, and of the answer as it comes.</summary>
    public LossList Losses { get; } = new();

    /// <summary>
    /// Headers that the upstream needs because of what the body holds, such as an <c>anthropic-beta</c> value. The provider's own headers and
    /// credential come on top.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; protected set; } = [];

    /// <summary>Makes the translation of the answer. Called once the upstream answered 2xx; at most once. It is disposed with the request.</summary>
    /// <param name="output">Where the client's events are written, framed as a stream; its reader may clear it between two of them.</param>
    /// <param name="listener">Is told each of them as well; null for nobody.</param>
    public StreamMap BeginAnswer(PooledBuffer output, StreamMap? listener = null) => Begin(new EventWriter(output, listener));

    /// <summary>
    /// Makes the translation of the answer for a client that wants a document: each of the client's events is handed to a collector at once, and never framed.
    /// In place of the other one.
    /// </summary>
    /// <param name="collector">Takes the client's events.</param>
    public StreamMap BeginAnswer(StreamMap collector) => Begin(new EventWriter(collector));

    /// <summary>Makes what <see cref="BeginAnswer(StreamMap)"/> gives out.</summary>
    private protected abstract StreamMap MakeAnswer(EventWriter events);

    private StreamMap Begin(EventWriter events)
    {
        _events = events;
        return _answer = MakeAnswer(events);
    }

    /// <summary>Where the values of the caller's body lie; good until <see cref="Close"/>. Its own, or that of <see cref="EdgeContext.Read"/>.</summary>
    internal JsonIndex Index => _borrowed ?? _own;

    /// <summary>
    /// Checks the caller's body, notes where its values lie and measures it. False when it is no JSON object. Views of it are good until <see cref="Close"/>.
    /// </summary>
    internal bool TryOpen(ReadOnlySpan<byte> body, out JsonView root)
    {
        if (Context.Read is { } read && read.IsOf(body))
        {
            _borrowed = read.Index;
            root = JsonView.Of(body, Index);
        }
        else if (!JsonView.TryParse(body, Index, out root)) return false;

        if (!root.IsObject) return false;
        if (Context.Estimate is { } estimate) BeginEstimate(body, estimate);
        // Both bodies hold the same texts, and are of about the same size.
        _ = Body.GetSpan(body.Length + Slack);
        return true;
    }

    private void BeginEstimate(ReadOnlySpan<byte> body, Func<long, long> estimate)
    {
        if (Context.MeasuredInput is { } measured) Context.EstimatedInput = estimate(measured);
        else if (Context.EstimatesAtOnce) Context.EstimatedInput = estimate(InputMeasure.Of(body, Index).Tokens);
        else Context.Unmeasured = Body;
    }

    /// <summary>Gives back what was noted of the caller's body, which is not looked at again.</summary>
    internal void Close()
    {
        _borrowed = null;
        _own.Dispose();
    }

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        (_answer as IDisposable)?.Dispose();
        _events?.Dispose();
        Close();
        Body.Dispose();
        GC.SuppressFinalize(this);
    }
}
