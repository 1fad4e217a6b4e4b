using Gatehouse.Dialects.Facts;
using Gatehouse.Gateway.Metering;

namespace Gatehouse.Gateway.Tests.Metering;

public sealed class LedgerQueryTests : IDisposable
{
    private static readonly DateTimeOffset Day = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);
    private readonly LedgerFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static ExchangeRecord At(DateTimeOffset time, Action<ExchangeRecord> set)
    {
        var exchange = new ExchangeRecord
        {
            Id = Guid.CreateVersion7(time),
            StartedAtMicros = time.ToUnixTimeMilliseconds() * 1000,
            End = ExchangeEnd.Ok,
            ModelAsked = "m",
            Provider = "p",
        };
        set(exchange);
        return exchange;
    }

    private async Task<T> AskAsync<T>(Func<LedgerQuery, Task<T>> question, params ExchangeRecord[] exchanges)
    {
        await using var store = await _folder.OpenStoreAsync();
        await using var ledger = LedgerFolder.OpenLedger(store);
        foreach (var exchange in exchanges)
        {
            ledger.Admit(exchange);
            ledger.Settle(exchange);
        }

        await LedgerFolder.FlushAsync(ledger);
        return await question(new LedgerQuery(store));
    }

    private static Usage Tokens(long? input, long? output, long? read = null, bool includes = false) =>
        new() { Input = input, Output = output, CacheRead = read, InputIncludesCache = includes };

    [Fact]
    public async Task Sums_by_day_keep_to_the_range_and_to_utc_days()
    {
        var rows = await AskAsync(
            q => q.UsageAsync(UsageGroup.Day, Day, Day.AddDays(2)),
            At(Day.AddMicroseconds(-1), e => e.Usage = Tokens(1, 1)),
            At(Day, e => e.Usage = Tokens(10, 20)),
            At(Day.AddHours(23.9), e => e.Usage = Tokens(5, 6)),
            At(Day.AddDays(1), e => e.Usage = Tokens(7, 8)),
            At(Day.AddDays(2), e => e.Usage = Tokens(1, 1)));
        rows.Select(r => (r.Key, r.Exchanges, r.InputTokens, r.OutputTokens)).ShouldBe([("2026-11-20", 2, 15L, 26L), ("2026-11-21", 1, 7L, 8L)]);
    }

    [Fact]
    public async Task Input_is_summed_with_the_cache_whatever_the_providers_convention()
    {
        var rows = await AskAsync(
            q => q.UsageAsync(UsageGroup.Provider),
            At(Day, e => e.Usage = Tokens(10, 1, read: 90)),
            At(Day, e => e.Usage = Tokens(100, 1, read: 90, includes: true)));
        rows.ShouldHaveSingleItem().InputTokens.ShouldBe(200);
        rows[0].CacheReadTokens.ShouldBe(180);
    }

    [Fact]
    public async Task Unknown_usage_is_counted_as_unknown_and_never_as_nothing()
    {
        var rows = await AskAsync(
            q => q.UsageAsync(UsageGroup.Model),
            At(Day, e => (e.Usage, e.UsageSource) = (Tokens(10, 20), UsageSource.Upstream)),
            At(Day, e => (e.Usage, e.UsageSource) = (Tokens(10, null), UsageSource.Partial)),
            At(Day, e => e.End = ExchangeEnd.ClientGone),
            At(Day, e => e.End = ExchangeEnd.Interrupted),
            At(Day, e => e.End = ExchangeEnd.ClientError),
            At(Day, e => e.Operation = ExchangeOperation.CountTokens),
            At(Day, e => e.ModelAsked = "silent"));
        rows.Select(r => (r.Key, r.Exchanges, r.WithUnknownUsage, r.Failed, r.InputTokens, r.OutputTokens)).ShouldBe(
            [("m", 6, 3, 3, 20L, 20L), ("silent", 1, 1, 0, null, null)]);
    }

    [Fact]
    public async Task Tokens_are_named_by_id_and_those_without_one_stand_apart()
    {
        var token = Guid.CreateVersion7();
        var rows = await AskAsync(q => q.UsageAsync(UsageGroup.Token), At(Day, e => e.TokenId = token), At(Day, _ => { }));
        rows.Select(r => r.Key).ShouldBe([null, token.ToString()]);
    }

    [Fact]
    public async Task The_latest_come_first()
    {
        var rows = await AskAsync(q => q.RecentAsync(2),
            At(Day, _ => { }),
            At(Day.AddHours(2), e => e.ModelAsked = "last"), At(Day.AddHours(1), e => e.ModelAsked = "middle"));
        rows.Select(r => r.ModelAsked).ShouldBe(["last", "middle"]);
    }
}
