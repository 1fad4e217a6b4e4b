using Gatehouse.Dialects.Facts;

namespace Gatehouse.Dialects.Tap;

/// <summary>How the body of an answer is framed.</summary>
public enum BodyFraming : byte
{
    /// <summary>Server-sent events.</summary>
    EventStream,

    /// <summary>One JSON document.</summary>
    Json,
}

/// <summary>
/// Reads the facts of an answer off the upstream's own bytes as they pass, in pieces of any size. It never changes or keeps the bytes and
/// allocates nothing per piece. One tap serves one attempt at a time and is not thread-safe; <see cref="Reset"/> makes it ready for the next.
/// </summary>
public sealed class ResponseTap
{
    /// <summary>What has been read so far.</summary>
    public ResponseFacts Facts { get; } = new();

    /// <summary>Whether the bytes so far end exactly between two events (true before the first byte).</summary>
    public bool AtEventBoundary { get; }

    /// <summary>
    /// Whether the answer is complete: <c>message_stop</c>, <c>[DONE]</c> (Chat), or <c>response.completed|incomplete|failed</c> was seen;
    /// for JSON, the document is closed.
    /// </summary>
    public bool SawTerminal { get; }

    /// <summary>Whether the upstream itself reported an error inside the stream (Anthropic <c>error</c>, Chat <c>data: {"error":…}</c>, Responses <c>error</c> or <c>response.failed</c>).</summary>
    public bool SawError { get; }

    /// <summary>Whether an event that carries model output has been seen (for time to first token).</summary>
    public bool SawContent { get; }

    /// <summary>Number of complete events so far (0 for JSON).</summary>
    public long Events { get; }

    /// <summary>The highest <c>sequence_number</c> seen (Responses), or -1.</summary>
    public long LastSequenceNumber { get; }

    /// <summary>Makes the tap ready for an answer in the given dialect and framing.</summary>
    public void Reset(Dialect dialect, BodyFraming framing) => throw new NotImplementedException();

    /// <summary>Reads the next piece.</summary>
    public void Read(ReadOnlySpan<byte> piece) => throw new NotImplementedException();
}
