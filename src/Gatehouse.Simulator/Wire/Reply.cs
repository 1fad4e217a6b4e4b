using Gatehouse.Simulator.Faults;

namespace Gatehouse.Simulator.Wire;

/// <summary>What an endpoint decided to answer, before it is put on the wire.</summary>
internal abstract record Reply
{
    /// <summary>Headers beyond those that every answer of the vendor has.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>How long to wait before the status line is sent.</summary>
    public TimeSpan FirstByteDelay { get; init; }

    /// <summary>What shall go wrong with it.</summary>
    public FaultPlan Faults { get; init; } = FaultPlan.None;

    /// <summary>The model asked for: faults that alternate count by it.</summary>
    public string Model { get; init; } = "";
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
internal sealed record StreamReply(IEnumerable<SseEvent> Events, TimeSpan Pause, Func<ApiError, IEnumerable<SseEvent>> Failure) : Reply;
