using Gatehouse.Catalog;
using Gatehouse.Dialects.Facts;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.Gateway.Tests.Metering;

public sealed class CostRecomputeTests : IDisposable
{
    private const int Rows = 1234;
    private static readonly DateTimeOffset s_day = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);
    private readonly LedgerFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static PriceTable Prices(decimal output) => new([new PriceRule(["m"], null, new ModelPrice(TokenPrices.Of(0, output, null, null, null)!.Value, []))], []);

    [Fact]
    public async Task A_price_that_is_added_later_gives_every_row_its_cost_and_changes_nothing_else()
    {
        await using var store = await _folder.OpenStoreAsync();
        await using var ledger = LedgerFolder.OpenLedger(store);
        // Many in the same microsecond, for they are read in pages by time.
        for (var i = 0; i < Rows; i++)
        {
            var record = new ExchangeRecord
            {
                Id = Guid.CreateVersion7(s_day),
                StartedAtMicros = s_day.AddHours(i / 700).ToUnixTimeMilliseconds() * 1000,
                End = ExchangeEnd.Ok,
                Provider = "p",
                ModelSent = i % 2 == 0 ? "m" : "unpriced",
                ModelAsked = "asked",
                UsageSource = UsageSource.Upstream,
                Usage = new Usage { Input = 1, Output = 2, InputIncludesCache = true },
                CostBasis = CostBasis.NoPrice,
            };
            ledger.Admit(record);
            ledger.Settle(record);
        }

        await LedgerFolder.FlushAsync(ledger);
        var before = (await new LedgerQuery(store).RecentAsync(Rows)).ToDictionary(r => r.Id);

        (await CostRecompute.RunAsync(store, Prices(1_000))).ShouldBe(new Recomputed(Rows, Rows / 2, 0, Rows / 2 * 2_000_000L));
        (await CostRecompute.RunAsync(store, Prices(1_000))).Changed.ShouldBe(0);
        var second = await CostRecompute.RunAsync(store, Prices(500), since: s_day.AddHours(1));
        (second.Rows, second.Changed).ShouldBe((534, 267));
        // Without the price the rows are without a cost again.
        (await CostRecompute.RunAsync(store, new PriceTable([], []))).AfterNanodollars.ShouldBe(0);
        foreach (var row in await new LedgerQuery(store).RecentAsync(Rows)) row.ShouldBeLike(before[row.Id]);
    }
}
