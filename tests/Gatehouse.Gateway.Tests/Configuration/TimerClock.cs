using System.Threading.Channels;

namespace Gatehouse.Gateway.Tests.Configuration;

/// <summary>A clock whose timers fire only when told to.</summary>
internal sealed class TimerClock : TimeProvider
{
    private readonly List<Timer> _timers = [];
    private readonly Channel<bool> _created = Channel.CreateUnbounded<bool>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, dueTime, () => callback(state));
        lock (_timers) _timers.Add(timer);
        _created.Writer.TryWrite(true);
        return timer;
    }

    /// <summary>Waits until a timer of that length runs, ten seconds at most, and fires it.</summary>
    public async Task FireAsync(TimeSpan due)
    {
        while (true)
        {
            Timer? timer;
            lock (_timers) timer = _timers.Find(t => t.Due == due);
            if (timer is not null)
            {
                timer.Fire();
                return;
            }

            await _created.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
        }
    }

    private sealed class Timer(TimerClock clock, TimeSpan due, Action fire) : ITimer
    {
        public TimeSpan Due => due;

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
            lock (clock._timers) clock._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
