using Gatehouse.Gateway.Exchanges;

namespace Gatehouse.Gateway.Tests.Exchanges;

public sealed class WakeSignalTests
{
    private static readonly TimeSpan s_ceiling = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_signal_that_comes_before_the_waiter_is_kept()
    {
        var signal = new WakeSignal();
        signal.Signal(Wake.Tick);
        signal.Signal(Wake.Read);
        (await signal.WaitAsync().AsTask().WaitAsync(s_ceiling)).ShouldBe(Wake.Read | Wake.Tick);
        var next = signal.WaitAsync().AsTask();
        next.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task No_signal_is_lost_and_none_comes_twice_however_they_race()
    {
        const int rounds = 20_000;
        var signal = new WakeSignal();
        var reads = 0;
        var stop = false;
        using var readTaken = new SemaphoreSlim(1);
        var reader = Task.Run(async () =>
        {
            // Like a relay: the next read begins only when the one before was taken.
            for (var i = 0; i < rounds; i++)
            {
                await readTaken.WaitAsync(s_ceiling);
                signal.Signal(Wake.Read);
            }
        });
        var clock = Task.Run(() =>
        {
            while (!Volatile.Read(ref stop)) signal.Signal(Wake.Tick);
        });
        while (reads < rounds)
        {
            var wake = await signal.WaitAsync().AsTask().WaitAsync(s_ceiling);
            wake.ShouldNotBe(Wake.None);
            if ((wake & Wake.Read) == 0) continue;
            reads++;
            readTaken.Release();
        }

        Volatile.Write(ref stop, true);
        await Task.WhenAll(reader, clock).WaitAsync(s_ceiling);
        reads.ShouldBe(rounds);
    }
}
