using System.Collections.Concurrent;

namespace Gatehouse.Simulator.Faults;

/// <summary>Lets a fault strike for each other request of a key, the first included. Any thread may use it.</summary>
internal sealed class Alternation
{
    private const int Most = 10_000;
    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);

    /// <summary>Whether it is the fault's turn; the next request of the same key passes.</summary>
    public bool Strikes(string key)
    {
        if (_counts.Count >= Most) _counts.Clear();
        return _counts.AddOrUpdate(key, 1, (_, count) => count + 1) % 2 == 1;
    }
}
