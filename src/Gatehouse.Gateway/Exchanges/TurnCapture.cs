using System.Text;
using Gatehouse.Dialects;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation;
using Gatehouse.Dialects.Translation.Responses;
using Gatehouse.Gateway.Conversations;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>
/// Takes down a translated answer to a client of the Responses API that may continue it (<c>store</c> is not false). Listens to the client's own
/// events, so that what is kept is what the client saw. One per attempt.
/// </summary>
internal sealed class TurnCapture : IDisposable
{
    private readonly TurnStore _turns;
    private readonly StoredTurn _begun;
    private readonly PooledBuffer _document = new();
    private readonly StreamMap _collector;
    private readonly EventFeed _feed;

    private TurnCapture(TurnStore turns, StoredTurn begun)
    {
        _turns = turns;
        _begun = begun;
        _collector = AnswerForms.Collector(Dialect.OpenAiResponses, _document);
        _feed = new EventFeed(_collector);
    }

    /// <summary>Prepares for the answer to a request; null when the request's own input can't be read.</summary>
    public static TurnCapture? Begin(TurnStore turns, Admitted admitted)
    {
        var record = admitted.Exchange.Record;
        using var input = new PooledBuffer();
        if (!ResponsesTurns.TryInput(admitted.Body.Span, Encoding.ASCII.GetBytes(record.Id.ToString("N")), input)) return null;
        var begun = new StoredTurn(
            "", admitted.ContinuedId, admitted.Token.Id, admitted.Token.UserId, record.StartedAtMicros, input.Written.ToArray(), []);
        return new TurnCapture(turns, begun);
    }

    /// <summary>Reads the client's events as they are written; keeps the turn as soon as they are whole.</summary>
    public void Read(ReadOnlySpan<byte> events)
    {
        if (_collector.Ended) return;
        _feed.Read(events);
        if (_collector is not { Ended: true, Failure: null } || ResponsesTurns.IdOf(_document.Written) is not { } id) return;
        _turns.Add(_begun with { Id = id, Response = _document.Written.ToArray() });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _feed.Dispose();
        _document.Dispose();
    }
}
