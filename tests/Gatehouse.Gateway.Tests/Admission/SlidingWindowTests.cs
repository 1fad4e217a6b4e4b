using Gatehouse.Gateway.Admission;
using Gatehouse.Gateway.Tests.Access;

namespace Gatehouse.Gateway.Tests.Admission;

public sealed class SlidingWindowTests
{
    [Fact]
    public void No_stretch_of_the_windows_length_holds_more_than_the_limit_wherever_it_begins()
    {
        var random = new Random(4);
        var window = new SlidingWindow();
        var let = new List<long>();
        for (long now = 0; now < 20_000; now += random.Next(0, 8))
        {
            if (window.TryEnter(50, 1000, now, out _)) let.Add(now);
        }

        let.Count.ShouldBeGreaterThan(900);
        for (var i = 50; i < let.Count; i++) (let[i] - let[i - 50]).ShouldBeGreaterThanOrEqualTo(1000);
    }

    [Fact]
    public void A_refusal_says_exactly_how_long_to_wait_and_does_not_count()
    {
        var window = new SlidingWindow();
        window.TryEnter(2, 100, 0, out _).ShouldBeTrue();
        window.TryEnter(2, 100, 30, out _).ShouldBeTrue();
        for (var i = 0; i < 5; i++)
        {
            window.TryEnter(2, 100, 40, out var wait).ShouldBeFalse();
            wait.ShouldBe(60);
        }

        window.TryEnter(2, 100, 99, out _).ShouldBeFalse();
        window.TryEnter(2, 100, 100, out _).ShouldBeTrue();
        window.TryEnter(2, 100, 100, out var next).ShouldBeFalse();
        next.ShouldBe(30);
    }

    [Fact]
    public void A_lowered_limit_waits_until_enough_have_left()
    {
        var window = new SlidingWindow();
        for (var now = 0; now < 40; now++) window.TryEnter(100, 1000, now, out _).ShouldBeTrue();
        window.TryEnter(10, 1000, 50, out var wait).ShouldBeFalse();
        // Thirty-one must have left: the last of them came at 30.
        wait.ShouldBe(980);
        window.TryEnter(10, 1000, 50 + wait, out _).ShouldBeTrue();
    }

    [Fact]
    public void Once_it_has_grown_it_allocates_nothing()
    {
        var window = new SlidingWindow();
        long now = 0;
        for (var i = 0; i < 300; i++) window.TryEnter(100, 100, now++, out _);
        AllocationBudget.Spent(() =>
        {
            for (var i = 0; i < 1000; i++) window.TryEnter(100, 100, now++, out _);
        }).ShouldBe(0);
    }
}
