using System.Collections.Concurrent;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.Gateway.Conversations;

/// <summary>
/// Who may use an id that a provider issued for a stored response, and with which key. New ids are remembered here at once and stored by the
/// ledger; an id that is not in memory is looked up in the store, briefly. A deleted id keeps its owner: that it is gone is the
/// provider's to say. Holds at most two generations of ids. Thread-safe.
/// </summary>
internal sealed class OwnedResponses(Func<string, CancellationToken, Task<ResponseOwner?>> lookUp, TimeProvider time)
{
    private const int GenerationSize = 50_000;
    /// <summary>How long a request waits for the store to look an owner up.</summary>
    public static readonly TimeSpan LookupLimit = TimeSpan.FromMilliseconds(250);

    private ConcurrentDictionary<string, ResponseOwner> _young = new(StringComparer.Ordinal);
    private ConcurrentDictionary<string, ResponseOwner> _old = new(StringComparer.Ordinal);

    /// <summary>Remembers the owner of a new id. The first one stays, as in the store: a provider that hands out an id twice must not move an answer to someone else.</summary>
    public void Remember(ResponseOwner owner)
    {
        if ((_young.TryGetValue(owner.ResponseId, out var first) || _old.TryGetValue(owner.ResponseId, out first)) && Current(first) is not null) return;
        _young[owner.ResponseId] = owner;
        if (_young.Count <= GenerationSize) return;
        _old = _young;
        _young = new ConcurrentDictionary<string, ResponseOwner>(StringComparer.Ordinal);
    }

    /// <summary>Finds an owner. <c>Known</c> is false when the store could not be asked in time; an unknown id is known to have none.</summary>
    public async ValueTask<(bool Known, ResponseOwner? Owner)> FindAsync(string responseId)
    {
        if (_young.TryGetValue(responseId, out var owner) || _old.TryGetValue(responseId, out owner)) return (true, Current(owner));
        try
        {
            owner = await lookUp(responseId, CancellationToken.None).WaitAsync(LookupLimit, time);
            return (true, Current(owner));
        }
        catch (Exception)
        {
            return (false, null);
        }
    }

    private ResponseOwner? Current(ResponseOwner? owner) =>
        owner is not null && owner.ExpiresMicros > time.GetUtcNow().ToUnixTimeMilliseconds() * 1000 ? owner : null;
}
