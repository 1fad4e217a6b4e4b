using Gatehouse.Gateway.Exchanges;

namespace Gatehouse.Gateway.Tests.Exchanges;

public sealed class TapPoolTests
{
    [Fact]
    public void A_tap_is_lent_to_one_borrower_at_a_time_and_lent_again()
    {
        var pool = new TapPool();
        var (first, second) = (pool.Rent(), pool.Rent());
        second.ShouldNotBeSameAs(first);

        pool.Return(first);
        pool.Rent().ShouldBeSameAs(first);
        pool.Rent().ShouldNotBeSameAs(first);
    }

    [Fact]
    public void After_a_rush_not_every_tap_is_kept()
    {
        var pool = new TapPool();
        var rush = Enumerable.Range(0, 1_000).Select(_ => pool.Rent()).ToHashSet();
        foreach (var tap in rush) pool.Return(tap);

        Enumerable.Range(0, 1_000).Count(_ => rush.Contains(pool.Rent())).ShouldBe(128);
    }
}
