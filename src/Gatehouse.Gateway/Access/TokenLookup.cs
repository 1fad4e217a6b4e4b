using System.Collections.Concurrent;
using Gatehouse.Secrets;

namespace Gatehouse.Gateway.Access;

/// <summary>What looking up a token came to: it exists, it does not, or the store could not tell in time.</summary>
/// <param name="Known">Whether the store answered (or had answered before).</param>
/// <param name="Token">The token, when it exists.</param>
internal readonly record struct LookupResult(bool Known, AccessToken? Token);

/// <summary>
/// Asks the store once for a token that the snapshot does not hold: it may have been made a moment ago. A bounded wait, at most so many
/// questions a second, and a bounded memory of what does not exist, so that guessing costs the guesser and not the store. A "no" is
/// remembered for seconds only, and the snapshot always goes first, so it never hides a token for long. Thread-safe.
/// </summary>
internal sealed class TokenLookup
{
    private const int RememberedLimit = 4096;
    private static readonly TimeSpan s_rememberedFor = TimeSpan.FromSeconds(10);
    private readonly Func<TokenHash, CancellationToken, Task<StoredToken?>> _find;
    private readonly Live<TokenTable> _tokens;
    private readonly Live<AccessOptions> _options;
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<TokenHash, Task<LookupResult>> _running = new();
    private readonly Dictionary<TokenHash, long> _absent = [];
    private readonly Lock _gate = new();
    private long _windowStart;
    private int _windowCount;

    /// <summary>Creates it over a way to ask the store.</summary>
    public TokenLookup(
        Func<TokenHash, CancellationToken, Task<StoredToken?>> find, Live<TokenTable> tokens, Live<AccessOptions> options, TimeProvider clock)
    {
        (_find, _tokens, _options, _clock) = (find, tokens, options, clock);
        _windowStart = clock.GetTimestamp();
    }

    /// <summary>How many absent tokens are remembered, for tests.</summary>
    internal int Remembered
    {
        get
        {
            lock (_gate)
            {
                return _absent.Count;
            }
        }
    }

    /// <summary>How many questions are open, for tests.</summary>
    internal int Open => _running.Count;

    internal ValueTask<LookupResult> FindAsync(TokenHash hash)
    {
        if (_running.TryGetValue(hash, out var running))
        {
            return new ValueTask<LookupResult>(running);
        }
        lock (_gate)
        {
            if (_absent.TryGetValue(hash, out var since) && _clock.GetElapsedTime(since) < s_rememberedFor)
            {
                return new ValueTask<LookupResult>(new LookupResult(true, null));
            }
            if (!MayAsk())
            {
                return new ValueTask<LookupResult>(default(LookupResult));
            }
        }
        // The question is asked only once it stands in the dictionary, so that its removal always comes after its addition.
        var answer = new TaskCompletionSource<LookupResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = _running.GetOrAdd(hash, answer.Task);
        if (asked == answer.Task)
        {
            _ = AnswerAsync(hash, answer);
        }
        return new ValueTask<LookupResult>(asked);
    }

    private bool MayAsk()
    {
        if (_clock.GetElapsedTime(_windowStart) >= TimeSpan.FromSeconds(1))
        {
            _windowStart = _clock.GetTimestamp();
            _windowCount = 0;
        }
        return ++_windowCount <= _options.Current.LookupsPerSecond;
    }

    private async Task AnswerAsync(TokenHash hash, TaskCompletionSource<LookupResult> answer)
    {
        var result = await AskAsync(hash);
        _running.TryRemove(hash, out _);
        answer.SetResult(result);
    }

    private async Task<LookupResult> AskAsync(TokenHash hash)
    {
        try
        {
            var timeout = _options.Current.LookupTimeout;
            using var cancellation = new CancellationTokenSource(timeout, _clock);
            var stored = await _find(hash, cancellation.Token).WaitAsync(timeout, _clock, CancellationToken.None);
            if (stored is null)
            {
                Remember(hash);
                return new LookupResult(true, null);
            }
            Publish(stored);
            // What is in force now, should a newer snapshot have come meanwhile.
            return new LookupResult(true, _tokens.Current.Find(hash) ?? stored.Token);
        }
        catch (Exception)
        {
            // Whatever is wrong with the store is reported where it is looked after; here it only means: not known.
            return default;
        }
    }

    private void Remember(TokenHash hash)
    {
        lock (_gate)
        {
            if (_absent.Count >= RememberedLimit)
            {
                _absent.Clear();
            }
            _absent[hash] = _clock.GetTimestamp();
        }
    }

    // What a newer snapshot has of it stays. Again when another came in between: one that is not kept would be looked up at every call.
    private void Publish(StoredToken stored)
    {
        while (true)
        {
            var seen = _tokens.Current;
            if (_tokens.TrySwap(seen, seen.With(stored))) return;
        }
    }
}
