namespace Gatehouse.Simulator.Wire;

/// <summary>What an endpoint decided to answer, before faults and the wire.</summary>
internal abstract record Reply
{
    /// <summary>Headers beyond those that every answer of the vendor has.</summary>
    public List<KeyValuePair<string, string>> Headers { get; } = [];

    /// <summary>How long to wait before the status line is sent.</summary>
    public TimeSpan FirstByteDelay { get; init; }
}

/// <summary>A whole JSON body.</summary>
internal sealed record JsonReply(int Status, byte[] Body) : Reply
{
    /// <summary>What an <c>error-event</c> fault sends in place of the body.</summary>
    public byte[]? FailedBody { get; init; }
}

/// <summary>A refusal; the vendor's envelope is made when it is written.</summary>
internal sealed record ErrorReply(ApiError Error) : Reply;

/// <summary>An event stream, made while it is sent so that thousands of slow ones cost little.</summary>
/// <param name="Events">The official sequence, in order.</param>
/// <param name="Pause">The wait before each event but the first.</param>
/// <param name="Failure">The events with which this dialect ends a failing stream.</param>
internal sealed record StreamReply(IEnumerable<SseEvent> Events, TimeSpan Pause, Func<ApiError, IEnumerable<SseEvent>> Failure) : Reply
{
    /// <summary>Makes one text delta of the given payload, for oversized events.</summary>
    public Func<string, SseEvent>? TextDelta { get; init; }
}
