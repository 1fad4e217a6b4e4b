using System.Collections.Concurrent;

namespace Gatehouse.Gateway.Exchanges;

/// <summary>
/// The timers of all relays: one for all that look at their clock equally often. A timer per stream costs a wake-up of two threads for each
/// of them, every second; measured, that was a twentieth of the processor time of slow streams. Thread-safe.
/// </summary>
internal sealed class RelayTicker(TimeProvider time)
{
    // One entry per interval in the configuration's history; an interval takes one of 991 values, so it stays small.
    private readonly ConcurrentDictionary<int, Beat> _beats = new();

    /// <summary>The clock behind it.</summary>
    public TimeProvider Time => time;

    /// <summary>Ticks a relay's clock from now on; disposing the place ends it. A tick may still be under way then.</summary>
    public Beat.Place Add(RelayClock clock, TimeSpan period)
    {
        var milliseconds = (int)Math.Clamp(period.TotalMilliseconds, 10, 1000);
        return _beats.GetOrAdd(milliseconds, static (ms, time) => new Beat(time, TimeSpan.FromMilliseconds(ms)), time).Add(clock);
    }

    /// <summary>Lets all clocks look at the time now; says whether there were any.</summary>
    public bool TickAll()
    {
        var any = false;
        foreach (var (_, beat) in _beats)
        {
            any |= !beat.IsEmpty;
            beat.Tick();
        }

        return any;
    }

    /// <summary>One interval: its timer runs while it has clocks. Thread-safe.</summary>
    internal sealed class Beat
    {
        private readonly Lock _gate = new();
        private readonly Lock _turn = new();
        private readonly List<Place> _places = [];
        private readonly List<Place> _ticking = [];
        private readonly ITimer _timer;
        private readonly TimeSpan _period;
        private bool _runs;

        public Beat(TimeProvider time, TimeSpan period)
        {
            _period = period;
            _timer = time.CreateTimer(static beat => ((Beat)beat!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public bool IsEmpty
        {
            get { lock (_gate) return _places.Count == 0; }
        }

        public Place Add(RelayClock clock)
        {
            var place = new Place(this, clock);
            lock (_gate)
            {
                place.Index = _places.Count;
                _places.Add(place);
                if (_runs) return place;
                _runs = true;
                _timer.Change(_period, _period);
            }

            return place;
        }

        private void Remove(Place place)
        {
            lock (_gate)
            {
                if (place.Index < 0) return;
                var last = _places[^1];
                _places[place.Index] = last;
                last.Index = place.Index;
                _places.RemoveAt(_places.Count - 1);
                place.Index = -1;
            }
        }

        public void Tick()
        {
            // A timer's next call may come while this one runs: then this one does for both.
            if (!_turn.TryEnter()) return;
            try
            {
                lock (_gate)
                {
                    _ticking.AddRange(_places);
                    if (_places.Count == 0)
                    {
                        _runs = false;
                        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                    }
                }

                foreach (var place in _ticking) place.Clock.Tick();
            }
            finally
            {
                _ticking.Clear();
                _turn.Exit();
            }
        }

        /// <summary>A clock's place among the others.</summary>
        internal sealed class Place(Beat beat, RelayClock clock) : IDisposable
        {
            public RelayClock Clock => clock;

            public int Index { get; set; }

            public void Dispose() => beat.Remove(this);
        }
    }
}
