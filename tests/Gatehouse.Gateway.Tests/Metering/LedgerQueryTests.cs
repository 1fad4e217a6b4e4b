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

    [Theory]
    [InlineData(UsageGroup.User, "u")]
    [InlineData(UsageGroup.Project, "pr")]
    [InlineData(UsageGroup.Workspace, "w")]
    [InlineData(UsageGroup.Session, "s")]
    [InlineData(UsageGroup.Harness, "claude-code")]
    [InlineData(UsageGroup.Credential, "project")]
    [InlineData(UsageGroup.Provider, "groq")]
    public async Task Every_dimension_is_summed_apart_and_exchanges_without_it_stand_alone(UsageGroup group, string key)
    {
        var rows = await AskAsync(
            q => q.UsageAsync(group),
            At(Day, e =>
            {
                (e.UserId, e.ProjectId, e.WorkspaceId, e.SessionId, e.Harness, e.CredentialOwner) = ("u", "pr", "w", "s", "claude-code", "project");
                (e.Provider, e.ProviderId, e.Usage) = ("tenant:1", "groq", Tokens(5, 6));
            }),
            At(Day, e => (e.Provider, e.Usage) = (null, Tokens(1, 1))));
        rows.Select(r => (r.Key, r.Exchanges, r.InputTokens)).ShouldBe([(null, 1, 1L), (key, 1, 5L)]);
    }

    [Fact]
    public async Task A_filter_leaves_only_what_is_a_users_a_projects_or_a_workspaces()
    {
        ExchangeRecord[] all =
        [
            At(Day, e => (e.UserId, e.ProjectId, e.WorkspaceId) = ("ann", "p1", "w1")),
            At(Day, e => (e.UserId, e.ProjectId, e.WorkspaceId) = ("ann", "p2", "w2")),
            At(Day, e => (e.UserId, e.ProjectId, e.WorkspaceId) = ("bob", "p2", "w3")),
            At(Day, _ => { }),
        ];
        (UsageFilter? Filter, long Exchanges)[] expected =
        [
            (null, 4), (new UsageFilter("ann"), 2), (new UsageFilter("nobody"), 0), (new UsageFilter(ProjectId: "p2"), 2),
            (new UsageFilter("ann", "p2"), 1), (new UsageFilter(WorkspaceId: "w3"), 1), (new UsageFilter("ann", WorkspaceId: "w3"), 0),
        ];
        var sums = await AskAsync(
            async q =>
            {
                var found = new List<long>();
                foreach (var (filter, _) in expected) found.Add((await q.UsageAsync(UsageGroup.Day, only: filter)).Sum(r => r.Exchanges));
                return found;
            },
            all);
        sums.ShouldBe(expected.Select(e => e.Exchanges));
    }

    [Fact]
    public async Task Costs_are_summed_and_what_is_estimated_or_not_known_is_told_apart()
    {
        var rows = await AskAsync(
            q => q.UsageAsync(UsageGroup.Model),
            At(Day, e => (e.CostNanodollars, e.CostBasis) = (5, CostBasis.Reported)),
            At(Day, e => (e.CostNanodollars, e.CostBasis) = (7, CostBasis.Estimated)),
            At(Day, e => e.CostBasis = CostBasis.NoPrice),
            At(Day, e => e.CostBasis = CostBasis.NoUsage),
            At(Day, e => (e.ModelAsked, e.CostBasis) = ("silent", CostBasis.NoPrice)));
        rows.Select(r => (r.Key, r.CostNanodollars, r.WithEstimatedCost, r.WithUnknownCost)).ShouldBe([("m", 12L, 1, 2), ("silent", null, 0, 1)]);
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
