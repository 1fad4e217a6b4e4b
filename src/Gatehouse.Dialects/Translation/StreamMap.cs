using Gatehouse.Dialects.Errors;
using Gatehouse.Dialects.Json;

namespace Gatehouse.Dialects.Translation;

/// <summary>
/// The state machine that turns an upstream's events into the client's: fed one event, it writes none or several whole ones. One per
/// attempt, used by one thread at a time. It allocates nothing on text deltas. Whatever it is fed, it throws nothing, and what it
/// wrote is legal in the client's dialect: blocks balanced, indexes growing, exactly one end.
/// </summary>
public abstract class StreamMap
{
    /// <summary>Whether the client's stream has its end, good or bad. Nothing is written after it.</summary>
    public bool Ended { get; private set; }

    /// <summary>Why the stream ended badly; null while it runs and when it ended well.</summary>
    public DialectError? Failure { get; private set; }

    /// <summary>
    /// Whether the stream ended badly by an event that is the client's dialect's own last one, so that its connection may end in good order: behind a broken
    /// one Codex tells nothing of the event but that the connection broke.
    /// </summary>
    public bool IsFailureClosed => Failure is not null && ClosesFailures;

    /// <summary>Whether what <see cref="OnFail"/> writes, or wrote, is the dialect's own last event.</summary>
    protected virtual bool ClosesFailures => false;

    /// <summary>Takes one upstream event. What comes after the end is ignored.</summary>
    /// <param name="name">The event's name; empty in a chat stream.</param>
    /// <param name="data">The event's data; <c>[DONE]</c> is told by <see cref="Finish"/>.</param>
    public void Event(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        if (Ended) return;
        using var loan = IndexLoan.Take();
        if (JsonView.TryParse(data, loan.Index, out var view) && view.IsObject) OnEvent(name, view);
        else Fail(new DialectError(ErrorKind.BadGateway, "The provider sent an event that is not JSON.", "upstream_bad_event"));
    }

    /// <summary>
    /// The upstream's stream ended cleanly: a chat stream's <c>[DONE]</c>, or the connection's orderly end. Where the upstream's dialect had
    /// said all before, the client's stream ends well; otherwise it fails, because an answer cut short must never look whole.
    /// </summary>
    public void Finish()
    {
        if (!Ended) OnFinish();
    }

    /// <summary>Ends the client's stream badly: the upstream broke off, fell silent or reported an error. Does nothing after the end.</summary>
    public void Fail(DialectError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        if (Ended) return;
        Failure = error;
        Ended = true;
        OnFail(error);
    }

    /// <summary>Takes one event. An event that the edge doesn't know is noted as a loss and passed over.</summary>
    private protected abstract void OnEvent(ReadOnlySpan<byte> name, JsonView data);

    /// <summary>See <see cref="Finish"/>.</summary>
    protected abstract void OnFinish();

    /// <summary>Writes what ends the stream badly in the client's dialect.</summary>
    protected abstract void OnFail(DialectError error);

    /// <summary>To be called when the client's good end has been written.</summary>
    protected void MarkEnded() => Ended = true;
}
