using System.ComponentModel;

namespace Gatehouse.ClaudeCli.Programs;

/// <summary>
/// Processes that were started ahead and know of no conversation yet: starting the program takes half a second, telling it what to do a few milliseconds. After each one
/// taken, one with the same flags is started for the next. Bounded by number, and by the memory that the kept ones leave. Thread-safe.
/// </summary>
/// <param name="start">Starts one.</param>
/// <param name="most">How many may wait.</param>
/// <param name="room">How much memory is left for them, in bytes.</param>
/// <param name="idle">How long one waits at most.</param>
/// <param name="time">The clock.</param>
internal sealed class WarmProcesses(Func<LaunchFlags, ClaudeProfile, ClaudeProcess> start, int most, Func<long> room, TimeSpan idle, TimeProvider time) : IAsyncDisposable
{
    /// <summary>What one takes once it works; less until then.</summary>
    private const long Expected = 150L << 20;

    private readonly Lock _lock = new();
    private readonly List<Warm> _waiting = [];
    private bool _closed;

    /// <summary>A process with these flags, warm if there is one.</summary>
    /// <exception cref="Win32Exception">It can't be started.</exception>
    public ClaudeProcess Take(LaunchFlags flags, ClaudeProfile profile) => Find(flags, profile) ?? start(flags, profile);

    /// <summary>Starts one for the next that wants these flags.</summary>
    public async Task PrepareAsync(LaunchFlags flags, ClaudeProfile profile)
    {
        List<ClaudeProcess> gone = [];
        var left = most == 0 ? 0 : room();
        lock (_lock)
        {
            if (_closed || Memory() + Expected > left) return;
            DropOld(gone);
            if (!_waiting.Exists(warm => warm.Flags == flags && warm.Profile == profile))
            {
                if (_waiting.Count >= most)
                {
                    gone.Add(_waiting[0].Process);
                    _waiting.RemoveAt(0);
                }

                try
                {
                    _waiting.Add(new Warm(flags, profile, start(flags, profile), time.GetTimestamp()));
                }
                catch (Win32Exception)
                {
                    // Whoever needs one next is told.
                }
            }
        }

        foreach (var process in gone) await process.DisposeAsync();
    }

    /// <summary>Ends those that waited too long, and those for which no memory is left, the first that were started first.</summary>
    public async ValueTask FitAsync()
    {
        List<ClaudeProcess> gone = [];
        var left = room();
        lock (_lock)
        {
            DropOld(gone);
            while (_waiting.Count > 0 && Memory() > left)
            {
                gone.Add(_waiting[0].Process);
                _waiting.RemoveAt(0);
            }
        }

        await Task.WhenAll(gone.Select(process => process.DisposeAsync().AsTask()));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        List<ClaudeProcess> gone = [];
        lock (_lock)
        {
            _closed = true;
            Drop(gone, static _ => true);
        }

        await Task.WhenAll(gone.Select(process => process.DisposeAsync().AsTask()));
    }

    private ClaudeProcess? Find(LaunchFlags flags, ClaudeProfile profile)
    {
        lock (_lock)
        {
            var at = _waiting.FindIndex(warm => warm.Flags == flags && warm.Profile == profile && !warm.Process.HasExited);
            if (at < 0) return null;
            var process = _waiting[at].Process;
            _waiting.RemoveAt(at);
            return process;
        }
    }

    private long Memory() => _waiting.Sum(static warm => warm.Process.Memory());

    private void DropOld(List<ClaudeProcess> gone) => Drop(gone, warm => warm.Process.HasExited || time.GetElapsedTime(warm.Since) > idle);

    private void Drop(List<ClaudeProcess> gone, Predicate<Warm> which)
    {
        gone.AddRange(_waiting.FindAll(which).Select(warm => warm.Process));
        _waiting.RemoveAll(which);
    }

    private sealed record Warm(LaunchFlags Flags, ClaudeProfile Profile, ClaudeProcess Process, long Since);
}
