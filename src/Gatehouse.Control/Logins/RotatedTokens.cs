using System.Collections.Concurrent;
using System.Security.Cryptography;
using Gatehouse.Secrets;

namespace Gatehouse.Control.Logins;

/// <summary>The refresh tokens of one login that were just used up, by their hash, and its calls of the last hour. Used under the login's lock.</summary>
internal sealed class RotatedTokens
{
    private const int Kept = 5;
    private readonly ConcurrentQueue<(byte[] Hash, DateTimeOffset At)> _used = new();
    private readonly Queue<DateTimeOffset> _calls = new();

    /// <summary>Serialises the login's refreshes.</summary>
    public SemaphoreSlim Lock { get; } = new(1, 1);

    /// <summary>Notes that a token was used up.</summary>
    public void Use(string token, DateTimeOffset now)
    {
        _used.Enqueue((Hash(token), now));
        if (_used.Count > Kept) _used.TryDequeue(out _);
    }

    /// <summary>Whether a token is one of the last that were used up. Under no lock: it is asked by who stores a login, and what is used up stays so.</summary>
    public bool WasUsed(Secret token)
    {
        var hash = SHA256.HashData(token.Utf8);
        return _used.ToArray().Any(used => CryptographicOperations.FixedTimeEquals(used.Hash, hash));
    }

    /// <summary>Whether a token was used up within the grace.</summary>
    public bool WasJustUsed(Secret token, DateTimeOffset now, TimeSpan grace)
    {
        var hash = SHA256.HashData(token.Utf8);
        return _used.Any(used => now - used.At <= grace && CryptographicOperations.FixedTimeEquals(used.Hash, hash));
    }

    /// <summary>Counts a call to the vendor, or says after how long there may be one again.</summary>
    public TimeSpan? Call(DateTimeOffset now, int perHour)
    {
        while (_calls.TryPeek(out var first) && now - first >= TimeSpan.FromHours(1)) _calls.Dequeue();
        if (_calls.Count >= perHour) return TimeSpan.FromHours(1) - (now - _calls.Peek());
        _calls.Enqueue(now);
        return null;
    }

    private static byte[] Hash(string token) => SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(token));
}
