namespace Gatehouse.Control.Api;

/// <summary>
/// Bounds how often someone may have providers asked about keys, so that the gateway can't be made to try stolen ones one after the other, or to pester
/// a provider. Per actor, over a window that slides; an actor that has not asked for a window's length is forgotten. Thread-safe.
/// </summary>
internal sealed class ValidationGate(TimeProvider time)
{
    /// <summary>How many checks an actor has in a window.</summary>
    public const int Most = 30;

    /// <summary>The window's length.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Queue<long>> _asked = new(StringComparer.Ordinal);

    /// <summary>Lets one check in, or says what to answer instead.</summary>
    public ApiAnswer? Refuse(Actor actor)
    {
        var now = time.GetTimestamp();
        lock (_lock)
        {
            Forget(now);
            var key = actor.UserId;
            if (!_asked.TryGetValue(key, out var times)) _asked[key] = times = new Queue<long>(Most);
            if (times.Count < Most)
            {
                times.Enqueue(now);
                return null;
            }

            var wait = Window - time.GetElapsedTime(times.Peek(), now);
            return ApiAnswer.Failed(429, "too-many", $"At most {Most} checks of keys a minute. Come again in {Seconds(wait)} s.") with { RetryAfterSeconds = Seconds(wait) };
        }
    }

    private static int Seconds(TimeSpan wait) => Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));

    private void Forget(long now)
    {
        foreach (var (key, times) in _asked)
        {
            while (times.TryPeek(out var first) && time.GetElapsedTime(first, now) >= Window) times.Dequeue();
            if (times.Count == 0) _asked.Remove(key);
        }
    }
}
