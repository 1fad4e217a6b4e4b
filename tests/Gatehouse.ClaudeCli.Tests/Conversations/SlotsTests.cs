using Gatehouse.ClaudeCli.Conversations;

namespace Gatehouse.ClaudeCli.Tests.Conversations;

public sealed class SlotsTests
{
    private static readonly TimeSpan s_ceiling = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Who_waits_is_served_in_order_and_conversations_that_go_on_before_new_ones()
    {
        var slots = new Slots(1);
        await slots.EnterAsync(false, CancellationToken.None);
        var served = new List<string>();
        var waiting = new[] { ("new 1", false), ("new 2", false), ("on 1", true), ("on 2", true) }.Select(async one =>
        {
            await slots.EnterAsync(one.Item2, CancellationToken.None);
            lock (served) served.Add(one.Item1);
            slots.Leave();
        }).ToList();
        slots.Waiting.ShouldBe(4);
        slots.Leave();
        await Task.WhenAll(waiting).WaitAsync(s_ceiling);
        served.ShouldBe(["on 1", "on 2", "new 1", "new 2"]);
        slots.Taken.ShouldBe(0);
    }

    [Fact]
    public async Task Who_gives_up_leaves_the_queue_and_takes_no_slot()
    {
        var slots = new Slots(1);
        await slots.EnterAsync(false, CancellationToken.None);
        using var given = new CancellationTokenSource();
        var waiting = slots.EnterAsync(false, given.Token).AsTask();
        await given.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(waiting);
        slots.Waiting.ShouldBe(0);
        slots.Leave();
        slots.Taken.ShouldBe(0);
    }
}
