namespace Gatehouse.ClaudeCli.Programs;

/// <summary>
/// Keeps a program that dies again and again from being started again and again: after some deaths in a row nothing is started for a while, longer each time, and
/// whoever asks meanwhile is told so at once. One answer, and all is forgotten. Thread-safe.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class CrashGuard(TimeProvider time)
{
    private const int Free = 4;
    private static readonly TimeSpan s_first = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(30);
    private readonly Lock _lock = new();
    private int _deaths;
    private string _words = "";
    private long _last;

    /// <summary>How many processes died in a row before they had answered.</summary>
    public int Deaths
    {
        get
        {
            lock (_lock) return _deaths;
        }
    }

    /// <summary>How the last of them died.</summary>
    public string Words
    {
        get
        {
            lock (_lock) return _words;
        }
    }

    /// <summary>How long nothing is started yet; zero when it may be tried.</summary>
    public TimeSpan Pause()
    {
        lock (_lock)
        {
            if (_deaths < Free) return TimeSpan.Zero;
            var pause = s_first * Math.Pow(2, Math.Min(_deaths - Free, 10));
            if (pause > s_longest) pause = s_longest;
            var left = pause - time.GetElapsedTime(_last);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>A process died before it had answered.</summary>
    public void Died(string words)
    {
        lock (_lock) (_deaths, _words, _last) = (_deaths + 1, words, time.GetTimestamp());
    }

    /// <summary>A process answered.</summary>
    public void Answered()
    {
        lock (_lock) _deaths = 0;
    }
}
