using System.Collections.Concurrent;
using Gatehouse.Secrets;
using Gatehouse.Storage;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Conversations;

/// <summary>
/// The turns of clients of the Responses API whose upstream keeps nothing. A new turn is in memory before its answer's end is sent, and in the database
/// shortly after; one that is not in memory is looked up, briefly. Thread-safe.
/// </summary>
internal sealed partial class TurnStore(Store store, KeyRing keys, TimeProvider time, ILogger<TurnStore> logger)
{
    /// <summary>The most turns that one id may lead to.</summary>
    internal const int LongestChain = 2000;

    /// <summary>The bytes after which a generation of turns in memory is full; there are two.</summary>
    internal const long MostBytesInMemory = 64 * 1024 * 1024;

    /// <summary>The bytes of turns that may wait for the database at a time: one that stands still must not fill the memory.</summary>
    internal const long MostBytesWaiting = 64 * 1024 * 1024;

    /// <summary>How long a removal waits for the database.</summary>
    internal static readonly TimeSpan RemovalLimit = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<Task, bool> _writing = new();
    private long _waitingBytes;
    private Generation _young = new();
    private Generation _old = new();

    /// <summary>Keeps a turn.</summary>
    public void Add(StoredTurn turn)
    {
        if (turn.Bytes > StoredTurn.Largest) return;
        var generation = _young;
        generation.Turns[turn.Id] = turn;
        if (Interlocked.Add(ref generation.Bytes, turn.Bytes) > MostBytesInMemory
            && Interlocked.CompareExchange(ref _young, new Generation(), generation) == generation) _old = generation;
        if (Interlocked.Add(ref _waitingBytes, turn.Bytes) > MostBytesWaiting)
        {
            Interlocked.Add(ref _waitingBytes, -turn.Bytes);
            LogNotStored("too many wait for the database");
            return;
        }

        var write = WriteAsync(turn);
        if (write.IsCompleted) return;
        _writing[write] = true;
        _ = write.ContinueWith(done => _writing.TryRemove(done, out _), TaskScheduler.Default);
    }

    /// <summary>Finds a turn. <c>Known</c> is false when the store could not be asked in time; an id that is nobody's is known to be none.</summary>
    public async ValueTask<(bool Known, StoredTurn? Turn)> FindAsync(string id)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds() * 1000;
        if (_young.Turns.TryGetValue(id, out var turn) || _old.Turns.TryGetValue(id, out turn))
            return (true, turn.CreatedMicros + (long)StoredTurn.Kept.TotalMicroseconds > now ? turn : null);
        try
        {
            return (true, await TurnTable.FindAsync(store, keys, id, now, OwnedResponses.LookupLimit, CancellationToken.None));
        }
        catch (Exception e) when (e is StoreException or TimeoutException)
        {
            return (false, null);
        }
    }

    /// <summary>
    /// The turns that lead to an id, oldest first, all of one owner. <c>Known</c> is false when the store could not be asked; no turns when one of them is
    /// gone, foreign, or the chain is endless.
    /// </summary>
    /// <param name="id">The last one's id.</param>
    /// <param name="token">Who asks.</param>
    /// <param name="take">Takes room for the bytes of one more; when it has none, the turns end there and none are given.</param>
    public async ValueTask<(bool Known, IReadOnlyList<StoredTurn> Turns)> ChainAsync(string id, Access.AccessToken token, Func<long, bool>? take = null)
    {
        var turns = new List<StoredTurn>();
        for (var next = id; next is not null; next = turns[^1].PreviousId)
        {
            var (known, turn) = await FindAsync(next);
            if (!known) return (false, []);
            if (turn is null || !turn.IsOwnedBy(token) || turns.Count == LongestChain) return (true, []);
            if (take?.Invoke(turn.Bytes) == false) return (true, []);
            turns.Add(turn);
        }

        turns.Reverse();
        return (true, turns);
    }

    /// <summary>Forgets a turn.</summary>
    /// <exception cref="StoreException">The store is busy or failing.</exception>
    /// <exception cref="TimeoutException">It did not come to it in time.</exception>
    public async Task RemoveAsync(string id)
    {
        _young.Turns.TryRemove(id, out _);
        _old.Turns.TryRemove(id, out _);
        // A write that is under way must not bring it back.
        await FlushAsync().WaitAsync(RemovalLimit, time);
        await TurnTable.RemoveAsync(store, id, RemovalLimit, time);
    }

    /// <summary>Waits until every turn is in the database, or could not be put there.</summary>
    public Task FlushAsync() => Task.WhenAll(_writing.Keys);

    private async Task WriteAsync(StoredTurn turn)
    {
        try
        {
            await Task.Yield();
            await TurnTable.AddAsync(store, keys, turn, CancellationToken.None);
        }
        catch (StoreException e)
        {
            LogNotStored(e.Message);
        }
        finally
        {
            Interlocked.Add(ref _waitingBytes, -turn.Bytes);
        }
    }

    private sealed class Generation
    {
        public readonly ConcurrentDictionary<string, StoredTurn> Turns = new(StringComparer.Ordinal);
        public long Bytes;
    }
}
