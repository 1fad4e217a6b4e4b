using Gatehouse.ClaudeCli.Conversations;
using Gatehouse.ClaudeCli.Tests.Standins;

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

    [Fact]
    public async Task A_turn_keeps_its_slot_until_its_answer_is_over_and_one_that_waits_for_a_tool_has_none()
    {
        await using var stage = await StandinStage.StartAsync(settings => settings with { Concurrency = 1 });
        var called = await stage.AskAsync([StandinStage.User("[call a]")]);
        called.Status.ShouldBe(200);
        Task<Answered> second;
        await using (var first = await stage.BeginAsync([StandinStage.User("[stubborn]")]))
        {
            first.Status.ShouldBe(200);
            second = stage.AskAsync([StandinStage.User("next")]);
            using var limit = new CancellationTokenSource(s_ceiling);
            while (stage.Provider.Report("p").Waiting == 0 && !second.IsCompleted) await Task.Delay(10, limit.Token);
            second.IsCompleted.ShouldBeFalse("the first answer is not over");
            stage.Provider.Report("p").Running.ShouldBe(1);
        }

        (await second).Status.ShouldBe(200);
        stage.Provider.Report("p").Running.ShouldBe(0);
    }
}
