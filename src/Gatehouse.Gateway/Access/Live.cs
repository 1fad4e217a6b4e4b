namespace Gatehouse.Gateway.Access;

/// <summary>
/// Holds the current one of a series of immutable snapshots. Requests read it without a lock; whoever makes a new snapshot swaps the one
/// reference. Read <see cref="Current"/> once per use: two reads may see two snapshots.
/// </summary>
public sealed class Live<T>(T first)
    where T : class
{
    private T _current = first;

    /// <summary>The snapshot as of now.</summary>
    public T Current => Volatile.Read(ref _current);

    /// <summary>Puts a new snapshot in place of whatever is there.</summary>
    public void Swap(T next) => Volatile.Write(ref _current, next);

    /// <summary>Puts a new snapshot in place of <paramref name="seen"/>; false when another was there already.</summary>
    public bool TrySwap(T seen, T next) => ReferenceEquals(Interlocked.CompareExchange(ref _current, next, seen), seen);
}
