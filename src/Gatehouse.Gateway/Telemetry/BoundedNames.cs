using System.Collections.Concurrent;

namespace Gatehouse.Gateway.Telemetry;

/// <summary>
/// A set of label values that stops growing: names beyond the bound become <c>other</c>. A caller may name any model it likes, and a
/// series per name would fill the collector's memory. Thread-safe.
/// </summary>
internal sealed class BoundedNames(int most)
{
    private const int LongestName = 128;
    private readonly ConcurrentDictionary<string, string> _names = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>The name itself when it is known or may become so, else <c>other</c>; null gives <c>none</c>.</summary>
    /// <param name="name">The name.</param>
    /// <param name="mayBecomeKnown">Whether this use proves that the name is real.</param>
    public string Bound(string? name, bool mayBecomeKnown)
    {
        if (string.IsNullOrEmpty(name)) return ExchangeLabels.None;
        if (_names.TryGetValue(name, out var known)) return known;
        if (!mayBecomeKnown || name.Length > LongestName || Volatile.Read(ref _count) >= most) return ExchangeLabels.Other;
        if (Interlocked.Increment(ref _count) > most) return ExchangeLabels.Other;
        return _names.GetOrAdd(name, name);
    }
}
