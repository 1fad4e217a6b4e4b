using Gatehouse.Gateway.Tests.Access;

namespace Gatehouse.Gateway.Tests.Metering;

public sealed class LedgerAllocationTests : IDisposable
{
    private readonly LedgerFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Admitting_and_settling_stay_within_their_allocation_budgets()
    {
        await using var store = await _folder.OpenStoreAsync();
        await using var ledger = LedgerFolder.OpenLedger(store);
        var exchange = ExchangeSamples.Full();
        Measure(() => ledger.Admit(exchange)).ShouldBeLessThanOrEqualTo(AllocationBudget.Of("ledger_admit"));
        Measure(() => ledger.Settle(exchange)).ShouldBeLessThanOrEqualTo(AllocationBudget.Of("ledger_settle"));
    }

    private static long Measure(Action act)
    {
        const int rounds = 1000;
        for (var i = 0; i < rounds; i++) act();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < rounds; i++) act();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / rounds;
    }
}
