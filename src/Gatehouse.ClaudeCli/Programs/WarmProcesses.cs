using System.ComponentModel;

namespace Gatehouse.ClaudeCli.Programs;

/// <summary>
/// Processes that were started ahead and know of no conversation yet: starting the program takes half a second, telling it what to do a few milliseconds. After each one
/// taken, one with the same flags is started for the next. Bounded. Thread-safe.
/// </summary>
/// <param name="start">Starts one.</param>
/// <param name="most">How many may wait.</param>
/// <param name="idle">How long one waits at most.</param>
/// <param name="time">The clock.</param>
internal sealed class WarmProcesses(Func<LaunchFlags, ClaudeProfile, ClaudeProcess> start, int most, TimeSpan idle, TimeProvider time) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<Warm> _waiting = [];
    private bool _closed;

    /// <summary>A process with these flags, warm if there is one.</summary>
    /// <exception cref="Win32Exception">It can't be started.</exception>
    public ClaudeProcess Take(LaunchFlags flags, ClaudeProfile profile) => Find(flags, profile) ?? start(flags, profile);

    /// <summary>Starts one for the next that wants these flags, and ends those that waited too long.</summary>
    public async Task PrepareAsync(LaunchFlags flags, ClaudeProfile profile)
    {
        List<ClaudeProcess> gone = [];
        lock (_lock)
        {
            if (_closed || most == 0) return;
            Drop(gone, warm => warm.Process.HasExited || time.GetElapsedTime(warm.Since) > idle);
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

    private void Drop(List<ClaudeProcess> gone, Predicate<Warm> which)
    {
        gone.AddRange(_waiting.FindAll(which).Select(warm => warm.Process));
        _waiting.RemoveAll(which);
    }

    private sealed record Warm(LaunchFlags Flags, ClaudeProfile Profile, ClaudeProcess Process, long Since);
}
