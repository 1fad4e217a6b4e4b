using System.Text;
using Gatehouse.Dialects.Json;
using Gatehouse.Dialects.Translation;
using Gatehouse.Dialects.Translation.Responses;
using Gatehouse.Gateway.Conversations;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>
/// Keeps a translated answer to a client of the Responses API that may continue it (<c>store</c> is not false). It is collected of the client's own
/// events, so that what is kept is what the client saw. One per attempt.
/// </summary>
internal sealed class TurnCapture
{
    private readonly TurnStore _turns;
    private readonly StoredTurn _begun;
    private bool _kept;

    private TurnCapture(TurnStore turns, StoredTurn begun) => (_turns, _begun) = (turns, begun);

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

    /// <summary>Keeps the turn as soon as its answer is whole; does nothing before and after that.</summary>
    /// <param name="collector">Collects the client's events.</param>
    /// <param name="document">The document that it makes of them.</param>
    public void Keep(StreamMap collector, PooledBuffer document)
    {
        if (_kept || collector is not { Ended: true, Failure: null } || ResponsesTurns.IdOf(document.Written) is not { } id) return;
        _kept = true;
        _turns.Add(_begun with { Id = id, Response = document.Written.ToArray() });
    }
}
