using System.Collections.Concurrent;

namespace Gatehouse.Simulator.Metering;

/// <summary>
/// Remembers which request prefixes were seen, as the vendors' prompt caches do. Any thread may use it.
/// It forgets everything when it has grown to its limit, so that a long soak stays bounded.
/// </summary>
internal sealed class PrefixCache(TimeProvider time)
{
    private const int Most = 50_000;
    private readonly ConcurrentDictionary<string, DateTimeOffset> _seen = new(StringComparer.Ordinal);

    /// <summary>Whether the prefix was seen and has not expired.</summary>
    public bool Knows(string prefix) => _seen.TryGetValue(prefix, out var until) && until > time.GetUtcNow();

    /// <summary>Remembers the prefix, or prolongs its life.</summary>
    public void Remember(string prefix, TimeSpan life)
    {
        if (_seen.Count >= Most) _seen.Clear();
        _seen[prefix] = time.GetUtcNow() + life;
    }
}
