using Gatehouse.Gateway.Exchanges;
using Gatehouse.Gateway.Routing;

namespace Gatehouse.Gateway.Tests.Exchanges;

public sealed class RelayTickerTests
{
    private static readonly ProviderDeadlines s_deadlines = ProviderDeadlines.Default with { Idle = TimeSpan.FromSeconds(2), FirstByte = TimeSpan.FromSeconds(2) };

    [Fact]
    public void One_timer_wakes_every_relay_that_is_due_and_none_that_has_ended()
    {
        var time = new HandTime();
        var ticker = new RelayTicker(time);
        var woken = new int[3];
        var clocks = woken.Select((_, i) => Clock(ticker, () => woken[i]++)).ToList();
        foreach (var clock in clocks) clock.Start();
        time.Timers.Count.ShouldBe(1);
        time.Timers[0].Period.ShouldBe(TimeSpan.FromMilliseconds(500));

        time.Timers[0].Fire();
        woken.ShouldBe([0, 0, 0]);

        time.Now += TimeSpan.FromSeconds(3);
        clocks[0].Heard();
        clocks[0].Written();
        clocks[1].Dispose();
        time.Timers[0].Fire();
        woken.ShouldBe([0, 0, 1]);
    }

    [Fact]
    public void The_timer_rests_while_there_is_nothing_to_watch()
    {
        var time = new HandTime();
        var ticker = new RelayTicker(time);
        var clock = Clock(ticker, () => { });
        clock.Start();
        clock.Dispose();

        time.Timers.ShouldHaveSingleItem().Fire();
        time.Timers[0].Period.ShouldBe(Timeout.InfiniteTimeSpan);

        Clock(ticker, () => { }).Start();
        time.Timers.ShouldHaveSingleItem().Period.ShouldBe(TimeSpan.FromMilliseconds(500));
    }

    [Fact]
    public void A_client_that_takes_nothing_for_the_idle_time_is_stalled()
    {
        var time = new HandTime();
        var stalled = 0;
        using var clock = new RelayClock(new RelayClockSettings(new RelayTicker(time), s_deadlines, TimeSpan.FromMinutes(1), 0), () => { }, () => stalled++);
        clock.Writing();
        time.Now += TimeSpan.FromSeconds(1);
        time.Timers[0].Fire();
        stalled.ShouldBe(0);

        time.Now += TimeSpan.FromSeconds(1);
        time.Timers[0].Fire();

        stalled.ShouldBe(1);
    }

    private static RelayClock Clock(RelayTicker ticker, Action wake) =>
        new(new RelayClockSettings(ticker, s_deadlines, TimeSpan.FromMinutes(1), 0), wake, () => { });

    private sealed class HandTime : TimeProvider
    {
        public TimeSpan Now { get; set; } = TimeSpan.FromSeconds(1);

        public List<HandTimer> Timers { get; } = [];

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Timers.Add(new HandTimer(callback, state) { Period = period });
            return Timers[^1];
        }
    }

    private sealed class HandTimer(TimerCallback callback, object? state) : ITimer
    {
        public TimeSpan Period { get; set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Period = period;
            return true;
        }

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
