using Gatehouse.Gateway.Admission;

namespace Gatehouse.Gateway.Tests.Admission;

public sealed class ExchangeGateTests
{
    [Fact]
    public void The_gate_is_closed_when_full_and_open_again_after_one_left()
    {
        var gate = new ExchangeGate();
        gate.TryEnter(2).ShouldBe(GateAnswer.Entered);
        gate.TryEnter(2).ShouldBe(GateAnswer.Entered);
        gate.TryEnter(2).ShouldBe(GateAnswer.Full);
        gate.Running.ShouldBe(2);
        gate.Leave();
        gate.TryEnter(2).ShouldBe(GateAnswer.Entered);
    }

    [Fact]
    public async Task Draining_lets_nobody_in_and_waits_for_the_last()
    {
        var gate = new ExchangeGate();
        gate.TryEnter(10).ShouldBe(GateAnswer.Entered);
        var draining = gate.DrainAsync(TimeSpan.FromSeconds(10), TimeProvider.System);
        gate.TryEnter(10).ShouldBe(GateAnswer.Draining);
        draining.IsCompleted.ShouldBeFalse();
        gate.Leave();
        (await draining.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBeTrue();
    }

    [Fact]
    public async Task Draining_ends_when_its_time_is_up()
    {
        var gate = new ExchangeGate();
        gate.TryEnter(10).ShouldBe(GateAnswer.Entered);
        (await gate.DrainAsync(TimeSpan.FromMilliseconds(20), TimeProvider.System)).ShouldBeFalse();
    }

    [Fact]
    public void A_budget_gives_only_what_it_has()
    {
        var budget = new BodyBudget();
        budget.TryTake(60, 100).ShouldBeTrue();
        budget.TryTake(60, 100).ShouldBeFalse();
        budget.Held.ShouldBe(60);
        budget.Return(60);
        budget.TryTake(100, 100).ShouldBeTrue();
    }
}
