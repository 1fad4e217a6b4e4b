namespace Gatehouse.Gateway.Admission;

/// <summary>
/// Counts requests over a window that slides: it keeps the time of each one let in, so that never more than the limit lie within any stretch of the
/// window's length, wherever it begins. Refused requests do not count. Not thread-safe: its account locks.
/// </summary>
internal sealed class SlidingWindow
{
    private const int FirstSize = 16;

    // A ring: the oldest at _head. It grows with the limit in use, to eight bytes a request.
    private long[] _times = new long[FirstSize];
    private int _head;
    private int _count;

    /// <summary>Lets a request in, or says how long until one will be.</summary>
    /// <param name="limit">The most requests in a window, at least 1. May differ from call to call.</param>
    /// <param name="window">The window's length, in the unit of <paramref name="now"/>.</param>
    /// <param name="now">The time, never before an earlier call's.</param>
    /// <param name="wait">How long until the next is let in, in the same unit; 0 when this one is.</param>
    public bool TryEnter(int limit, long window, long now, out long wait)
    {
        while (_count > 0 && _times[_head] <= now - window) Drop();
        if (_count < limit)
        {
            Add(now);
            wait = 0;
            return true;
        }

        // After the limit was lowered more must leave than one.
        wait = _times[(_head + (_count - limit)) % _times.Length] + window - now;
        return false;
    }

    private void Drop()
    {
        _head = (_head + 1) % _times.Length;
        _count--;
    }

    private void Add(long now)
    {
        if (_count == _times.Length)
        {
            var larger = new long[_times.Length * 2];
            for (var i = 0; i < _count; i++) larger[i] = _times[(_head + i) % _times.Length];
            (_times, _head) = (larger, 0);
        }

        _times[(_head + _count++) % _times.Length] = now;
    }
}
