using Gatehouse.Gateway.Server;

namespace Gatehouse.Gateway.Tests.Server;

public sealed class BlockPoolTests
{
    [Fact]
    public void A_block_is_used_again_and_a_second_dispose_does_not_put_it_back_twice()
    {
        using var pool = new BlockPool(TimeProvider.System);
        var block = pool.Rent(100);
        block.Memory.Length.ShouldBe(BlockPool.BlockSize);
        block.Dispose();
        block.Dispose();
        pool.Free.ShouldBe(1);
        var again = pool.Rent();
        again.ShouldBeSameAs(block);
        pool.Rent().ShouldNotBeSameAs(again);
    }

    [Fact]
    public void Blocks_that_two_periods_had_no_use_for_are_let_go()
    {
        using var pool = new BlockPool(TimeProvider.System);
        var blocks = Enumerable.Range(0, 50).Select(_ => pool.Rent()).ToList();
        blocks.ForEach(b => b.Dispose());
        pool.Free.ShouldBe(50);
        pool.Sweep();
        pool.Free.ShouldBe(50);
        pool.Sweep();
        pool.Sweep();
        pool.Free.ShouldBe(0);
    }

    [Fact]
    public void More_than_a_block_can_not_be_rented()
    {
        using var pool = new BlockPool(TimeProvider.System);
        Should.Throw<ArgumentOutOfRangeException>(() => pool.Rent(BlockPool.BlockSize + 1));
    }
}
