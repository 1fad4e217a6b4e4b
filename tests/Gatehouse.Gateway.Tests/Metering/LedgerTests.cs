using Gatehouse.Gateway.Metering;

namespace Gatehouse.Gateway.Tests.Metering;

public sealed class LedgerTests : IDisposable
{
    private readonly LedgerFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_settled_exchange_has_one_row_after_a_flush()
    {
        await using var store = await _folder.OpenStoreAsync();
        await using var ledger = LedgerFolder.OpenLedger(store);
        var exchange = LedgerFolder.Exchange();
        ledger.Admit(exchange);
        exchange.End = ExchangeEnd.Ok;
        ledger.Settle(exchange);
        await LedgerFolder.FlushAsync(ledger);
        (await LedgerFolder.RowsAsync(store)).ShouldBe([(exchange.Id, ExchangeEnd.Ok)]);
        ledger.State.PendingRows.ShouldBe(0);
        ledger.State.Degraded.ShouldBeNull();
    }
}
