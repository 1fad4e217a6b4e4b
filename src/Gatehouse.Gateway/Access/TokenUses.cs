using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Gateway.Access;

/// <summary>A token's latest use, on its way to the store.</summary>
internal readonly record struct TokenUse(Guid TokenId, DateTimeOffset At, string? Client);

/// <summary>
/// Remembers when each token was last used and by which client, and writes it down once a minute in one batch: knowing that a token is in
/// use needs no better than that, and a write per request would cost more than the request. What is noted since the last batch is lost when
/// the process is killed. Thread-safe.
/// </summary>
internal sealed partial class TokenUses(AccessStore store, TimeProvider clock, ILogger<TokenUses> logger)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<Guid, Latest> _latest = new();

    /// <summary>
    /// Notes that a token was used just now. <paramref name="client"/> is the family of the user-agent, such as <c>claude-cli</c>, or null.
    /// Allocates nothing after a token's first use.
    /// </summary>
    public void Note(AccessToken token, string? client)
    {
        var latest = _latest.GetOrAdd(token.Id, static _ => new Latest());
        latest.Client = client ?? latest.Client;
        Volatile.Write(ref latest.AtMillis, clock.GetUtcNow().ToUnixTimeMilliseconds());
    }

    /// <summary>Writes a batch every minute until cancelled, and a last one then.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(s_interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                await FlushAsync(CancellationToken.None);
            }
        }
        catch (OperationCanceledException)
        {
            await FlushAsync(CancellationToken.None);
        }
    }

    /// <summary>Writes down what is new. A store that does not take it is reported, and the next batch tries again.</summary>
    public async Task FlushAsync(CancellationToken cancellation)
    {
        var uses = new List<TokenUse>();
        foreach (var (id, latest) in _latest)
        {
            var at = Volatile.Read(ref latest.AtMillis);
            if (at > latest.WrittenMillis)
            {
                uses.Add(new TokenUse(id, DateTimeOffset.FromUnixTimeMilliseconds(at), latest.Client));
            }
        }
        if (uses.Count == 0)
        {
            return;
        }
        try
        {
            await store.RecordUseAsync(uses, cancellation);
            uses.ForEach(use => _latest[use.TokenId].WrittenMillis = use.At.ToUnixTimeMilliseconds());
        }
        catch (Exception failure)
        {
            LogNotWritten(uses.Count, failure);
        }
    }

    private sealed class Latest
    {
        public long AtMillis;
        public long WrittenMillis;
        public volatile string? Client;
    }
}
