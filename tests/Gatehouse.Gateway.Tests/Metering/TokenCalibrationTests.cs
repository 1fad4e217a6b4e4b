using Gatehouse.Dialects.Facts;
using Gatehouse.Gateway.Access;
using Gatehouse.Gateway.Admission;
using Gatehouse.Gateway.Exchanges;
using Gatehouse.Gateway.Metering;
using Gatehouse.Gateway.Telemetry;
using Gatehouse.Gateway.Tests.Access;
using Gatehouse.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Gateway.Tests.Metering;

public sealed class TokenCalibrationTests
{
    [Fact]
    public void An_estimate_comes_near_what_the_model_reports_and_stays_apart_for_each_model()
    {
        var calibration = new TokenCalibration();
        calibration.Correct("m", 1000).ShouldBe(1000);
        for (var i = 0; i < 30; i++) calibration.Learn("m", 1000, 1400 + (i % 2 * 40));

        calibration.Correct("m", 1000).ShouldBeInRange(1400, 1440);
        calibration.Correct("other", 1000).ShouldBe(1000);
    }

    [Fact]
    public void One_odd_report_does_not_throw_it_off()
    {
        var calibration = new TokenCalibration();
        for (var i = 0; i < 20; i++) calibration.Learn("m", 1000, 1000);
        calibration.Learn("m", 1000, 1_000_000);
        calibration.Learn("m", 0, 50);
        calibration.Learn("m", 1000, 0);
        calibration.Correct("m", 1000).ShouldBeLessThanOrEqualTo(1251);
    }

    [Fact]
    public void A_short_request_says_little_of_long_ones()
    {
        var calibration = new TokenCalibration();
        // What a host puts around every request: nothing of a long one, most of a short one.
        calibration.Learn("m", 8, 80);
        calibration.Correct("m", 100_000).ShouldBeLessThan(104_000);
        for (var i = 0; i < 20; i++) calibration.Learn("m", 8, 80);
        calibration.Learn("m", 50_000, 50_000);
        calibration.Correct("m", 100_000).ShouldBeLessThan(112_000);
    }

    [Theory]
    [InlineData(false, null, "up", true)]
    [InlineData(true, null, "up", false)]
    [InlineData(false, "{\"web_search_requests\":1}", "up", false)]
    [InlineData(false, null, "tenant:1", false)]
    public async Task Only_what_was_read_whole_at_a_provider_for_all_teaches(bool continues, string? serverTools, string provider, bool teaches)
    {
        using var folder = new LedgerFolder();
        await using var store = await folder.OpenStoreAsync();
        await using var ledger = LedgerFolder.OpenLedger(store);
        var (time, calibration) = (TimeProvider.System, new TokenCalibration());
        using var metrics = new GatewayMetrics();
        var shares = new OutputShare();
        var guard = new UsageGuard(new BudgetBook(NullLogger<BudgetBook>.Instance), new Live<LimitTable>(LimitTable.Empty), calibration, shares, time);
        var closer = new ExchangeCloser(
            metrics, new TokenUses(new AccessStore(store), time, NullLogger<TokenUses>.Instance), calibration, guard, NullLogger<ExchangeCloser>.Instance);
        var exchange = new Exchange(
            new DefaultHttpContext(), new DataRoute(ExchangeOperation.Responses, null), ledger, LedgerFolder.NoOwners(), time, time.GetTimestamp(), new ExchangeIds())
        {
            EstimatedInput = 1000,
            ContinuesUpstream = continues,
        };
        exchange.Admit();
        exchange.Hold(new BudgetHold(1, 1, 0));
        (exchange.Record.Provider, exchange.Record.ModelSent, exchange.Record.ServerTools) = (provider, "m", serverTools);
        (exchange.Record.Usage, exchange.Record.UsageSource) = (new Usage { Input = 2000, Output = 100_000 }, UsageSource.Upstream);
        exchange.Settle(ExchangeEnd.Ok);
        closer.Close(exchange, AccessDatabase.Token("t", 1).Token);
        calibration.Correct("m", 1000).ShouldBe(teaches ? 2000 : 1000);
        (shares.Of("m", null) > OutputShare.Unknown).ShouldBe(provider == "up");
    }

    [Fact]
    public async Task What_the_store_did_not_take_is_kept_until_it_does()
    {
        await using var database = new AccessDatabase();
        var (sick, well) = (await database.OpenAsync(), await database.OpenAsync());
        await sick.DisposeAsync();
        var before = new TokenCalibration();
        before.Learn("m", 1000, 2000);
        await Kept(well, before).RefreshAsync();

        var calibration = new TokenCalibration();
        calibration.Learn("m", 1000, 1500);
        await Kept(sick, calibration).RefreshAsync();
        await Kept(well, calibration).RefreshAsync();
        calibration.Correct("m", 1000).ShouldBe(1500);
        (await CalibrationTable.ReadAsync(well)).ShouldHaveSingleItem().Factor.ShouldBe(1.5);
    }

    [Fact]
    public void A_call_is_measured_to_learn_from_until_something_is_known_of_its_model_and_then_one_in_thirty_two()
    {
        var calibration = new TokenCalibration();
        for (var i = 0; i < 20; i++) calibration.IsDue("m").ShouldBeTrue();
        calibration.Learn("m", 1000, 1100);
        Enumerable.Range(0, 320).Count(_ => calibration.IsDue("m")).ShouldBe(10);
        calibration.IsDue("other").ShouldBeTrue();
    }

    [Fact]
    public async Task Gateways_on_one_store_learn_from_each_other_and_their_own_reports_win()
    {
        await using var database = new AccessDatabase();
        var store = await database.OpenAsync();
        var (one, other) = (new TokenCalibration(), new TokenCalibration());
        one.Learn("shared", 1000, 2000);
        one.Learn("both", 1000, 2000);
        await Kept(store, one).RefreshAsync();
        other.Learn("both", 1000, 1500);
        other.Adopt("both", 2);
        await Kept(store, other).RefreshAsync();

        other.Correct("shared", 1000).ShouldBe(2000);
        other.Correct("both", 1000).ShouldBe(1500);
        await Kept(store, one).RefreshAsync();
        one.Correct("both", 1000).ShouldBe(1500);
        one.TakeLearned().ShouldBeEmpty();
    }

    [Fact]
    public async Task Names_that_callers_make_up_do_not_fill_the_table()
    {
        await using var database = new AccessDatabase();
        var store = await database.OpenAsync();
        var clock = new MovableClock();
        for (var round = 0; round < 3; round++)
        {
            var calibration = new TokenCalibration();
            for (var i = 0; i < 400; i++) calibration.Learn($"{round}-{i}", 100, 150);
            await new CalibrationStore(store, calibration, clock, NullLogger<CalibrationStore>.Instance).RefreshAsync();
            clock.Move(TimeSpan.FromMinutes(1));
        }

        var kept = await CalibrationTable.ReadAsync(store);
        kept.Count.ShouldBe(CalibrationTable.MostModels);
        kept.Count(static row => row.Model.StartsWith("2-", StringComparison.Ordinal)).ShouldBe(400);
    }

    private static CalibrationStore Kept(Store store, TokenCalibration calibration) =>
        new(store, calibration, TimeProvider.System, NullLogger<CalibrationStore>.Instance);
}
